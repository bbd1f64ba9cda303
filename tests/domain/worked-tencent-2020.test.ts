import assert from 'node:assert/strict';
import { test } from 'node:test';
import { creditsOf, minutesOf, monthOf, shipped } from './worked.ts';

const contract = shipped('tencent-exmail-2020');
const shanghai = (iso: string) => Date.parse(`${iso}+08:00`);

/** Month, its minutes, the last count of lost minutes that keeps 99.9 %. */
const months = [
  // 28 × 1440 = 40 320; a thousandth is 40.32
  ['2026-02', 40_320, 40],
  // 29 × 1440 = 41 760; 41.76
  ['2028-02', 41_760, 41],
  // 30 × 1440 = 43 200; 43.2
  ['2026-04', 43_200, 43],
  // 31 × 1440 = 44 640; 44.64
  ['2026-10', 44_640, 44],
] as const;

for (const [month, total, kept] of months) {
  test(`${month}, of ${total} minutes: ${kept} lost keep 99.9 %, ${kept + 1} break it`, () => {
    const met = monthOf(contract, month, total, kept);
    assert.equal(met.figures.total, total);
    assert.equal(met.figures.verdict, 'met');
    assert.deepEqual(creditsOf(met.tiers), [null]);
    assert.equal(met.remedy, 'not-due');
    const breached = monthOf(contract, month, total, kept + 1);
    assert.equal(breached.figures.verdict, 'breached');
    assert.deepEqual(creditsOf(breached.tiers), [10]);
    assert.equal(breached.remedy, 'due');
  });
}

test('43, 44 and 45 lost minutes of 30 and of 31 days', () => {
  const verdict = (month: string, total: number, lost: number) =>
    monthOf(contract, month, total, lost).figures.verdict;
  // 43 200 − 43.2 = 43 156.8 must be available: 43 157 are, 43 156 are not.
  assert.deepEqual(
    [43, 44, 45].map((lost) => verdict('2026-04', 43_200, lost)),
    ['met', 'breached', 'breached'],
  );
  // 44 640 − 44.64 = 44 595.36: 44 596 are available with 44 lost, 44 595 with 45.
  assert.deepEqual(
    [43, 44, 45].map((lost) => verdict('2026-10', 44_640, lost)),
    ['met', 'met', 'breached'],
  );
});

test('the edges of the tiers in 30 days: 432 and 433, 2160 and 2161 lost minutes', () => {
  const credits = (lost: number) => creditsOf(monthOf(contract, '2026-04', 43_200, lost).tiers);
  // 1 % of 43 200 is 432: exactly 99 % still earns 10 %.
  assert.deepEqual(credits(432), [10]);
  assert.deepEqual(credits(433), [20]);
  // 5 % is 2160: exactly 95 % still earns 20 %.
  assert.deepEqual(credits(2160), [20]);
  assert.deepEqual(credits(2161), [100]);
  assert.deepEqual(credits(43_200), [100]);
});

test('99.9 %, 99 % and 95 % exactly, in a rented time of 10 000 minutes', () => {
  // 6 days, 22 hours and 40 minutes before the end of April: 6 × 1440 + 22 × 60 + 40 = 10 000.
  const service = { from: shanghai('2026-04-24T01:20:00'), until: null };
  const month = (lost: number) => monthOf(contract, '2026-04', 10_000, lost, { service });
  assert.equal(month(10).figures.total, 10_000);
  assert.equal(month(10).figures.verdict, 'met');
  assert.deepEqual(creditsOf(month(10).tiers), [null]);
  assert.equal(month(11).figures.verdict, 'breached');
  assert.deepEqual(creditsOf(month(11).tiers), [10]);
  assert.deepEqual(creditsOf(month(100).tiers), [10]);
  assert.deepEqual(creditsOf(month(101).tiers), [20]);
  assert.deepEqual(creditsOf(month(500).tiers), [20]);
  assert.deepEqual(creditsOf(month(501).tiers), [100]);
});

test('a service that began on the 17th has the minutes from then on, and so a smaller allowance', () => {
  const service = { from: shanghai('2026-10-17T00:00:00'), until: null };
  // 17 to 31 October: 15 days, 21 600 minutes, a thousandth is 21.6.
  const month = (lost: number) => monthOf(contract, '2026-10', 21_600, lost, { service });
  assert.equal(month(21).figures.total, 21_600);
  assert.equal(month(21).figures.verdict, 'met');
  assert.equal(month(22).figures.verdict, 'breached');
});

test('the minute in which a service began is not counted, only whole minutes are', () => {
  const service = { from: shanghai('2026-10-17T09:30:20'), until: shanghai('2026-10-17T10:00:59') };
  // 09:31 up to 10:00: 29 minutes.
  const { figures } = monthOf(contract, '2026-10', 29, 0, { service });
  assert.equal(figures.total, 29);
  assert.equal(figures.period.from, shanghai('2026-10-17T09:31:00'));
  assert.equal(figures.period.to, shanghai('2026-10-17T10:00:00'));
});

