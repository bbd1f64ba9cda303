import { daysAfter, monthAfter, monthPeriod, startOf } from './calendar.ts';
import type { ClaimWindow } from './contract.ts';
import { workingDayOf } from './working-days.ts';

/** When credit for a month can be claimed: half-open `[opensAt, lapsesAt)`, wall ms. */
export interface ClaimDates {
  readonly opensAt: number;
  readonly lapsesAt: number;
  /** The first and the last day of the window, `YYYY-MM-DD` in the contract's zone. */
  readonly firstDay: string;
  readonly lastDay: string;
  /** True while the working days that it was counted over are not published; `lapsesAt` is certain all the same. */
  readonly provisional: boolean;
}

/**
 * The claim window of a month `YYYY-MM`.
 * "次月的第五个工作日后" (T1.23): from the day after that working day. "月度结束后六十个自然日" (T1.25): the month's
 * last day is the starting day and not counted; the 60th day is the last and counts to its end. A last day
 * that is a holiday is not moved on: a deadline shown too late would cost the claim.
 * @throws RangeError for a malformed month or an unknown zone
 */
export function claimWindow(claim: ClaimWindow, month: string, zone: string): ClaimDates {
  const end = monthPeriod(month, zone).to;
  const next = monthAfter(month);
  const nextDay = `${next}-01`;
  const counted =
    claim.opensAfterWorkingDay === null
      ? null
      : workingDayOf(next, claim.opensAfterWorkingDay, claim.calendar);
  const firstDay = counted === null ? nextDay : daysAfter(counted.day, 1);
  const dayAfterLast =
    claim.lapses.kind === 'calendar-days'
      ? daysAfter(nextDay, claim.lapses.days)
      : `${monthAfter(next)}-01`;
  return {
    opensAt: counted === null ? end : startOf(firstDay, zone),
    lapsesAt: startOf(dayAfterLast, zone),
    firstDay,
    lastDay: daysAfter(dayAfterLast, -1),
    provisional: counted?.provisional ?? false,
  };
}
