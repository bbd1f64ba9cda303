import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  type Interval,
  intersection,
  lengthOf,
  minuteOf,
  minutesTouched,
  union,
} from '../../src/domain/interval.ts';

const interval = fc
  .record({ from: fc.integer({ min: 0, max: 60 }), length: fc.integer({ min: 1, max: 20 }) })
  .map(({ from, length }) => ({ from, to: from + length }));
const intervals = fc.array(interval, { maxLength: 8 });

const covers = (list: readonly Interval[], at: number) =>
  list.some(({ from, to }) => from <= at && at < to);
const instants = Array.from({ length: 90 }, (_, at) => at);

test('a union covers the same time, sorted, disjoint and not touching', () => {
  fc.assert(
    fc.property(intervals, (list) => {
      const united = union(list);
      for (const at of instants) assert.equal(covers(united, at), covers(list, at));
      for (const [index, { from }] of united.entries())
        if (index > 0) assert.ok(from > (united[index - 1]?.to ?? 0));
    }),
  );
});

test('an intersection covers what both cover', () => {
  fc.assert(
    fc.property(intervals, intervals, (one, other) => {
      const [a, b] = [union(one), union(other)];
      const common = intersection(a, b);
      for (const at of instants) assert.equal(covers(common, at), covers(a, at) && covers(b, at));
      assert.ok(common.every((piece) => lengthOf(piece) > 0));
    }),
  );
});

test('the boundary belongs to the later minute', () => {
  assert.equal(minuteOf(59_999), 0);
  assert.equal(minuteOf(60_000), 60_000);
  assert.equal(minuteOf(-1), -60_000);
});

test('an interval touches the minutes that it has a part in, an empty one the minute it stands in', () => {
  assert.deepEqual(minutesTouched({ from: 0, to: 60_000 }), [0]);
  assert.deepEqual(minutesTouched({ from: 59_999, to: 60_001 }), [0, 60_000]);
  assert.deepEqual(minutesTouched({ from: 60_000, to: 60_000 }), [60_000]);
  assert.deepEqual(minutesTouched({ from: 59_999, to: 180_000 }), [0, 60_000, 120_000]);
});
