import { monthOf, monthPeriod } from './calendar.ts';
import { type Interval, minuteLength, minuteOf, union } from './interval.ts';

/**
 * The time that may be left out: of each calendar year the first `cap` minutes that the intervals
 * touch, in the order of time. A minute counts whole, as in the ledger, and once, however many
 * exclusions touch it; a window over New Year is charged to both years, each for its own minutes.
 * @param cap minutes of a calendar year of `zone`; null: no limit
 * @returns sorted, disjoint, on whole minutes
 */
export function withinYearlyCap(
  intervals: readonly Interval[],
  cap: number | null,
  zone: string,
): Interval[] {
  const touched = union(intervals.map(wholeMinutes));
  if (cap === null) return touched;
  const spent = new Map<string, number>();
  const allowed: Interval[] = [];
  for (const { from, to, year } of touched.flatMap((interval) => byYear(interval, zone))) {
    const left = cap * minuteLength - (spent.get(year) ?? 0);
    const length = Math.min(left, to - from);
    if (length <= 0) continue;
    allowed.push({ from, to: from + length });
    spent.set(year, (spent.get(year) ?? 0) + length);
  }
  return union(allowed);
}

function byYear(interval: Interval, zone: string): (Interval & { year: string })[] {
  const pieces: (Interval & { year: string })[] = [];
  for (let from = interval.from; from < interval.to; ) {
    const year = monthOf(from, zone).slice(0, 4);
    const to = Math.min(interval.to, monthPeriod(`${year}-12`, zone).to);
    pieces.push({ from, to, year });
    from = to;
  }
  return pieces;
}

/** The calendar minutes that it touches, as one interval: an exclusion covers every minute that it touches. */
export function wholeMinutes({ from, to }: Interval): Interval {
  return { from: minuteOf(from), to: minuteOf(to - 1) + minuteLength };
}
