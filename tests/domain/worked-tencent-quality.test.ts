import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DelayFigures, delayFigures } from '../../src/domain/delay.ts';
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

test('a service that began on the 17th still has 43 200 minutes: 43 lost keep the rate, 44 do not', () => {
  const service = { from: Date.parse('2026-10-17T00:00:00+08:00'), until: null };
  const at = (lost: number) => monthOf(contract, '2026-10', 21_600, lost, { service });
  assert.equal(at(0).figures.total, 43_200);
  assert.deepEqual(
    [43, 44].map((lost) => at(lost).figures.verdict),
    ['met', 'breached'],
  );
  assert.deepEqual(
    [44, 45].map((lost) => promiseOf(at(lost), 'T3.4').verdict),
    ['met', 'breached'],
  );
  // 21 600 of 43 200: by the letter half of the month was connected.
  assert.deepEqual(at(0).connectivity?.literal.upper, { numerator: 21_600, denominator: 43_200 });
});

/** Messages of which each took so long, ms, exactly. */
function delays(...all: number[]): DelayFigures[] {
  const figures = delayFigures(
    all.map((delay) => ({ acceptedAt: 0, seen: { lastNotSeen: delay, firstSeen: delay } })),
    10 * 86_400_000,
  );
  return figures === null ? [] : [figures];
}

test('one message over an hour breaks the maximum (T3.11): here not even one is excused', () => {
  const hour = 3_600_000;
  const quick = Array<number>(9_998).fill(0);
  const at = (...slow: number[]) =>
    promiseOf(
      monthOf(contract, '2026-04', 43_200, 0, { send: delays(...quick, ...slow) }),
      'T3.11',
      'send-delay-maximum',
    );
  assert.equal(at(hour, hour).verdict, 'met');
  assert.equal(at(hour + 1, hour).verdict, 'breached');
  assert.equal(at(hour + 1, hour).passed?.least.numerator, 1);
  assert.equal(at(hour + 1, hour + 1).verdict, 'breached');
  assert.equal(at(hour + 1, hour + 1).passed?.least.numerator, 2);
});

test('a mean of exactly a minute keeps T3.10, a millisecond more in one message of three does not', () => {
  const at = (last: number) =>
    promiseOf(
      monthOf(contract, '2026-04', 43_200, 0, { receive: delays(30_000, 90_000, last) }),
      'T3.10',
      'receive-delay-mean',
    ).verdict;
  // (30 + 90 + 60) / 3 = 60 s
  assert.deepEqual([at(60_000), at(60_001)], ['met', 'breached']);
});
