import assert from 'node:assert/strict';
import { test } from 'node:test';
import { blindSince, keepVigil } from '../../src/schedule/vigil.ts';

const beat = 1_000;

function newVigil() {
  const time = { wall: 1_000_000, monotonic: 5_000 };
  const clock = { wall: () => time.wall, monotonic: () => time.monotonic * 1000 };
  const look = keepVigil(clock, beat);
  return (wall: number, monotonic: number) => {
    time.wall += wall;
    time.monotonic += monotonic;
    return look();
  };
}

test('beats on time, or a little late, tell nothing', () => {
  const pass = newVigil();
  for (const elapsed of [1_000, 1_003, 5_999, 1_000]) assert.deepEqual(pass(elapsed, elapsed), []);
});

test('a clock that steps forward makes blind over the step', () => {
  const pass = newVigil();
  assert.deepEqual(pass(61_000, 1_000), [
    {
      kind: 'clock-step',
      from: 1_000_000,
      to: 1_061_000,
      detail: 'the wall clock stepped by 60000 ms',
    },
  ]);
  assert.deepEqual(pass(1_000, 1_000), []);
});

test('a clock that steps back makes blind over the time that may come twice, wherever between two beats it stepped', () => {
  const pass = newVigil();
  assert.deepEqual(pass(-59_000, 1_000), [
    {
      kind: 'clock-step',
      from: 940_000,
      to: 1_001_000,
      detail: 'the wall clock stepped by -60000 ms',
    },
  ]);
  assert.deepEqual(pass(1_000, 1_000), []);
});

test('half a second is no step, a millisecond more is', () => {
  const pass = newVigil();
  assert.deepEqual(pass(1_500, 1_000), []);
  assert.deepEqual(pass(500, 1_000), []);
  assert.equal(pass(1_501, 1_000).length, 1);
});

test('a process that stood still was blind from its last beat to this one', () => {
  const pass = newVigil();
  assert.deepEqual(pass(6_000, 6_000), []);
  assert.deepEqual(pass(20_000, 20_000), [
    {
      kind: 'pause',
      from: 1_006_000,
      to: 1_026_000,
      detail: 'the process stood still for about 19000 ms',
    },
  ]);
});

test('a pause with a step in it is both', () => {
  const kinds = newVigil()(100_000, 20_000).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['clock-step', 'pause']);
});

test('time that passes while the clocks are read is not lost', () => {
  // Every reading of the monotonic clock takes 300 ms, as on a starved machine.
  const time = { wall: 0, monotonic: 0 };
  const clock = {
    wall: () => time.wall,
    monotonic: () => {
      time.wall += 300;
      time.monotonic += 300_000;
      return time.monotonic;
    },
  };
  const look = keepVigil(clock, beat);
  for (let beats = 0; beats < 20; beats++) {
    time.wall += 1_000;
    time.monotonic += 1_000_000;
    assert.deepEqual(look(), []);
  }
});

test('a clock that goes wrong in small steps within a minute is found out, from where it began', () => {
  const pass = newVigil();
  assert.deepEqual(pass(1_300, 1_000), []);
  assert.deepEqual(pass(1_000, 1_000), []);
  const [found, ...others] = pass(1_300, 1_000);
  assert.deepEqual([found?.kind, found?.from, found?.to], ['clock-step', 1_000_000, 1_003_600]);
  assert.deepEqual(others, []);
  assert.deepEqual(pass(1_000, 1_000), []);
});

test('small steps that lie more than a minute apart, or take each other back, are none', () => {
  const pass = newVigil();
  for (let times = 0; times < 5; times++) {
    assert.deepEqual(pass(1_400, 1_000), []);
    for (let beats = 0; beats < 60; beats++) assert.deepEqual(pass(1_000, 1_000), []);
  }
  for (let times = 0; times < 10; times++)
    for (const by of [400, -400]) assert.deepEqual(pass(1_000 + by, 1_000), []);
});

/** From the last result, at wall 1,000,000 and monotonic 5,000 ms, to a start with these clocks. */
function startedAt(wall: number, monotonic: number) {
  const clock = { wall: () => wall, monotonic: () => monotonic * 1000 };
  return blindSince({ wall: 1_000_000, monotonic: 5_000_000 }, clock);
}

test('a start whose clocks went on alike since the last result was not blind', () => {
  assert.equal(startedAt(1_090_000, 95_000), null);
  assert.equal(startedAt(1_090_400, 95_000), null);
});

test('a start with a wall clock that stepped meanwhile was blind since the last result', () => {
  const found = startedAt(1_120_000, 95_000);
  assert.deepEqual([found?.from, found?.to], [1_000_000, 1_120_000]);
});

test('a start behind the last result is blind up to it; so is one after a restart of the machine, from it', () => {
  const behind = startedAt(400_000, 95_000);
  assert.deepEqual([behind?.from, behind?.to], [400_000, 1_000_000]);
  const restarted = startedAt(1_030_000, 20);
  assert.deepEqual([restarted?.from, restarted?.to], [1_000_000, 1_030_000]);
});
