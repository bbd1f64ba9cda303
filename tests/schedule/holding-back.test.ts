import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Protocol } from '../../src/domain/protocol.ts';
import { watchProtocol } from '../../src/schedule/watch.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { failing, gapsOf, type Service, Simulation, tenantOf } from './example.ts';

const minute = 60_000;
const all: readonly Protocol[] = ['smtp', 'imap', 'pop'];

/** Logins of a protocol: what brings a password to the server. */
function loginsOf(simulation: Simulation, protocol: Protocol, from = 0, to = Infinity) {
  return simulation.of(protocol, from, to).filter(({ depth }) => depth !== 'connect');
}

/** The password is wrong everywhere from the start up to `until`. */
function wrongEverywhere(until: number): Service {
  return (_, depth, at) =>
    depth !== 'connect' && at < until ? { phase: 'auth', reason: 'auth-refused' } : null;
}

test('a password that is refused everywhere is tried once more after 5 minutes, and not before', () => {
  const simulation = new Simulation(wrongEverywhere(Infinity)).run(9 * minute);
  for (const protocol of all)
    assert.deepEqual(
      loginsOf(simulation, protocol).map(({ at }) => at),
      [0, 5 * minute + 50],
      protocol,
    );
});

test('connections are still made meanwhile, at the usual pace: a refused password is no outage', () => {
  const simulation = new Simulation(wrongEverywhere(Infinity)).run(4 * minute);
  for (const protocol of all) {
    const connects = simulation.of(protocol, 0, Infinity, 'connect');
    assert.equal(connects.length, 12);
    assert.deepEqual(new Set(gapsOf(connects)), new Set([20_000]));
  }
});

test('once the password is accepted, the rounds go on with the next one', () => {
  const simulation = new Simulation(wrongEverywhere(4 * minute)).run(10 * minute);
  const retry = 5 * minute + 50;
  const next = loginsOf(simulation, 'imap', retry + 1)[0];
  assert.equal(next?.kind, 'round');
  assert.ok((next?.at ?? Infinity) <= retry + 50_000, String(next?.at));
});

test('a password that works elsewhere is asked again every 20 s, so that the minutes are proven', () => {
  const service = failing('pop', 'auth', 'auth-refused', 2 * minute, 10 * minute);
  const simulation = new Simulation(service).run(9 * minute);
  const logins = loginsOf(simulation, 'pop', 3 * minute, 9 * minute);
  assert.ok(logins.length >= 17, String(logins.length));
  assert.ok(gapsOf(logins).every((gap) => gap >= 20_000 && gap <= 20_100));
  // The others keep their pace.
  assert.ok(loginsOf(simulation, 'imap', 3 * minute, 9 * minute).length <= 8);
});

test('a secret that cannot be read is not asked for again and again', () => {
  const service: Service = (_, depth) =>
    depth === 'connect' ? null : { phase: 'auth', reason: 'secret-unreadable' };
  const simulation = new Simulation(service).run(9 * minute);
  assert.equal(loginsOf(simulation, 'imap').length, 2);
});

test('throttled logins back off 1, 2, 4, 8, 15 minutes; connections go on', () => {
  const service = failing('imap', 'auth', 'throttled', 0, 100 * minute);
  const tenant = tenantOf({ roundtripInterval: 10_000 });
  const simulation = new Simulation(service, { tenant }).run(50 * minute);
  const waits = gapsOf(loginsOf(simulation, 'imap')).map((gap) => Math.floor(gap / minute));
  assert.deepEqual(waits, [1, 2, 4, 8, 15, 15]);
  assert.equal(simulation.of('imap', 0, 50 * minute, 'connect').length, 150);
});

test('a server that throttles connections is left alone altogether', () => {
  const service = failing('imap', 'greeting', 'throttled', 0, 100 * minute);
  const simulation = new Simulation(service).run(60 * minute);
  const attempts = simulation.of('imap');
  assert.ok(attempts.length <= 8, String(attempts.length));
  const waits = gapsOf(attempts).map((gap) => Math.floor(gap / minute));
  assert.deepEqual(
    waits.map((wait) => [1, 2, 4, 8, 15].findLast((least) => wait >= least)),
    [1, 2, 4, 8, 15, 15],
  );
});

