import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tenant } from '../../src/domain/tenant.ts';
import type { Task } from '../../src/schedule/plan.ts';
import { startScheduler } from '../../src/schedule/scheduler.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { tenantOf } from './example.ts';

/** A scheduler in time that the test lets pass. */
function newScheduler(
  tenants: readonly Tenant[],
  lastRound: (tenant: string) => number | null = () => null,
) {
  const time = { now: 10_000, wall: 1_800_000_000_000 };
  let timers: { at: number; call: () => void }[] = [];
  const begun: { at: number; task: Task }[] = [];
  const late: number[] = [];
  const delays: number[] = [];
  const scheduler = startScheduler(tenants, {
    clock: { wall: () => time.wall, monotonic: () => time.now * 1000 },
    timer: (delay, call) => {
      const timer = { at: time.now + delay, call };
      delays.push(delay);
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    random: () => 0.5,
    lastRound,
    perform: (task) => void begun.push({ at: time.now, task }),
    late: (milliseconds) => void late.push(milliseconds),
  });
  const pass = (duration: number): void => {
    const until = time.now + duration;
    for (;;) {
      const [next] = timers.toSorted((a, b) => a.at - b.at);
      if (next === undefined || next.at > until) break;
      timers = timers.filter((other) => other !== next);
      time.wall += Math.max(0, next.at - time.now);
      time.now = Math.max(time.now, next.at);
      next.call();
    }
    time.wall += until - time.now;
    time.now = until;
  };
  return { scheduler, time, begun, late, delays, pass, timers: () => timers };
}

const rounds = <Begun extends { task: Task }>(begun: readonly Begun[]) =>
  begun.filter(({ task }) => task.kind === 'round');
const connects = (begun: readonly { at: number; task: Task }[], from: number, to = Infinity) =>
  begun.filter(({ at, task }) => task.kind === 'attempt' && at >= from && at < to);

test('begins rounds and connects at their time, and one timer is enough', () => {
  const { begun, late, pass, timers } = newScheduler([tenantOf()]);
  pass(300_000);
  assert.equal(rounds(begun).length, 7);
  assert.equal(connects(begun, 0).length, 45);
  assert.ok(late.every((milliseconds) => milliseconds === 0));
  assert.equal(timers().length, 1);
});

test('looks at its plans every second at least, and never in the past', () => {
  const { delays, pass } = newScheduler([tenantOf()]);
  pass(120_000);
  assert.ok(delays.every((delay) => delay >= 0 && delay <= 1_000));
  assert.ok(delays.length < 300, `${delays.length} timers in 2 minutes`);
});

test('every tenant is probed, each at a time of its own', () => {
  const { begun, pass } = newScheduler([tenantOf(), tenantOf({ name: 'other' })]);
  pass(60_000);
  const times = (name: string) =>
    connects(begun, 0)
      .filter(({ task }) => task.tenant.name === name)
      .map(({ at }) => at);
  assert.equal(times('acme').length, 9);
  assert.equal(times('other').length, 9);
  assert.ok(!times('acme').some((at) => times('other').includes(at)));
});

test('a failure has dense probing begin without waiting for the next second', () => {
  const { scheduler, begun, time, pass } = newScheduler([tenantOf()]);
  pass(60_000);
  const before = begun.length;
  scheduler.observe(resultOf({ failure: failureOf() }));
  pass(1);
  const asked = begun.slice(before).map(({ task }) => task.kind === 'attempt' && task.protocol);
  assert.deepEqual(asked, ['smtp', 'pop']);
  const at = time.now;
  pass(5_000);
  assert.ok(
    connects(begun, at).some(({ task }) => task.kind === 'attempt' && task.protocol === 'imap'),
  );
});

test('results of a tenant that is not watched are no matter', () => {
  const { scheduler, begun, pass } = newScheduler([tenantOf()]);
  pass(1_000);
  const before = begun.length;
  scheduler.observe(resultOf({ tenant: 'gone', failure: failureOf() }));
  pass(1);
  assert.equal(begun.length, before);
});

test('a wall clock that jumps neither stops nor floods the probing', () => {
  for (const jump of [86_400_000, -86_400_000, 7_001, -7_001]) {
    const { begun, time, pass } = newScheduler([tenantOf()]);
    pass(60_000);
    time.wall += jump;
    const at = time.now;
    pass(120_000);
    const found = connects(begun, at).length;
    assert.ok(found >= 15 && found <= 20, `${found} connects in 2 minutes after ${jump} ms`);
    assert.ok(rounds(begun).length >= 4);
  }
});

test('a sleep is a gap: late work is told, and not made up', () => {
  const { begun, late, time, pass } = newScheduler([tenantOf()]);
  pass(60_000);
  const before = begun.length;
  time.now += 600_000;
  time.wall += 600_000;
  pass(1);
  assert.equal(begun.length, before + 1);
  assert.equal(rounds(begun.slice(before)).length, 1);
  assert.ok((late.at(-1) ?? 0) > 500_000);
});

test('stopped, it begins nothing more, whatever is still observed', () => {
  const { scheduler, begun, pass, timers } = newScheduler([tenantOf()]);
  pass(60_000);
  const before = begun.length;
  scheduler.stop();
  scheduler.observe(resultOf({ failure: failureOf() }));
  assert.equal(timers().length, 0);
  pass(600_000);
  assert.equal(begun.length, before);
});

test('without tenants there is nothing to do, and no spinning', () => {
  const { begun, delays, pass } = newScheduler([]);
  pass(10_000);
  assert.equal(begun.length, 0);
  assert.ok(delays.length <= 12);
});

test('a hundred tenants that start together begin evenly over the interval, and stay so', () => {
  const names = Array.from({ length: 100 }, (_, index) => `tenant-${index}`);
  const { begun, pass } = newScheduler(names.map((name) => tenantOf({ name })));
  const start = 10_000;
  pass(200_000);
  const busiest = (from: number, to: number) => {
    const seconds = new Map<number, number>();
    for (const { at } of rounds(begun).filter(({ at }) => at >= from && at < to)) {
      const second = Math.floor((at - start) / 1_000);
      seconds.set(second, (seconds.get(second) ?? 0) + 1);
    }
    return Math.max(...seconds.values());
  };
  assert.equal(rounds(begun).filter(({ at }) => at < start + 50_000).length, 100);
  assert.equal(busiest(start, start + 50_000), 2);
  assert.ok(busiest(start + 50_000, start + 200_000) <= 3);
  const first = new Set(
    rounds(begun)
      .filter(({ at }) => at < start + 50_000)
      .map(({ task }) => task.tenant.name),
  );
  assert.equal(first.size, 100);
});

test('after a restart every tenant goes on in its step: none waits longer than its interval', () => {
  const wall = 1_800_000_000_000;
  const last = new Map([
    ['one', wall - 20_000],
    ['two', wall - 49_000],
    ['three', wall - 600_000],
  ]);
  const { begun, pass } = newScheduler(
    [...last.keys()].map((name) => tenantOf({ name })),
    (tenant) => last.get(tenant) ?? null,
  );
  pass(50_000);
  const firsts = [...last.keys()].map(
    (name) => rounds(begun).find(({ task }) => task.tenant.name === name)?.at,
  );
  assert.deepEqual(firsts, [10_000 + 30_000, 10_000 + 1_000, 10_000 + 33_333]);
});
