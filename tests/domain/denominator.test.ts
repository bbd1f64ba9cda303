import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthPeriod } from '../../src/domain/calendar.ts';
import { minutesOf, servicePeriod, shareKept } from '../../src/domain/denominator.ts';
import { figuresOf } from '../../src/domain/figures.ts';
import { minutesOf as counts } from './worked.ts';

const calendar = { kind: 'calendar' } as const;
const fixed = { kind: 'fixed', minutes: 43_200 } as const;

test('a month has 40 320, 41 760, 43 200 or 44 640 minutes, an hour more or less where clocks change', () => {
  const total = (month: string, zone = 'Asia/Shanghai') =>
    minutesOf(calendar, monthPeriod(month, zone));
  assert.equal(total('2026-02'), 40_320);
  assert.equal(total('2028-02'), 41_760);
  assert.equal(total('2026-04'), 43_200);
  assert.equal(total('2026-10'), 44_640);
  assert.equal(total('2026-03', 'Europe/Berlin'), 44_580);
  assert.equal(total('2026-10', 'Europe/Berlin'), 44_700);
  assert.equal(total('2026-04', 'Australia/Lord_Howe'), 43_230);
  assert.equal(minutesOf(fixed, monthPeriod('2026-02', 'UTC')), 43_200);
});

test('the rented time is cut to the period and to whole minutes', () => {
  const period = { from: 0, to: 600_000 };
  const cut = (from: number | null, until: number | null) => servicePeriod(period, { from, until });
  assert.deepEqual(cut(null, null), period);
  assert.deepEqual(cut(-5, 900_000), period);
  assert.deepEqual(cut(60_000, 120_000), { from: 60_000, to: 120_000 });
  assert.deepEqual(cut(60_001, 179_999), { from: 120_000, to: 120_000 });
  assert.deepEqual(cut(59_999, 180_000), { from: 60_000, to: 180_000 });
});

test('a service rented before or after the period, or over before it began, has none of it', () => {
  const period = { from: 60_000, to: 600_000 };
  for (const service of [
    { from: null, until: 60_000 },
    { from: null, until: -900_000 },
    { from: 600_000, until: null },
    { from: 9_000_000, until: null },
    { from: 300_000, until: 180_000 },
  ]) {
    const { from, to } = servicePeriod(period, service);
    assert.equal(to - from, 0);
    assert.ok(from >= period.from && to <= period.to);
  }
});

test('what is kept of M is exact, never below nothing, and all of an empty M', () => {
  assert.deepEqual(shareKept(43, 43_200), { numerator: 43_157, denominator: 43_200 });
  assert.deepEqual(shareKept(44_640, 43_200), { numerator: 0, denominator: 43_200 });
  assert.deepEqual(shareKept(0, 0), { numerator: 1, denominator: 1 });
});

test('more judged minutes than the rented period has are an error, not a figure', () => {
  const contract = { denominator: calendar, target: null };
  const period = { from: 0, to: 600_000 };
  const service = { from: 300_000, until: null };
  assert.equal(figuresOf(contract, period, counts(5), { service }).ahead, 0);
  assert.throws(() => figuresOf(contract, period, counts(6), { service }), {
    name: 'RangeError',
    message: '6 minutes were judged, 1 more than the period has',
  });
});
