import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PromisedLimit } from '../../src/domain/contract.ts';
import { evaluatePromise, type Range } from '../../src/domain/promise.ts';
import { compareRatios, whole } from '../../src/domain/ratio.ts';

const promise = (
  comparison: PromisedLimit['comparison'],
  limit: number,
  excused = 0,
): PromisedLimit => ({
  clause: 'X.1',
  measure: 'unavailable-minutes',
  comparison,
  limit: whole(limit),
  denominator: { kind: 'calendar' },
  excused,
});
const range = (least: number, most: number | null): Range => ({
  least: whole(least),
  most: most === null ? null : whole(most),
});
const verdictOf = (given: PromisedLimit, least: number, most: number | null) =>
  evaluatePromise(given, { soFar: range(least, most), eventual: range(least, most), passed: null })
    .verdict;

test('"at most" includes its limit and "below" does not', () => {
  assert.equal(verdictOf(promise('at-most', 44), 44, 44), 'met');
  assert.equal(verdictOf(promise('at-most', 44), 45, 45), 'breached');
  assert.equal(verdictOf(promise('below', 44), 43, 43), 'met');
  assert.equal(verdictOf(promise('below', 44), 44, 44), 'breached');
  assert.equal(verdictOf(promise('at-least', 360), 360, 360), 'met');
  assert.equal(verdictOf(promise('at-least', 360), 359, 359), 'breached');
});

test('a promise is decided only when both bounds say the same', () => {
  assert.equal(verdictOf(promise('at-most', 44), 40, 44), 'met');
  assert.equal(verdictOf(promise('at-most', 44), 44, 45), 'indeterminate');
  assert.equal(verdictOf(promise('at-most', 44), 45, 90), 'breached');
  assert.equal(verdictOf(promise('below', 44), 43, 44), 'indeterminate');
  assert.equal(verdictOf(promise('at-least', 360), 359, 360), 'indeterminate');
});

test('a value without an upper bound can break "at most" and meet "at least", never the reverse', () => {
  assert.equal(verdictOf(promise('at-most', 44), 0, null), 'indeterminate');
  assert.equal(verdictOf(promise('at-most', 44), 45, null), 'breached');
  assert.equal(verdictOf(promise('below', 44), 43, null), 'indeterminate');
  assert.equal(verdictOf(promise('at-least', 360), 360, null), 'met');
  assert.equal(verdictOf(promise('at-least', 360), 359, null), 'indeterminate');
});

test('the verdict is of what may come, the bounds shown are of what has been', () => {
  const running = evaluatePromise(promise('at-most', 44), {
    soFar: range(3, 5),
    eventual: range(3, 500),
    passed: null,
  });
  assert.equal(running.verdict, 'indeterminate');
  assert.deepEqual([running.least, running.most], [whole(3), whole(5)]);
});

test('a maximum that may be passed once is judged by how often it was', () => {
  const at = (least: number, most: number, excused: number) =>
    evaluatePromise(promise('at-most', 60, excused), {
      soFar: range(100, 100),
      eventual: range(100, 100),
      passed: { soFar: range(least, most), eventual: range(least, most) },
    });
  assert.equal(at(1, 1, 0).verdict, 'breached');
  assert.equal(at(1, 1, 1).verdict, 'met');
  assert.equal(at(1, 2, 1).verdict, 'indeterminate');
  assert.equal(at(2, 2, 1).verdict, 'breached');
  assert.deepEqual(at(1, 2, 1).passed, range(1, 2));
});

test('what was not measured has no verdict and no value, but a reason', () => {
  for (const without of ['not-measured', 'nothing-to-measure', 'not-rented'] as const) {
    const verdict = evaluatePromise(promise('at-most', 44), without);
    assert.equal(verdict.verdict, 'unknown-value');
    assert.deepEqual([verdict.least, verdict.most, verdict.passed], [null, null, null]);
    assert.equal(verdict.without, without);
  }
});

test('shares are compared exactly, beyond what a float can tell apart', () => {
  const of = (numerator: number, denominator: number) => ({ numerator, denominator });
  assert.equal(compareRatios(of(999, 1000), of(9990, 10_000)), 0);
  const large = Number.MAX_SAFE_INTEGER;
  // (n − 1) / n against (n − 2) / (n − 1): the quotients are the same float, their products round to it.
  assert.equal((large - 1) / large, (large - 2) / (large - 1));
  assert.equal(compareRatios(of(large - 1, large), of(large - 2, large - 1)), 1);
  assert.equal(compareRatios(of(large - 2, large - 1), of(large - 1, large)), -1);
});
