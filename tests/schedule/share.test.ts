import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keepShare } from '../../src/schedule/share.ts';

/** Work of this cost is offered every 5 s; gives how often it was done. */
function done(cost: number, duration: number, share: number): number {
  let now = 0;
  let times = 0;
  const { may, spend } = keepShare({ monotonic: () => now * 1000 }, share);
  for (let tick = 0; tick < duration; tick += 5_000) {
    now = Math.max(now, tick);
    if (may('acme'))
      spend('acme', () => {
        now += cost;
        times++;
      });
  }
  return times;
}

test('cheap work is done at every turn', () => {
  assert.equal(done(100, 600_000, 1 / 20), 120);
});

test('dear work takes its share of the time and no more', () => {
  assert.equal(done(2_000, 600_000, 1 / 20), 15);
});

test('one that rests keeps no other from working', () => {
  const clock = { now: 0, monotonic: () => clock.now };
  const { may, spend } = keepShare(clock, 1 / 20);
  spend('acme', () => {
    clock.now += 1_000_000;
  });
  assert.equal(may('acme'), false);
  assert.equal(may('other'), true);
});
