import { dayOf, daysOfYear } from './calendar.ts';
import type { Service } from './denominator.ts';
import type { MinuteCount } from './ledger.ts';

/**
 * What a day was (T4.14).
 * - `faulty`: a fault was proven in it; `clear`: none is possible;
 * - `doubtful`: a fault is neither proven nor ruled out, the day is not over, or nobody watched.
 */
export type DayState = 'clear' | 'doubtful' | 'faulty';

/** The state of a day by the ledger's minutes in it. A fault that an exclusion covers is none. */
export function dayStateOf(minutes: MinuteCount): DayState {
  if (minutes.unavailable > 0) return 'faulty';
  return minutes.suspect + minutes.unknown > 0 ? 'doubtful' : 'clear';
}

/** A year's days: `clear + doubtful + faulty = days`. The fault-free ones lie in [clear, clear + doubtful]. */
export interface YearOfDays {
  readonly year: number;
  readonly days: number;
  readonly clear: number;
  readonly doubtful: number;
  readonly faulty: number;
  /** Of the doubtful ones, those that are not over and have nothing in doubt so far. */
  readonly ahead: number;
}

/**
 * Counts the fault-free days of a calendar year. A day that is not over is doubtful unless a fault in it is
 * proven; so is one of which there is no state. A day wholly before or after the rented time is clear: there
 * was no service to fail, and so a service that began in June can keep a promise of the whole year.
 * @param states by day `YYYY-MM-DD` in `zone`
 * @param now wall ms
 */
export function faultFreeDays(
  year: number,
  zone: string,
  states: ReadonlyMap<string, DayState>,
  now: number,
  service: Service,
): YearOfDays {
  const today = dayOf(now, zone);
  const first = service.from === null ? '' : dayOf(service.from, zone);
  const last = service.until === null ? '9999-12-31' : dayOf(service.until - 1, zone);
  const stateOf = (day: string): DayState => {
    if (day < first || day > last) return 'clear';
    const state = states.get(day) ?? 'doubtful';
    return day >= today && state === 'clear' ? 'doubtful' : state;
  };
  const names = daysOfYear(year);
  const days = names.map(stateOf);
  const lieAhead = names.filter(
    (day) => day > today || (day === today && states.get(day) === 'clear'),
  );
  const count = (state: DayState) => days.filter((one) => one === state).length;
  return {
    year,
    days: days.length,
    clear: count('clear'),
    doubtful: count('doubtful'),
    faulty: count('faulty'),
    ahead: lieAhead.filter((day) => stateOf(day) === 'doubtful').length,
  };
}
