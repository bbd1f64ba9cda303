import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { figuresOf } from '../../src/domain/figures.ts';
import type { MinuteCount } from '../../src/domain/ledger.ts';
import { compareRatios } from '../../src/domain/ratio.ts';
import { oneMinute } from './case.ts';

const month = { from: 0, to: 44_640 * 60_000 };
const counts = (change: Partial<MinuteCount>): MinuteCount => ({
  excluded: 0,
  unavailable: 0,
  unknown: 0,
  suspect: 0,
  degraded: 0,
  available: 0,
  ...change,
});
const figures = (change: Partial<MinuteCount>) => figuresOf(oneMinute, month, counts(change));

test('proven are the unavailable minutes; possible are the suspect and unknown ones with them', () => {
  const found = figures({ unavailable: 3, suspect: 4, unknown: 5, degraded: 6, available: 44_622 });
  assert.equal(found.proven, 3);
  assert.equal(found.possible, 12);
  assert.equal(found.total, 44_640);
  assert.equal(found.ahead, 0);
  assert.deepEqual(found.upper, { numerator: 44_637, denominator: 44_640 });
  assert.deepEqual(found.lower, { numerator: 44_628, denominator: 44_640 });
  assert.deepEqual(found.coverage, { numerator: 44_635, denominator: 44_640 });
});

test('99.9 % of 31 days allows 44 minutes: met at 44, breached at 45, whatever floats would say', () => {
  const verdict = (unavailable: number) =>
    figures({ unavailable, available: 44_640 - unavailable }).verdict;
  assert.equal(verdict(44), 'met');
  assert.equal(verdict(45), 'breached');
});

test('a target is met on equality', () => {
  const target = { numerator: 44_596, denominator: 44_640 };
  const at = (unavailable: number) =>
    figuresOf(
      { ...oneMinute, target },
      month,
      counts({ unavailable, available: 44_640 - unavailable }),
    ).verdict;
  assert.equal(at(44), 'met');
  assert.equal(at(45), 'breached');
});

test('doubtful minutes, or minutes ahead, that could decide leave the verdict open', () => {
  assert.equal(
    figures({ unavailable: 40, suspect: 5, available: 44_595 }).verdict,
    'indeterminate',
  );
  assert.equal(
    figures({ unavailable: 40, unknown: 5, available: 44_595 }).verdict,
    'indeterminate',
  );
  assert.equal(figures({ unavailable: 40, available: 44_595 }).verdict, 'indeterminate');
  assert.equal(figures({ unavailable: 40, available: 44_596 }).verdict, 'met');
  assert.equal(figures({ unavailable: 45 }).verdict, 'breached');
});

test('minutes ahead widen the verdict and not the bounds shown', () => {
  const found = figures({ available: 100 });
  assert.equal(found.ahead, 44_540);
  assert.deepEqual(found.lower, { numerator: 44_640, denominator: 44_640 });
  assert.equal(found.verdict, 'indeterminate');
});

test('excluded minutes are lost to nobody and stay in the denominator', () => {
  const found = figures({ excluded: 1_000, available: 43_640 });
  assert.equal(found.total, 44_640);
  assert.deepEqual(found.upper, { numerator: 44_640, denominator: 44_640 });
});

test('before the first minute, coverage is a share of something all the same', () => {
  assert.deepEqual(figures({}).coverage, { numerator: 0, denominator: 1 });
});

test('without a target there is no verdict', () => {
  assert.equal(figuresOf({ ...oneMinute, target: null }, month, counts({})).verdict, null);
});

test('more minutes than the period has are a fault, not a figure', () => {
  assert.throws(() => figures({ available: 44_641 }), RangeError);
});

test('shares are compared exactly', () => {
  const ratio = (numerator: number, denominator: number) => ({ numerator, denominator });
  assert.equal(compareRatios(ratio(999, 1000), ratio(44_596, 44_640)), -1);
  assert.equal(compareRatios(ratio(1, 3), ratio(3, 9)), 0);
  assert.equal(compareRatios(ratio(44_595, 44_640), ratio(999, 1000)), -1);
});

test('whatever the counts, the bounds are in order and the verdict agrees with them', () => {
  const count = fc.integer({ min: 0, max: 200 });
  fc.assert(
    fc.property(count, count, count, (unavailable, suspect, unknown) => {
      const rest = 44_640 - unavailable - suspect - unknown;
      const found = figures({ unavailable, suspect, unknown, available: rest });
      assert.ok(compareRatios(found.lower, found.upper) <= 0);
      const target = { numerator: 999, denominator: 1000 };
      const expected =
        compareRatios(found.lower, target) >= 0
          ? 'met'
          : compareRatios(found.upper, target) < 0
            ? 'breached'
            : 'indeterminate';
      assert.equal(found.verdict, expected);
    }),
  );
});
