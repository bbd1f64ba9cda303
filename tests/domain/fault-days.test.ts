import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daysOfYear } from '../../src/domain/calendar.ts';
import { type DayState, dayStateOf, faultFreeDays } from '../../src/domain/fault-days.ts';
import { minutesOf, monthOf, promiseOf, shipped } from './worked.ts';

const zone = 'Asia/Shanghai';
const at = (day: string) => Date.parse(`${day}T12:00:00+08:00`);
const always = { from: null, until: null };

/** Every day of the year up to `until` clear, but for those given. */
function states(year: number, given: Record<string, DayState> = {}, until = '9999') {
  const days = daysOfYear(year).filter((day) => day <= until);
  return new Map<string, DayState>(days.map((day) => [day, given[day] ?? 'clear']));
}

const faulty = (...days: string[]) =>
  Object.fromEntries(days.map((day) => [day, 'faulty' as const]));
const five = ['2026-01-05', '2026-02-05', '2026-03-05', '2026-04-05', '2026-05-05'];

function verdictOf(...given: Parameters<typeof faultFreeDays>) {
  const year = faultFreeDays(...given);
  const month = monthOf(shipped('enterprise-mail-guarantee'), '2026-04', 43_200, 0, { year });
  return promiseOf(month, 'T4.14').verdict;
}

test('a day is faulty by a proven fault, doubtful while one is possible, clear otherwise', () => {
  assert.equal(dayStateOf(minutesOf(1_440)), 'clear');
  assert.equal(dayStateOf(minutesOf(1_440, { degraded: 9, excluded: 60 })), 'clear');
  assert.equal(dayStateOf(minutesOf(1_440, { suspect: 1 })), 'doubtful');
  assert.equal(dayStateOf(minutesOf(1_440, { unknown: 1 })), 'doubtful');
  assert.equal(dayStateOf(minutesOf(1_440, { unavailable: 1, unknown: 9 })), 'faulty');
});

test('five faulty days of a year keep 360, a sixth breaks it', () => {
  const now = at('2027-01-01');
  assert.equal(verdictOf(2026, zone, states(2026, faulty(...five)), now, always), 'met');
  const six = states(2026, faulty(...five, '2026-12-31'));
  assert.deepEqual(faultFreeDays(2026, zone, six, now, always), {
    year: 2026,
    days: 365,
    clear: 359,
    doubtful: 0,
    faulty: 6,
    ahead: 0,
  });
  assert.equal(verdictOf(2026, zone, six, now, always), 'breached');
});

test('a leap year has 366 days and so a sixth faulty day to spare', () => {
  const leap = ['2028-02-29', '2028-03-01', '2028-03-02', '2028-03-03', '2028-03-04', '2028-03-05'];
  const now = at('2029-01-01');
  assert.equal(verdictOf(2028, zone, states(2028, faulty(...leap)), now, always), 'met');
  const seven = states(2028, faulty(...leap, '2028-03-06'));
  assert.equal(verdictOf(2028, zone, seven, now, always), 'breached');
});

test('a year that is not over is open unless it is broken already', () => {
  const june = at('2026-06-30');
  const untilThen = (...days: string[]) => states(2026, faulty(...days), '2026-06-29');
  assert.equal(verdictOf(2026, zone, untilThen(...five), june, always), 'indeterminate');
  assert.equal(verdictOf(2026, zone, untilThen(...five, '2026-06-05'), june, always), 'breached');
});

test('a year is kept from the day on which 360 clear days are over', () => {
  const all = states(2026);
  // The 360th day is 26 December: it is over on the 27th.
  assert.equal(verdictOf(2026, zone, all, at('2026-12-26'), always), 'indeterminate');
  assert.equal(verdictOf(2026, zone, all, at('2026-12-27'), always), 'met');
});

test('today is not clear before it is over, and faulty as soon as it is', () => {
  const today = at('2026-06-30');
  const year = (state: DayState) =>
    faultFreeDays(2026, zone, states(2026, { '2026-06-30': state }, '2026-06-30'), today, always);
  assert.equal(year('clear').clear, 180);
  assert.equal(year('faulty').faulty, 1);
  // 30 June itself and the 184 days of July to December lie ahead; with a fault or a doubt only the 184.
  assert.deepEqual(
    (['clear', 'faulty', 'doubtful'] as const).map((state) => year(state).ahead),
    [185, 184, 184],
  );
});

test('a day that nobody watched leaves the year open', () => {
  const doubtful = Object.fromEntries(
    [...five, '2026-07-01'].map((day) => [day, 'doubtful' as const]),
  );
  assert.equal(
    verdictOf(2026, zone, states(2026, doubtful), at('2027-01-01'), always),
    'indeterminate',
  );
  assert.equal(faultFreeDays(2026, zone, new Map(), at('2027-01-01'), always).doubtful, 365);
});

test('days before the service began, or after it ended, had no service to fail', () => {
  const service = {
    from: Date.parse('2026-10-17T00:00:00+08:00'),
    until: Date.parse('2026-12-01T00:00:00+08:00'),
  };
  const rented = new Map<string, DayState>(
    daysOfYear(2026)
      .filter((day) => day >= '2026-10-17' && day <= '2026-11-30')
      .map((day) => [day, day === '2026-11-30' ? 'faulty' : 'clear']),
  );
  assert.deepEqual(faultFreeDays(2026, zone, rented, at('2027-01-01'), service), {
    year: 2026,
    days: 365,
    clear: 364,
    doubtful: 0,
    faulty: 1,
    ahead: 0,
  });
});

test('a day begins at midnight of the contract’s zone', () => {
  // 30 June, 17:00 UTC is 1 July in Shanghai: 30 June is over there.
  const now = Date.parse('2026-06-30T17:00:00Z');
  assert.equal(faultFreeDays(2026, zone, states(2026), now, always).clear, 181);
  assert.equal(faultFreeDays(2026, 'UTC', states(2026), now, always).clear, 180);
});
