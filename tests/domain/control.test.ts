import assert from 'node:assert/strict';
import { test } from 'node:test';
import { controlRounds, type WayProof, wayWasShut } from '../../src/domain/control.ts';
import { look, round } from './controls.ts';

const open = (from: number, to: number): WayProof => ({
  from: from * 1000,
  to: to * 1000,
  open: true,
});
const shut = (from: number, to: number): WayProof => ({ ...open(from, to), open: false });
const during = (from: number, to = from) => ({ from: from * 1000, to: to * 1000 });

test('two of three control targets without an answer show that the way is shut, one does not', () => {
  const verdicts = [0, 1, 2, 3].map(
    (failed) => controlRounds(round(1, 10, 3, failed), [])[0]?.open,
  );
  assert.deepEqual(verdicts, [true, true, false, false]);
});

test('two thirds are counted exactly, whatever the number of targets', () => {
  const least = [1, 2, 4, 5, 6, 7, 9].map((targets) => {
    const failed = Array.from({ length: targets + 1 }, (_, count) => count);
    return failed.find(
      (count) => controlRounds(round(1, 0, targets, count), [])[0]?.open === false,
    );
  });
  assert.deepEqual(least, [1, 2, 3, 4, 4, 5, 6]);
});

test('rounds are told apart by their number and come in the order of time', () => {
  const rounds = controlRounds([...round(2, 70, 3, 3), ...round(1, 10, 3, 0)], []);
  assert.deepEqual(
    rounds.map(({ from, open: isOpen }) => [from, isOpen]),
    [
      [10_000, true],
      [70_000, false],
    ],
  );
});

test('an answer after more than 0.9 s came to a repeated request: the way was shut before', () => {
  const answered = (seconds: number) => ({
    ...look(1, 10, 'a', true),
    endedAt: 10_000 + seconds * 1000,
    monotonicEnd: (10 + seconds) * 1e6,
    connectMicroseconds: seconds * 1e6,
  });
  assert.equal(controlRounds([answered(0.9)], [])[0]?.open, true);
  assert.equal(controlRounds([answered(1.1)], [])[0]?.open, false);
});

test('a way that was found shut stays so until the next round, 20 s at most', () => {
  const rounds = controlRounds(
    [...round(1, 10, 3, 3), ...round(2, 20, 3, 3), ...round(3, 70, 3, 0)],
    [],
  );
  assert.deepEqual(
    rounds.map(({ from, to }) => [from, to]),
    [
      [10_000, 19_999],
      [20_000, 45_000],
      [70_000, 70_020],
    ],
  );
});

test('a round in which the wall clock stepped is left out', () => {
  const stepped = { ...look(1, 10, 'a', false), endedAt: 18_000 };
  assert.deepEqual(controlRounds([stepped, look(1, 10, 'b', false)], []), []);
});

test('a round that overlaps a blind time of our own is left out, whatever it found', () => {
  const blind = [{ from: 9_000, to: 14_000 }];
  assert.equal(controlRounds(round(1, 10, 3, 3), blind).length, 0);
  assert.equal(controlRounds(round(1, 10, 3, 0), blind).length, 0);
  assert.equal(controlRounds(round(1, 15, 3, 0), blind).length, 1);
});

test('a look that overlaps the failure and found the way shut decides', () => {
  assert.equal(wayWasShut(during(100, 130), [shut(110, 115), open(130, 130.1)]), true);
  assert.equal(wayWasShut(during(100, 130), [open(110, 110.1), shut(125, 130)]), true);
});

test('a way that was open at the failure’s end was open, whatever follows', () => {
  assert.equal(wayWasShut(during(100), [open(99.9, 100.1), shut(105, 110)]), false);
});

test('a look in the middle of a silence does not vouch for its end: the next one decides', () => {
  assert.equal(wayWasShut(during(100, 130), [open(102, 102.1), shut(131, 136)]), true);
  assert.equal(wayWasShut(during(100, 130), [open(102, 102.1), open(131, 131.1)]), false);
});

test('a way that was open before the failure says nothing of it', () => {
  assert.equal(wayWasShut(during(100), [open(99, 99.5), shut(101, 106)]), true);
  assert.equal(wayWasShut(during(100), [shut(93, 98), open(101, 101.1)]), false);
});

test('without a look in the 20 s after, the last one of the 30 s before counts if it found the way shut', () => {
  assert.equal(wayWasShut(during(100), [shut(80, 85), open(120.1, 120.2)]), true);
  assert.equal(wayWasShut(during(100), [shut(60, 65)]), false);
  assert.equal(wayWasShut(during(100), [shut(80, 85), open(95, 95.1)]), false);
  assert.equal(wayWasShut(during(100), [shut(80, 85), open(120, 120.2)]), false);
});

test('without control targets the way is never held to be shut', () => {
  assert.equal(wayWasShut(during(100, 130), []), false);
});
