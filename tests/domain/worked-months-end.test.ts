import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthPeriod } from '../../src/domain/calendar.ts';
import { countStates } from '../../src/domain/minute-states.ts';
import { healthy, judged, s, silent, success, total } from './case.ts';
import { monthOf, promiseOf, shipped } from './worked.ts';

/** Midnight between October and November 2026 in Shanghai, seconds. */
const midnight = Date.parse('2026-11-01T00:00:00+08:00') / 1000;

/**
 * Ten minutes around midnight in which SMTP is silent over [from, to), seconds from midnight, and proven to
 * work right before and right after.
 */
function around(from: number, to: number) {
  const judgement = judged(
    [
      ...healthy('imap', midnight - 600, midnight + 600),
      ...healthy('smtp', midnight - 600, midnight + from),
      success('smtp', midnight + from),
      silent('smtp', midnight + from, midnight + to),
      success('smtp', midnight + to),
      ...healthy('smtp', midnight + to, midnight + 600),
    ],
    0,
    { stretch: { from: s(midnight - 300), to: s(midnight + 300) } },
  );
  const october = monthPeriod('2026-10', 'Asia/Shanghai');
  const november = monthPeriod('2026-11', 'Asia/Shanghai');
  assert.equal(october.to, s(midnight));
  return {
    whole: total(judgement, 'unavailable'),
    october: countStates(judgement.minutes, october.from, october.to),
    november: countStates(judgement.minutes, november.from, november.to),
  };
}

test('an outage across the month’s end is counted by each minute’s own month, and nothing is lost', () => {
  // 23:58:30 to 00:02:10 is 220 s: 3 minutes. Those it covers most are 23:59, 00:00 and 00:01.
  const { whole, october, november } = around(-90, 130);
  assert.equal(whole, 3);
  assert.deepEqual([october.unavailable, november.unavailable], [1, 2]);
});

test('the minute of threshold is tested before the split: 40 s and 30 s on either side make one', () => {
  // 23:59:20 to 00:00:30: 70 s, one minute, and it is the one with more of it.
  const before = around(-40, 30);
  assert.deepEqual(
    [before.whole, before.october.unavailable, before.november.unavailable],
    [1, 1, 0],
  );
  // 23:59:40 to 00:00:50: 20 s and 50 s.
  const after = around(-20, 50);
  assert.deepEqual([after.whole, after.october.unavailable, after.november.unavailable], [1, 0, 1]);
});

test('59 s across the month’s end are nothing in either month', () => {
  const { whole, october, november } = around(-30, 29);
  assert.deepEqual([whole, october.unavailable, november.unavailable], [0, 0, 0]);
});

test('the two months’ counts enter the two months’ figures', () => {
  const contract = shipped('tencent-exmail-2020');
  const { october, november } = around(-90, 130);
  const october31 = monthOf(contract, '2026-10', 44_640, 43 + october.unavailable);
  const november30 = monthOf(contract, '2026-11', 43_200, 42 + november.unavailable);
  // 44 of 44 640 are within 44.64; 44 of 43 200 are beyond 43.2.
  assert.equal(october31.figures.verdict, 'met');
  assert.equal(november30.figures.verdict, 'breached');
});

test('so they do by the contracts with a gloss: 44 minutes of October, and 44 of November', () => {
  const { october, november } = around(-90, 130);
  const verdicts = (name: string, clause: string) => {
    const contract = shipped(name);
    return [
      monthOf(contract, '2026-10', 44_640, 43 + october.unavailable),
      monthOf(contract, '2026-11', 43_200, 42 + november.unavailable),
    ].map((month) => [month.figures.verdict, promiseOf(month, clause).verdict]);
  };
  // Always of 43 200, which allows 43.2; the gloss allows 44.
  assert.deepEqual(verdicts('tencent-exmail-quality', 'T3.4'), [
    ['breached', 'met'],
    ['breached', 'met'],
  ]);
  // Of 44 640 and of 43 200; the gloss asks for fewer than 44.
  assert.deepEqual(verdicts('enterprise-mail-guarantee', 'T4.2'), [
    ['met', 'breached'],
    ['breached', 'breached'],
  ]);
});

for (const name of ['tencent-ses', 'aliyun-reseller'])
  test(`${name}: what it counts of an outage across the month’s end stands in either month`, () => {
    const { october, november } = around(-90, 130);
    const contract = shipped(name);
    const lost = [
      monthOf(contract, '2026-10', 44_640, october.unavailable),
      monthOf(contract, '2026-11', 43_200, november.unavailable),
    ].map(({ figures }) => figures.upper);
    assert.deepEqual(lost, [
      { numerator: 44_639, denominator: 44_640 },
      { numerator: 43_198, denominator: 43_200 },
    ]);
  });
