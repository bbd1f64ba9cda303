import { daysAfter, weekdayOf } from './calendar.ts';
import type { ClaimWindow } from './contract.ts';
import { arrangements } from './holidays.ts';

type WorkingCalendar = ClaimWindow['calendar'];

/** A day found by counting; provisional when a year was counted in whose arrangement is not published. */
export interface CountedDay {
  readonly day: string;
  readonly provisional: boolean;
}

/**
 * The nth working day (from 1) of a month `YYYY-MM`. In a calendar with holiday swaps (调休) a weekend day
 * can be a working day and a Wednesday none; a year without a published arrangement makes it provisional.
 * @throws RangeError when the month has fewer working days
 */
export function workingDayOf(month: string, nth: number, calendar: WorkingCalendar): CountedDay {
  let found = 0;
  for (let day = `${month}-01`; day.startsWith(month); day = daysAfter(day, 1)) {
    if (isWorkingDay(day, calendar)) found++;
    if (found === nth) return { day, provisional: isProvisional(day, calendar) };
  }
  throw new RangeError(`The month ${month} has no ${nth} working days`);
}

/** The nth working day (from 1) after a day, which itself does not count. */
export function workingDayAfter(day: string, nth: number, calendar: WorkingCalendar): CountedDay {
  let found = 0;
  let provisional = false;
  for (let next = day; ; ) {
    next = daysAfter(next, 1);
    provisional ||= isProvisional(next, calendar);
    if (isWorkingDay(next, calendar)) found++;
    if (found === nth) return { day: next, provisional };
  }
}

/** Whether people work on a day `YYYY-MM-DD`. */
export function isWorkingDay(day: string, calendar: WorkingCalendar): boolean {
  const weekday = weekdayOf(day) <= 5;
  if (calendar === 'weekdays') return weekday;
  const arrangement = arrangements.get(yearOf(day));
  if (arrangement === undefined) return weekday && !isFixedHoliday(day);
  if (arrangement.worked.includes(day)) return true;
  return weekday && !arrangement.holidays.some(({ from, to }) => from <= day && day <= to);
}

function isProvisional(day: string, calendar: WorkingCalendar): boolean {
  return calendar === 'PRC' && arrangements.get(yearOf(day))?.published !== true;
}

/** The statutory holidays whose date is the same every year: all that is known of a year without a table. */
function isFixedHoliday(day: string): boolean {
  return ['01-01', '05-01', '05-02', '10-01', '10-02', '10-03'].includes(day.slice(5));
}

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}
