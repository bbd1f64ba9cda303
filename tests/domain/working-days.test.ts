import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysOfYear } from '../../src/domain/calendar.ts';
import { arrangements } from '../../src/domain/holidays.ts';
import { isWorkingDay, workingDayOf } from '../../src/domain/working-days.ts';

const worked = (day: string) => isWorkingDay(day, 'PRC');

test('a holiday on a weekday is no working day, and a swapped weekend day is one', () => {
  // 2025: National Day and Mid-Autumn 1 to 8 October; Sunday 28 September and Saturday 11 October worked.
  for (const day of ['2025-10-01', '2025-10-06', '2025-10-08']) assert.equal(worked(day), false);
  for (const day of ['2025-09-28', '2025-10-09', '2025-10-11']) assert.equal(worked(day), true);
  for (const day of ['2025-10-12', '2025-10-18']) assert.equal(worked(day), false);
  // 2026: Spring Festival 15 to 23 February; the Saturdays 14 and 28 February worked.
  for (const day of ['2026-02-16', '2026-02-23']) assert.equal(worked(day), false);
  for (const day of ['2026-02-14', '2026-02-24', '2026-02-28']) assert.equal(worked(day), true);
});

test('a published year has its weekdays less the 13 statutory holidays: swaps add and take away the same', () => {
  // 2025 and 2026 both have 261 weekdays: 261 − 13 = 248.
  for (const year of [2025, 2026]) {
    assert.equal(arrangements.get(year)?.published, true);
    assert.equal(daysOfYear(year).filter(worked).length, 248, String(year));
  }
});

test('every swapped day is a weekend day outside the holidays, and every range lies in its year', () => {
  for (const [year, { holidays, worked: swapped }] of arrangements) {
    const days = daysOfYear(year);
    for (const day of swapped) {
      assert.ok(days.includes(day));
      assert.equal(isWorkingDay(day, 'weekdays'), false, day);
      assert.ok(!holidays.some(({ from, to }) => from <= day && day <= to), day);
    }
    for (const { from, to } of holidays) assert.ok(days.indexOf(from) <= days.indexOf(to));
    for (const { from, to } of holidays) assert.ok(days.includes(from) && days.includes(to));
  }
});

test('the fifth working day of October 2025 is the 14th: a Saturday counts before it', () => {
  // Thu 9, Fri 10, Sat 11 (swapped), Mon 13, Tue 14.
  const nth = (n: number) => workingDayOf('2025-10', n, 'PRC').day;
  assert.deepEqual([1, 2, 3, 4, 5].map(nth), [
    '2025-10-09',
    '2025-10-10',
    '2025-10-11',
    '2025-10-13',
    '2025-10-14',
  ]);
  assert.equal(workingDayOf('2025-10', 5, 'weekdays').day, '2025-10-07');
});

test('a year without a published arrangement is provisional, one with it is not', () => {
  assert.equal(workingDayOf('2026-12', 5, 'PRC').provisional, false);
  assert.equal(workingDayOf('2027-01', 5, 'PRC').provisional, true);
  assert.equal(workingDayOf('2031-05', 5, 'PRC').provisional, true);
  assert.equal(workingDayOf('2031-05', 5, 'weekdays').provisional, false);
});

test('of a year without a table the holidays of fixed date are known', () => {
  // 2031: Thursday 1 and Friday 2 May are holidays, then 5 to 9 May.
  assert.equal(workingDayOf('2031-05', 5, 'PRC').day, '2031-05-09');
  assert.equal(worked('2031-01-01'), false);
  assert.equal(worked('2031-10-03'), false);
});

test('what the law fixes of 2027 is there, its new year on 6 February', () => {
  // Thursday 4 is worked, Friday 5 is the eve; the eighth day is Friday 12.
  assert.deepEqual(['2027-02-04', '2027-02-05', '2027-02-12', '2027-02-15'].map(worked), [
    true,
    false,
    false,
    true,
  ]);
});

test('a month that has not so many working days is refused', () => {
  assert.throws(() => workingDayOf('2026-02', 25, 'PRC'), {
    name: 'RangeError',
    message: 'The month 2026-02 has no 25 working days',
  });
});
