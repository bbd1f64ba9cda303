import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DelayFigures, delayFigures } from '../../src/domain/delay.ts';
import { whole } from '../../src/domain/ratio.ts';
import type { PageDriver } from '../../src/domain/result.ts';
import { minutesOf, monthOf, promiseOf, shipped } from './worked.ts';

const contract = shipped('enterprise-mail-guarantee');

test('less than 44 minutes: 43 keep the promise, 44 and 45 do not', () => {
  const verdicts = [43, 44, 45].map(
    (lost) => promiseOf(monthOf(contract, '2026-04', 43_200, lost), 'T4.2').verdict,
  );
  assert.deepEqual(verdicts, ['met', 'breached', 'breached']);
});

test('its rate and its gloss differ in a month of 31 days, where 99.9 % allows 44.64 minutes', () => {
  const both = (lost: number) => {
    const month = monthOf(contract, '2026-10', 44_640, lost);
    return [month.figures.verdict, promiseOf(month, 'T4.2').verdict];
  };
  assert.deepEqual(both(43), ['met', 'met']);
  assert.deepEqual(both(44), ['met', 'breached']);
  assert.deepEqual(both(45), ['breached', 'breached']);
});

test('no more than 100 minutes of faults: 100 keep the promise, 101 do not', () => {
  const at = (lost: number) =>
    promiseOf(monthOf(contract, '2026-10', 44_640, lost), 'T4.11').verdict;
  assert.deepEqual([at(100), at(101)], ['met', 'breached']);
});

test('announced maintenance of 100 minutes is within the promise, 101 are not, unrecorded has no value', () => {
  const at = (maintenance: number | null) =>
    promiseOf(monthOf(contract, '2026-04', 43_200, 0, { maintenance }), 'T4.12');
  assert.equal(at(100).verdict, 'met');
  assert.equal(at(101).verdict, 'breached');
  assert.equal(at(null).verdict, 'unknown-value');
  assert.equal(at(null).without, 'not-measured');
});

test('99.99 % is 4.03 minutes of 28 days, 4.32 of 30 and 4.464 of 31: 4 pass and 5 fail everywhere', () => {
  for (const [month, total] of [
    ['2026-02', 40_320],
    ['2026-04', 43_200],
    ['2026-10', 44_640],
  ] as const) {
    const at = (lost: number) => promiseOf(monthOf(contract, month, total, lost), 'T4.13').verdict;
    assert.deepEqual([at(4), at(5)], ['met', 'breached'], month);
  }
});

const hour = 3_600_000;

/** 9 998 messages at once and the given delays, ms: their mean stays far below a minute. */
function delays(...slow: number[]): DelayFigures[] {
  const all = [...Array<number>(9_998).fill(0), ...slow];
  const figures = delayFigures(
    all.map((delay) => ({ acceptedAt: 0, seen: { lastNotSeen: delay, firstSeen: delay } })),
    30 * 24 * hour,
  );
  return figures === null ? [] : [figures];
}

test('a maximum that is passed once is excused, the second time breaks it; an hour exactly passes nothing', () => {
  const at = (...slow: number[]) => {
    const month = monthOf(contract, '2026-04', 43_200, 0, { receive: delays(...slow) });
    assert.equal(promiseOf(month, 'T4.6-7', 'receive-delay-mean').verdict, 'met');
    return promiseOf(month, 'T4.8', 'receive-delay-maximum');
  };
  assert.equal(at(hour, hour).verdict, 'met');
  assert.equal(at(hour, hour).passed?.most?.numerator, 0);
  assert.equal(at(hour + 1, hour).verdict, 'met');
  assert.equal(at(hour + 1, hour).passed?.least.numerator, 1);
  assert.equal(at(hour + 1, hour + 1).verdict, 'breached');
  assert.equal(at(hour + 1, hour + 1).least?.numerator, hour + 1);
});

test('the remedy is due when the mean is missed although no maximum is', () => {
  // 10 000 messages with 60 s each are kept; one ms more in one of them misses the mean.
  const even = (last: number) => {
    const seen = (delay: number) => ({
      acceptedAt: 0,
      seen: { lastNotSeen: delay, firstSeen: delay },
    });
    const all = [...Array<number>(9_999).fill(60_000), last].map(seen);
    const figures = delayFigures(all, 30 * 24 * hour);
    return figures === null ? [] : [figures];
  };
  const at = (last: number) => monthOf(contract, '2026-04', 43_200, 0, { receive: even(last) });
  assert.equal(promiseOf(at(60_000), 'T4.6-7', 'receive-delay-mean').verdict, 'met');
  const missed = at(60_001);
  assert.equal(promiseOf(missed, 'T4.6-7', 'receive-delay-mean').verdict, 'breached');
  assert.equal(promiseOf(missed, 'T4.8', 'receive-delay-maximum').verdict, 'met');
  assert.equal(missed.remedy, 'due');
});

test('the slowest of several reading protocols decides', () => {
  const month = monthOf(contract, '2026-04', 43_200, 0, {
    receive: [...delays(0, 0), ...delays(2 * hour, 2 * hour)],
  });
  assert.equal(promiseOf(month, 'T4.8', 'receive-delay-maximum').verdict, 'breached');
});

test('pages that open in 10 s on average keep the promise, and none opened has no value', () => {
  const at = (numerator: number, denominator: number, driver: PageDriver = 'browser') =>
    promiseOf(
      monthOf(contract, '2026-04', 43_200, 0, {
        pageOpen: { mean: { numerator, denominator }, longest: whole(numerator), driver },
      }),
      'T4.16',
    );
  assert.equal(at(30_000, 3).verdict, 'met');
  assert.equal(at(30_001, 3).verdict, 'breached');
  assert.equal(at(0, 0).without, 'nothing-to-measure');
  // Without a browser only a part of the page is loaded.
  assert.equal(at(30_000, 3, 'http').verdict, 'indeterminate');
  assert.equal(at(30_001, 3, 'http').verdict, 'breached');
});

test('360 days without a fault: 5 faulty days of 365 are kept, 6 are not', () => {
  const at = (faulty: number, days: number) =>
    promiseOf(
      monthOf(contract, '2026-12', 44_640, 0, {
        year: { year: 2026, days, clear: days - faulty, doubtful: 0, faulty, ahead: 0 },
      }),
      'T4.14',
    );
  assert.equal(at(5, 365).verdict, 'met');
  assert.equal(at(5, 365).least?.numerator, 360);
  assert.equal(at(6, 365).verdict, 'breached');
  // A leap year has a day to spare.
  assert.equal(at(6, 366).verdict, 'met');
  assert.equal(at(7, 366).verdict, 'breached');
});

test('while a month runs, means are open, and only what cannot be undone is decided', () => {
  const minutes = minutesOf(1_440);
  const running = monthOf(contract, '2026-04', 0, 0, {
    minutes,
    receive: delays(2 * hour, 2 * hour),
    send: delays(0, 0),
    pageOpen: { mean: whole(90_000), longest: whole(90_000), driver: 'browser' },
  });
  assert.equal(promiseOf(running, 'T4.8', 'receive-delay-maximum').verdict, 'breached');
  assert.equal(promiseOf(running, 'T4.8', 'send-delay-maximum').verdict, 'indeterminate');
  assert.equal(promiseOf(running, 'T4.6-7', 'receive-delay-mean').verdict, 'indeterminate');
  assert.equal(promiseOf(running, 'T4.16').verdict, 'indeterminate');
  assert.equal(promiseOf(running, 'T4.2').verdict, 'indeterminate');
  assert.equal(promiseOf(running, 'T4.13').verdict, 'indeterminate');
});
