import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { countMinutes } from '../../src/domain/count.ts';
import { lengthOf, minutesTouched, union } from '../../src/domain/interval.ts';

const second = 1_000;
const interval = (from: number, to: number) => ({ from: from * second, to: to * second });
const minutes = (set: ReadonlySet<number>) => [...set].map((at) => at / 60_000).toSorted();

test('a length of n minutes and a rest takes exactly n: those that it covers most', () => {
  const taken = (from: number, to: number) =>
    minutes(countMinutes([interval(from, to)], []).unavailable);
  assert.deepEqual(taken(10, 69), []);
  assert.deepEqual(taken(10, 70), [0]);
  assert.deepEqual(taken(50, 110), [1]);
  assert.deepEqual(taken(30, 90), [0]);
  assert.deepEqual(taken(30, 209), [1, 2]);
  assert.deepEqual(taken(31, 211), [1, 2, 3]);
});

test('two intervals that share a minute do not take it twice', () => {
  const { unavailable } = countMinutes([interval(0, 90), interval(91, 180)], []);
  assert.deepEqual(minutes(unavailable), [0, 2]);
  const crowded = countMinutes([interval(0, 85), interval(90, 150)], []);
  assert.equal(crowded.unavailable.size, 2);
});

test('what is possible holds its proven minutes first, the rest is suspect', () => {
  const counted = countMinutes([interval(60, 130)], [interval(50, 190)]);
  assert.deepEqual(minutes(counted.unavailable), [1]);
  assert.deepEqual(minutes(counted.suspect), [2]);
});

test('with nothing proven, what is possible is suspect', () => {
  const counted = countMinutes([], [interval(50, 190)]);
  assert.deepEqual(minutes(counted.suspect), [1, 2]);
  assert.equal(counted.unavailable.size, 0);
});

test('whatever is given, as many minutes are taken as the lengths have, each touched by its interval', () => {
  const drawn = fc
    .array(
      fc.record({
        from: fc.integer({ min: 0, max: 3_000_000 }),
        length: fc.integer({ min: 60_000, max: 500_000 }),
      }),
      { maxLength: 6 },
    )
    .map((list) => union(list.map(({ from, length }) => ({ from, to: from + length }))));
  fc.assert(
    fc.property(drawn, fc.integer({ min: 0, max: 30_000 }), (certain, slack) => {
      const possible = union(
        certain.map(({ from, to }) => ({ from: from - slack, to: to + slack })),
      );
      const { unavailable, suspect } = countMinutes(certain, possible);
      const touched = new Set(possible.flatMap(minutesTouched));
      for (const minute of [...unavailable, ...suspect]) assert.ok(touched.has(minute));
      assert.ok(![...suspect].some((minute) => unavailable.has(minute)));
      const most = certain.reduce((sum, one) => sum + Math.floor(lengthOf(one) / 60_000), 0);
      assert.ok(unavailable.size <= most);
      // Only where two crowd into the same minutes may one go without.
      if (certain.length === 1) assert.equal(unavailable.size, most);
    }),
  );
});