test('throttling never starts dense probing, and is over with the first login that is accepted', () => {
  const service = failing('imap', 'auth', 'throttled', 5 * minute, 6 * minute);
  const simulation = new Simulation(service).run(30 * minute);
  assert.equal(simulation.of('imap', 0, Infinity, 'login').length, 0);
  assert.ok(loginsOf(simulation, 'imap', 10 * minute, 20 * minute).length >= 11);
});

test('answers to what was under way already do not lengthen the back-off', () => {
  const watch = watchProtocol('imap', 'roundtrip');
  const throttled = resultOf({ failure: failureOf({ phase: 'auth', reason: 'throttled' }) });
  for (const now of [0, 10, 20, 30]) watch.observe(throttled, false, now);
  assert.ok(watch.held('login', minute - 1));
  assert.ok(!watch.held('login', minute));
});

test('after a login that was accepted, throttling begins anew with a minute', () => {
  const watch = watchProtocol('imap', 'roundtrip');
  const throttled = resultOf({ failure: failureOf({ phase: 'auth', reason: 'throttled' }) });
  watch.observe(throttled, false, 0);
  watch.observe(throttled, false, minute);
  assert.ok(watch.held('login', 3 * minute - 1));
  watch.observe(resultOf({ vouches: 'login' }), false, 3 * minute);
  assert.ok(!watch.held('login', 3 * minute));
  watch.observe(throttled, false, 4 * minute);
  assert.ok(watch.held('login', 5 * minute - 1));
  assert.ok(!watch.held('login', 5 * minute));
});

test('while the retry of a refused password is under way, nothing else logs in', () => {
  const watch = watchProtocol('imap', 'roundtrip');
  const refused = resultOf({ failure: failureOf({ phase: 'auth', reason: 'auth-refused' }) });
  watch.observe(refused, false, 0);
  watch.takeRetry(5 * minute, 30_000);
  assert.equal(watch.retryDue(), null);
  assert.ok(watch.held('login', 5 * minute + 29_999));
  assert.ok(!watch.held('login', 5 * minute + 30_000));
});

test('the second success in a row ends dense probing, not the first', () => {
  const watch = watchProtocol('imap', 'roundtrip');
  const down = resultOf({ failure: failureOf() });
  const up = resultOf({ depth: 'connect', vouches: 'connect' });
  watch.observe(down, false, 0);
  watch.observe(up, false, 1_000);
  assert.notEqual(watch.denseDue(), null);
  watch.observe(down, false, 2_000);
  watch.observe(up, false, 3_000);
  assert.notEqual(watch.denseDue(), null);
  watch.observe(up, false, 4_000);
  assert.equal(watch.denseDue(), null);
});

test('throttling does not bring the retry of a refused password forward', () => {
  const watch = watchProtocol('imap', 'roundtrip');
  const refused = resultOf({ failure: failureOf({ phase: 'auth', reason: 'auth-refused' }) });
  const throttled = resultOf({ failure: failureOf({ phase: 'greeting', reason: 'throttled' }) });
  watch.observe(refused, false, 0);
  watch.observe(throttled, false, 1_000);
  assert.ok(watch.held('login', 2 * minute));
  assert.ok(!watch.held('connect', 2 * minute));
  assert.equal(watch.retryDue(), 5 * minute);
});

test('a message that is missed ends a run of failed logins, and is looked for densely', () => {
  const watch = watchProtocol('imap', 'roundtrip');
  const down = resultOf({ failure: failureOf({ phase: 'auth', reason: 'temporary-error' }) });
  const missed = resultOf({
    failure: failureOf({ phase: 'visible', reason: 'not-delivered' }),
    vouches: 'login',
  });
  watch.observe(down, false, 0);
  assert.equal(watch.takeDense(10_000), 'login');
  assert.ok(watch.observe(missed, false, 11_000).others);
  assert.equal(watch.denseDue(), 21_000);
  assert.equal(watch.takeDense(21_000), 'roundtrip');
});
