import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shareKept } from '../../src/domain/denominator.ts';
import { compareRatios } from '../../src/domain/ratio.ts';
import { minutesOf, monthOf, promiseOf, shipped } from './worked.ts';

const contract = shipped('tencent-exmail-quality');
const inApril = (lost: number) => monthOf(contract, '2026-04', 43_200, lost);

test('the rate allows 43.2 minutes and its gloss 44: they differ at 44', () => {
  const both = (lost: number) => {
    const month = inApril(lost);
    return [month.figures.verdict, promiseOf(month, 'T3.4').verdict];
  };
  assert.deepEqual(both(43), ['met', 'met']);
  assert.deepEqual(both(44), ['breached', 'met']);
  assert.deepEqual(both(45), ['breached', 'breached']);
});

test('43.2 minutes of 43 200 are 99.9 % exactly', () => {
  const target = { numerator: 999, denominator: 1000 };
  // In tenths of a minute: 432 of 432 000.
  assert.equal(compareRatios(shareKept(432, 432_000), target), 0);
  assert.equal(compareRatios(shareKept(433, 432_000), target), -1);
  assert.equal(compareRatios(shareKept(431, 432_000), target), 1);
});

test('the denominator is 43 200 in a month of 28 and of 31 days as well', () => {
  for (const [month, minutes] of [
    ['2026-02', 40_320],
    ['2028-02', 41_760],
    ['2026-10', 44_640],
  ] as const) {
    const at = (lost: number) => monthOf(contract, month, minutes, lost).figures;
    assert.equal(at(0).total, 43_200);
    assert.deepEqual([at(43).verdict, at(44).verdict], ['met', 'breached']);
    assert.equal(at(0).ahead, 0);
  }
});

test('a service down for all of 31 days is available for nothing, not for less', () => {
  const { figures } = monthOf(contract, '2026-10', 44_640, 44_640);
  assert.deepEqual(figures.upper, { numerator: 0, denominator: 43_200 });
});

test('connectivity is 1 − down / 43 200, with the literal uptime / 43 200 beside it', () => {
  const perfect = monthOf(contract, '2026-02', 40_320, 0).connectivity;
  assert.deepEqual(perfect?.kept.lower, { numerator: 43_200, denominator: 43_200 });
  // 40 320 / 43 200 = 93.33 %, and a perfect month of 31 days has 44 640 / 43 200 = 103.33 %.
  assert.deepEqual(perfect?.literal.upper, { numerator: 40_320, denominator: 43_200 });
  const october = monthOf(contract, '2026-10', 44_640, 0).connectivity;
  assert.deepEqual(october?.literal.lower, { numerator: 44_640, denominator: 43_200 });
});

test('99.9 % of connectivity are promised by the sensible reading: 43 of 28 days keep it, 44 do not', () => {
  const at = (lost: number) =>
    promiseOf(monthOf(contract, '2026-02', 40_320, lost), 'T3.5').verdict;
  assert.deepEqual([at(0), at(43), at(44)], ['met', 'met', 'breached']);
});

test('connectivity has bounds like every figure', () => {
  const minutes = minutesOf(43_200, { unavailable: 10, suspect: 5, unknown: 6, excluded: 7 });
  const open = monthOf(contract, '2026-04', 0, 0, { minutes }).connectivity;
  // 10 proven, 21 possible; what is excluded is not down.
  assert.deepEqual([open?.kept.upper.numerator, open?.kept.lower.numerator], [43_190, 43_179]);
  assert.deepEqual(
    [open?.literal.upper.numerator, open?.literal.lower.numerator],
    [43_190, 43_179],
  );
});

test('it states no remedy, no tiers and no claim window', () => {
  const month = inApril(500);
  assert.equal(month.figures.verdict, 'breached');
  assert.deepEqual([month.remedy, month.tiers, month.claim], [null, [], null]);
});
