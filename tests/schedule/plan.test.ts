import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Protocol } from '../../src/domain/protocol.ts';
import { planTenant } from '../../src/schedule/plan.ts';
import { failing, gapsOf, healthy, Simulation, tenantOf } from './example.ts';

const minute = 60_000;
const all: readonly Protocol[] = ['smtp', 'imap', 'pop'];

test('the first round is at once, with every protocol', () => {
  const simulation = new Simulation(healthy).run(1);
  assert.deepEqual(
    simulation.begun.map(({ protocol, kind, at }) => [protocol, kind, at]),
    all.map((protocol) => [protocol, 'round', 0]),
  );
});

test('a healthy protocol is connected to every 20 s, and no more', () => {
  const simulation = new Simulation(healthy).run(10 * minute);
  for (const protocol of all) {
    const connects = simulation.of(protocol, 0, Infinity, 'connect');
    assert.equal(connects.length, 30);
    assert.deepEqual(new Set(gapsOf(connects)), new Set([20_000]));
  }
});

test('rounds are 45 s to 55 s apart', () => {
  let drawn = 0;
  const random = () => [0, 0.5, 0.999][drawn++ % 3] ?? 0;
  const simulation = new Simulation(healthy, { random }).run(5 * minute);
  const rounds = gapsOf(simulation.of('imap', 0, Infinity, 'roundtrip'));
  assert.deepEqual(rounds.slice(0, 3), [45_000, 50_000, 54_990]);
});

test('a wall clock a millisecond behind the monotonic one does not tick twice', () => {
  const tenant = tenantOf();
  const wall = 1_800_000_000_000;
  const plan = planTenant(tenant, 0, wall, () => 0.5);
  plan.take(0, wall);
  const connects: number[] = [];
  for (let now = 1; now < 5 * minute; now++)
    for (const { task } of plan.take(now, wall + now - 1))
      if (task.kind === 'attempt' && task.protocol === 'imap') connects.push(now);
  assert.equal(connects.length, 15);
});

test('every attempt begins with another of the addresses', () => {
  const { begun } = new Simulation(healthy).run(5 * minute);
  const turns = begun.filter(({ kind }) => kind === 'attempt').map(({ turn }) => turn);
  assert.equal(new Set(turns).size, turns.length);
});

test('a failure at connect is probed every 5 s, at that depth', () => {
  const service = failing('imap', 'tcp', 'connection-refused', 5 * minute, 9 * minute);
  const simulation = new Simulation(service).run(9 * minute);
  const first = simulation.of('imap', 5 * minute)[0]?.at ?? 0;
  const dense = simulation.of('imap', first + 1, 9 * minute, 'connect').map(({ at }) => at);
  for (let at = first + 50 + 5_000; at < 9 * minute; at += 5_000)
    assert.ok(dense.includes(at), `nothing at ${at}`);
});

test('a failure of the login is probed every 10 s, with logins', () => {
  const service = failing('imap', 'auth', 'temporary-error', 5 * minute, 9 * minute);
  const simulation = new Simulation(service).run(9 * minute);
  const logins = simulation.of('imap', 5 * minute, 9 * minute, 'login');
  assert.ok(logins.length >= 19);
  assert.deepEqual(new Set(gapsOf(logins)), new Set([10_000]));
});

test('the pace falls to 10 s after 5 minutes, and to 20 s after 15', () => {
  const service = failing('imap', 'tcp', 'connection-refused', 0, 40 * minute);
  const simulation = new Simulation(service, {
    tenant: tenantOf({ connectInterval: 3_600_000 }),
  }).run(40 * minute);
  const dense = simulation.of('imap', 0, Infinity, 'connect');
  const count = (from: number, to: number) =>
    dense.filter(({ at }) => at >= from * minute && at < to * minute).length;
  assert.deepEqual([count(1, 4), count(6, 9), count(20, 23)], [36, 18, 9]);
});

test('dense probing ends at the second success in a row', () => {
  const end = 6 * minute;
  const service = failing('imap', 'tcp', 'connection-refused', 5 * minute, end);
  const simulation = new Simulation(service, {
    tenant: tenantOf({ connectInterval: 60_000, roundtripInterval: 600_000 }),
  }).run(10 * minute);
  const after = simulation.of('imap', end, 8 * minute).map(({ depth }) => depth);
  // The success that ends the run asks for a login at once; that is the second success.
  assert.deepEqual(after.slice(0, 2), ['connect', 'login']);
  assert.ok(
    gapsOf(simulation.of('imap', end, 10 * minute))
      .slice(1)
      .every((gap) => gap > 20_000),
  );
});

