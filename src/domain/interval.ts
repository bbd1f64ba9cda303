/** Half-open stretch of wall time, integer ms: the boundary belongs to what comes later. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

export const minuteLength = 60_000;

export function lengthOf(interval: Interval): number {
  return interval.to - interval.from;
}

/** The calendar minute (its start, ms) that holds this instant. */
export function minuteOf(instant: number): number {
  return Math.floor(instant / minuteLength) * minuteLength;
}

/** Sorted, disjoint intervals that cover the same time; those that touch become one. */
export function union(intervals: readonly Interval[]): Interval[] {
  const sorted = [...intervals].sort((a, b) => a.from - b.from || a.to - b.to);
  const united: Interval[] = [];
  for (const next of sorted) {
    const last = united.at(-1);
    if (last !== undefined && next.from <= last.to) {
      united[united.length - 1] = { from: last.from, to: Math.max(last.to, next.to) };
    } else united.push(next);
  }
  return united;
}

/** The time that is in both of two sorted, disjoint lists. */
export function intersection(one: readonly Interval[], other: readonly Interval[]): Interval[] {
  const common: Interval[] = [];
  for (let i = 0, j = 0; i < one.length && j < other.length; ) {
    const a = one[i] as Interval;
    const b = other[j] as Interval;
    const from = Math.max(a.from, b.from);
    const to = Math.min(a.to, b.to);
    if (from < to) common.push({ from, to });
    if (a.to < b.to) i++;
    else j++;
  }
  return common;
}

/** The time of one sorted, disjoint list that is not in the other. */
export function difference(one: readonly Interval[], other: readonly Interval[]): Interval[] {
  const outside: Interval[] = [];
  let from = -Infinity;
  for (const gap of other) {
    if (from < gap.from) outside.push({ from, to: gap.from });
    from = gap.to;
  }
  if (from < Infinity) outside.push({ from, to: Infinity });
  return intersection(one, outside);
}

/** What is seen at one instant has no length, and touches a minute all the same. */
export function atLeastAnInstant(interval: Interval): Interval {
  return { from: interval.from, to: Math.max(interval.to, interval.from + 1) };
}

/** The starts of all calendar minutes that the interval touches; an empty interval touches the one it stands in. */
export function minutesTouched(interval: Interval): number[] {
  const minutes: number[] = [];
  const end = Math.max(interval.to, interval.from + 1);
  for (let minute = minuteOf(interval.from); minute < end; minute += minuteLength) {
    minutes.push(minute);
  }
  return minutes;
}
