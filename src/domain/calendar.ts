import { Temporal } from 'temporal-polyfill';
import { type Interval, minuteLength } from './interval.ts';

/**
 * The calendar month `YYYY-MM` of an IANA time zone, wall ms: from its first instant up to the next month's.
 * A month with a clock change is longer or shorter by it; where the first midnight does not exist
 * (clocks go forward at 00:00), the month begins with the first instant that does.
 * @throws RangeError for a malformed month, an unknown zone, or a month that does not begin on a whole
 * minute (only in zones with local mean time, the last of which ended in 1972).
 */
export function monthPeriod(month: string, zone: string): Interval {
  const parts = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(month);
  if (parts === null) {
    throw new RangeError(`A month is written YYYY-MM, for example 2026-10; found "${month}"`);
  }
  const first = Temporal.PlainDate.from({
    year: Number(parts[1]),
    month: Number(parts[2]),
    day: 1,
  });
  const from = startOfDay(first, zone);
  const to = startOfDay(first.add({ months: 1 }), zone);
  if (from % minuteLength !== 0 || to % minuteLength !== 0) {
    throw new RangeError(`The month ${month} does not begin on a whole minute in ${zone}`);
  }
  return { from, to };
}

/** The calendar month `YYYY-MM` that holds this instant (wall ms). @throws RangeError for an unknown zone. */
export function monthOf(instant: number, zone: string): string {
  const local = inZone(zone, () => zoned(instant, zone));
  return `${String(local.year).padStart(4, '0')}-${String(local.month).padStart(2, '0')}`;
}

/** As `monthOf`, for many instants in a row: the calendar is asked once a month. */
export function monthFinder(zone: string): (instant: number) => string {
  let month = '';
  let period: Interval = { from: 0, to: 0 };
  return (instant) => {
    if (instant < period.from || instant >= period.to) {
      month = monthOf(instant, zone);
      period = monthPeriod(month, zone);
    }
    return month;
  };
}

/** The month after `YYYY-MM`. */
export function monthAfter(month: string): string {
  return Temporal.PlainYearMonth.from(month).add({ months: 1 }).toString();
}

/** The calendar day `YYYY-MM-DD` that holds this instant (wall ms). @throws RangeError for an unknown zone. */
export function dayOf(instant: number, zone: string): string {
  return inZone(zone, () => zoned(instant, zone).toPlainDate().toString());
}

/** The first instant (wall ms) of a day `YYYY-MM-DD`. @throws RangeError for a malformed day or unknown zone. */
export function startOf(day: string, zone: string): number {
  return startOfDay(Temporal.PlainDate.from(day), zone);
}

/** The day `YYYY-MM-DD` so many days after another. */
export function daysAfter(day: string, days: number): string {
  return Temporal.PlainDate.from(day).add({ days }).toString();
}

/** The calendar day that holds this instant, wall ms, half-open. @throws RangeError for an unknown zone. */
export function dayPeriod(instant: number, zone: string): Interval {
  const day = dayOf(instant, zone);
  return { from: startOf(day, zone), to: startOf(daysAfter(day, 1), zone) };
}

/** All days of a year, in order: 365, or 366 in a leap year. */
export function daysOfYear(year: number): string[] {
  const { daysInYear } = Temporal.PlainDate.from({ year, month: 1, day: 1 });
  // Dates of no zone, in UTC: asked for every few seconds, and the calendar takes 10 ms for a year of them.
  return Array.from({ length: daysInYear }, (_, index) =>
    new Date(Date.UTC(year, 0, 1 + index)).toISOString().slice(0, 10),
  );
}

/** Monday is 1, Sunday is 7. */
export function weekdayOf(day: string): number {
  return Temporal.PlainDate.from(day).dayOfWeek;
}

/**
 * An instant (wall ms) as ISO 8601 with the zone's offset, always with milliseconds:
 * `2026-10-03T12:31:05.120+08:00`. @throws RangeError for an unknown zone.
 */
export function formatInstant(instant: number, zone: string): string {
  return inZone(zone, () =>
    zoned(instant, zone).toString({ fractionalSecondDigits: 3, timeZoneName: 'never' }),
  );
}

function zoned(instant: number, zone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(zone);
}

function startOfDay(date: Temporal.PlainDate, zone: string): number {
  return inZone(zone, () => date.toZonedDateTime(zone).epochMilliseconds);
}

/** The calendar's own message shouts the zone in capitals; say what was given and what is meant. */
function inZone<T>(zone: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new RangeError(`"${zone}" is not an IANA time zone such as Asia/Shanghai`, { cause });
  }
}