test('a month in which the service was not rented has no verdict, tier or remedy', () => {
  const service = { from: shanghai('2026-11-01T00:00:00'), until: null };
  const month = monthOf(contract, '2026-10', 0, 0, { service });
  assert.equal(month.figures.total, 0);
  assert.equal(month.figures.verdict, null);
  assert.deepEqual(month.tiers, []);
  assert.equal(month.remedy, null);
});

test('excluded minutes leave the numerator and stay in the denominator', () => {
  // 50 lost minutes, 7 of them in maintenance: 43 of 43 200, not of 43 193.
  const month = monthOf(contract, '2026-04', 43_200, 0, {
    minutes: minutesOf(43_200, { unavailable: 43, excluded: 7 }),
    withoutExclusions: minutesOf(43_200, { unavailable: 50 }),
  });
  assert.equal(month.figures.total, 43_200);
  assert.equal(month.figures.verdict, 'met');
  assert.equal(month.withoutExclusions?.verdict, 'breached');
});

test('unknown and suspect minutes leave verdict and tier open between the bounds', () => {
  const minutes = minutesOf(43_200, { unavailable: 40, suspect: 3, unknown: 400 });
  const month = monthOf(contract, '2026-04', 43_200, 0, { minutes });
  assert.deepEqual([month.figures.proven, month.figures.possible], [40, 443]);
  assert.equal(month.figures.verdict, 'indeterminate');
  // 40 lost: none. 44 to 432: 10 %. 433 to 443: 20 %.
  assert.deepEqual(creditsOf(month.tiers), [null, 10, 20]);
  assert.equal(month.remedy, 'open');
});

test('while the month runs its tiers take in what may come, beside those of what has happened', () => {
  // 20 days judged, 44 minutes lost: 99.9 % is out of reach whatever the other 10 days bring.
  const minutes = minutesOf(28_800, { unavailable: 44 });
  const month = monthOf(contract, '2026-04', 0, 0, { minutes });
  assert.equal(month.figures.ahead, 14_400);
  assert.equal(month.figures.verdict, 'breached');
  assert.deepEqual(creditsOf(month.tiersSoFar), [10]);
  assert.deepEqual(creditsOf(month.tiers), [10, 20, 100]);
});

test('a month is kept before its end once the minutes ahead can no longer break it', () => {
  const at = (judged: number, unavailable: number) =>
    monthOf(contract, '2026-04', 0, 0, { minutes: minutesOf(judged, { unavailable }) }).figures;
  // 33 lost and 10 ahead make 43 at most, 11 ahead would make 44.
  assert.equal(at(43_190, 33).verdict, 'met');
  assert.equal(at(43_189, 33).verdict, 'indeterminate');
  assert.equal(at(0, 0).verdict, 'indeterminate');
});

test('a month with a clock change has an hour more or less', () => {
  const berlin = { ...contract, zone: 'Europe/Berlin' };
  // 31 × 1440 − 60 = 44 580, a thousandth is 44.58; in October 44 700, 44.7.
  for (const [month, total] of [
    ['2026-03', 44_580],
    ['2026-10', 44_700],
  ] as const) {
    assert.equal(monthOf(berlin, month, total, 44).figures.verdict, 'met');
    assert.equal(monthOf(berlin, month, total, 45).figures.verdict, 'breached');
    assert.equal(monthOf(berlin, month, total, 45).figures.ahead, 0);
  }
});

test('claims in months with 调休: the fifth working day of the next month, and 60 days', () => {
  const window = (month: string, total: number, lost: number) => {
    const { claim, figures } = monthOf(contract, month, total, lost);
    assert.equal(figures.verdict, 'breached');
    return [claim?.firstDay, claim?.lastDay, claim?.provisional];
  };
  // September 2025: National Day and Mid-Autumn to 8 October; the 9th, 10th, Saturday 11th, 13th, 14th.
  assert.deepEqual(window('2025-09', 43_200, 44), ['2025-10-15', '2025-11-29', false]);
  // January 2026: 2 to 6 February are five weekdays, the fifth is Friday the 6th.
  assert.deepEqual(window('2026-01', 44_640, 45), ['2026-02-07', '2026-04-01', false]);
  // April 2026: Labour Day to 5 May; the 6th, 7th, 8th, Saturday the 9th, Monday the 11th.
  assert.deepEqual(window('2026-04', 43_200, 44), ['2026-05-12', '2026-06-29', false]);
  // December 2026: 2027 is not published; 1 to 3 January free, the 4th to the 8th are five.
  assert.deepEqual(window('2026-12', 44_640, 45), ['2027-01-09', '2027-03-01', true]);
});

test('the claim window of the month comes with its verdicts', () => {
  const { claim } = monthOf(contract, '2025-09', 43_200, 44);
  assert.equal(claim?.opensAt, shanghai('2025-10-15T00:00:00'));
  assert.equal(claim?.lapsesAt, shanghai('2025-11-30T00:00:00'));
});
