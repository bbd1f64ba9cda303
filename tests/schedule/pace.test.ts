import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  denseInterval,
  roundtripPause,
  throttledPause,
  untilNextTick,
} from '../../src/schedule/pace.ts';

const day = 86_400_000;
const anyWall = fc.integer({ min: 0, max: 4_000_000_000_000 });
const anyInterval = fc.integer({ min: 5_000, max: 60_000 });

test('dense probing is every 5 s, 10 s deeper, and slows down with the age of the failure', () => {
  const table = [
    ['connect', 0, 5_000],
    ['login', 0, 10_000],
    ['roundtrip', 0, 10_000],
    ['connect', 299_999, 5_000],
    ['connect', 300_000, 10_000],
    ['login', 300_000, 10_000],
    ['connect', 899_999, 10_000],
    ['connect', 900_000, 20_000],
    ['login', 900_000, 20_000],
  ] as const;
  for (const [depth, age, interval] of table)
    assert.equal(denseInterval(depth, age), interval, `${depth} after ${age} ms`);
});

test('throttling backs off 1, 2, 4, 8, 15, 15 minutes', () => {
  const minutes = [1, 2, 3, 4, 5, 6, 2000].map((nth) => throttledPause(nth) / 60_000);
  assert.deepEqual(minutes, [1, 2, 4, 8, 15, 15, 15]);
});

test('round trips are 50 s ± 10 % apart', () => {
  assert.equal(
    roundtripPause(50_000, () => 0),
    45_000,
  );
  assert.equal(
    roundtripPause(50_000, () => 0.5),
    50_000,
  );
  assert.ok(roundtripPause(50_000, () => 0.999_999_9) <= 55_000);
});

test('the next tick is ahead, and at most one interval', () => {
  fc.assert(
    fc.property(anyWall, anyInterval, fc.nat(3), (wall, interval, index) => {
      const wait = untilNextTick('acme', index, 4, interval, wall);
      assert.ok(Number.isInteger(wait) && wait > 0 && wait <= interval, String(wait));
    }),
  );
});

test('from one tick to the next it is exactly one interval within a day, restarts or not', () => {
  const midday = 20_000 * day + day / 2;
  for (let wall = midday; wall < midday + 60_000; wall += 777) {
    const next = wall + untilNextTick('acme', 1, 4, 20_000, wall);
    assert.equal(untilNextTick('acme', 1, 4, 20_000, next), 20_000);
    assert.equal(next + untilNextTick('acme', 1, 4, 20_000, next + 1) + 1, next + 20_000);
  }
});

test('the four protocols of a tenant are spread evenly over the interval', () => {
  const wall = 20_000 * day + day / 2;
  const phases = [0, 1, 2, 3].map(
    (index) => (wall + untilNextTick('acme', index, 4, 20_000, wall)) % 20_000,
  );
  const [first = 0] = phases;
  const apart = phases.map((phase) => (phase - first + 20_000) % 20_000);
  assert.deepEqual(apart, [0, 5_000, 10_000, 15_000]);
});

test('tenants do not knock together, and each draws anew every day', () => {
  const phaseOf = (tenant: string, wall: number) =>
    (wall + untilNextTick(tenant, 0, 4, 20_000, wall)) % 20_000;
  const noon = 20_000 * day + day / 2;
  const tenants = Array.from({ length: 200 }, (_, index) => phaseOf(`tenant-${index}`, noon));
  const days = Array.from({ length: 200 }, (_, index) => phaseOf('acme', noon + index * day));
  for (const phases of [tenants, days]) {
    assert.ok(new Set(phases).size > 190);
    for (let quarter = 0; quarter < 4; quarter++) {
      const inside = phases.filter((phase) => Math.floor(phase / 5_000) === quarter).length;
      assert.ok(inside > 20, `${inside} of 200 in quarter ${quarter}`);
    }
    const atFull = phases.filter((phase) => phase % 60_000 === 0).length;
    assert.ok(atFull < 3);
  }
});
