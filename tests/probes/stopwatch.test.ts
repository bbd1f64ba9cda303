import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Stopwatch } from '../../probes/stopwatch.ts';

function clock() {
  const state = { wall: 1_000_000, monotonic: 7_000 };
  return {
    state,
    wall: () => state.wall,
    monotonic: () => state.monotonic,
    pass: (microseconds: number) => {
      state.monotonic += microseconds;
    },
  };
}

test('phases add up to the whole, and a phase entered twice is summed', () => {
  const time = clock();
  const watch = new Stopwatch(time, 'dns');
  time.pass(10);
  watch.phase('tcp');
  time.pass(200);
  watch.phase('dns');
  time.pass(3);
  const { phases, monotonicEnd } = watch.stop();
  assert.deepEqual(phases, [
    { phase: 'dns', microseconds: 13 },
    { phase: 'tcp', microseconds: 200 },
  ]);
  assert.equal(monotonicEnd - watch.monotonicStart, 213);
});

test('a wall clock that steps does not bend an attempt', () => {
  const time = clock();
  const watch = new Stopwatch(time, 'dns');
  time.pass(1_999);
  time.state.wall += 3_600_000;
  assert.equal(watch.now(), 1_000_001);
  assert.equal(watch.stop().endedAt, 1_000_001);
});

test('a mark moves the instant from which a silence counts, and so does a phase', () => {
  const time = clock();
  const watch = new Stopwatch(time, 'dns');
  time.pass(50);
  watch.mark();
  assert.equal(watch.markedAt, 7_050);
  time.pass(50);
  watch.phase('tcp');
  assert.equal(watch.markedAt, 7_100);
});