test('a login is tried at once when a run at connect has ended', () => {
  const service = failing('pop', 'tcp', 'connection-refused', 5 * minute, 6 * minute);
  const simulation = new Simulation(service).run(7 * minute);
  const back = simulation.of('pop', 6 * minute, Infinity, 'connect')[0]?.at ?? 0;
  const logins = simulation.of('pop', 6 * minute, Infinity, 'login');
  assert.deepEqual(
    logins.map(({ at }) => at),
    [back + 50],
  );
});

test('the first failure of one protocol has the others looked at, at once and once', () => {
  const service = failing('smtp', 'tcp', 'connection-refused', 5 * minute, 7 * minute);
  const tenant = tenantOf({ connectInterval: 60_000, roundtripInterval: 60_000 });
  const simulation = new Simulation(service, { tenant }).run(7 * minute);
  const failed = simulation.of('smtp', 5 * minute)[0]?.at ?? 0;
  for (const protocol of ['imap', 'pop'] as const) {
    const looks = simulation.of(protocol, failed + 50, failed + 50 + 5_000, 'connect');
    assert.equal(looks.filter(({ at }) => at === failed + 50).length, 1, protocol);
  }
});

test('hung attempts overlap, but never more than 6 of one protocol, rounds included', () => {
  const hung = failing('imap', 'greeting', 'timeout', minute, 30 * minute);
  for (const roundtripInterval of [10_000, 50_000]) {
    const tenant = tenantOf({ roundtripInterval, connectInterval: 5_000, attemptDeadline: 60_000 });
    const simulation = new Simulation(hung, { tenant }).run(30 * minute);
    assert.equal(simulation.most.get('imap'), 6);
    assert.ok((simulation.most.get('smtp') ?? 0) < 6);
    // What is under way does not keep the others from their rounds.
    assert.ok(simulation.of('smtp', 10 * minute, 20 * minute, 'roundtrip').length >= 10);
  }
});

test('what was due while the process slept is not made up: one round, and nothing else twice', () => {
  const simulation = new Simulation(healthy)
    .run(5 * minute)
    .sleep(10 * minute)
    .run(15 * minute + 1);
  const woken = simulation.begun.filter(({ at }) => at === 15 * minute);
  assert.deepEqual(
    woken.map(({ protocol, kind }) => [protocol, kind]),
    all.map((protocol) => [protocol, 'round']),
  );
  simulation.run(20 * minute);
  for (const protocol of all)
    assert.equal(simulation.of(protocol, 15 * minute, 20 * minute, 'connect').length, 15);
});

test('a sleep through an outage leaves one dense attempt, not a hundred', () => {
  const service = failing('imap', 'tcp', 'connection-refused', minute, 60 * minute);
  const simulation = new Simulation(service)
    .run(5 * minute)
    .sleep(10 * minute)
    .run(15 * minute + 1);
  assert.equal(simulation.of('imap', 15 * minute, Infinity, 'connect').length, 1);
});

test('whatever befalls a service, the plan never spins and never floods', () => {
  const fault = fc.constantFrom(
    ['tcp', 'connection-refused'] as const,
    ['greeting', 'timeout'] as const,
    ['greeting', 'throttled'] as const,
    ['auth', 'auth-refused'] as const,
    ['auth', 'throttled'] as const,
    ['auth', 'temporary-error'] as const,
    ['visible', 'not-delivered'] as const,
  );
  const one = fc.record({
    protocol: fc.constantFrom(...all),
    fault,
    from: fc.integer({ min: 0, max: 20 * minute }),
    length: fc.integer({ min: 1_000, max: 10 * minute }),
  });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 4 }),
      fc.integer({ min: 1, max: 9_000 }),
      (drawn, answer) => {
        const services = drawn.map((it) =>
          failing(it.protocol, it.fault[0], it.fault[1], it.from, it.from + it.length),
        );
        const simulation = new Simulation(
          (protocol, depth, at) =>
            services
              .map((service) => service(protocol, depth, at))
              .find((found) => found !== null) ?? null,
          { answer },
        ).run(30 * minute);
        for (const protocol of all) {
          assert.ok((simulation.most.get(protocol) ?? 0) <= 6);
          for (let from = 0; from < 30; from++) {
            const begun = simulation.of(protocol, from * minute, (from + 1) * minute).length;
            assert.ok(begun <= 25, `${begun} attempts in minute ${from}`);
          }
        }
      },
    ),
    { numRuns: 60 },
  );
});
