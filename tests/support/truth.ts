import {
  type Interval,
  intersection,
  lengthOf,
  minuteLength,
  union,
} from '../../src/domain/interval.ts';
import type { Outage } from './simulation.ts';
import { shownDuring, type WrongClock } from './wrong-clock.ts';

/** The true outages of every protocol that reach the threshold, united over the protocols. */
function counted(
  outages: readonly Pick<Outage, 'protocol' | 'from' | 'to'>[],
  slack: number,
  reaches: (outage: Interval) => boolean,
): Interval[] {
  const protocols = [...new Set(outages.map((outage) => outage.protocol))];
  const long = protocols.flatMap((protocol) =>
    union(outages.filter((outage) => outage.protocol === protocol))
      .map(({ from, to }) => ({ from, to: to + slack }))
      .filter(reaches),
  );
  return union(long);
}

/**
 * The minutes that count by the contract's rule, had one seen the outages themselves.
 * @param slack added to the end of each, ms: an outage's end is seen one normal answer later
 */
export function trueMinutes(
  outages: readonly Pick<Outage, 'protocol' | 'from' | 'to'>[],
  threshold: number,
  slack: number,
): number {
  return counted(outages, slack, (outage) => lengthOf(outage) >= threshold).reduce(
    (sum, outage) => sum + Math.floor(lengthOf(outage) / minuteLength),
    0,
  );
}

/**
 * The same by the calendar that the wall clock showed: a time that came twice counts once, since the
 * calendar has it once, and a time that was skipped does not count.
 */
export function shownMinutes(
  outages: readonly Pick<Outage, 'protocol' | 'from' | 'to'>[],
  clock: WrongClock,
  threshold: number,
  slack: number,
): number {
  const shown = (outage: Interval) => union(shownDuring(clock, outage));
  let groups: Interval[][] = [];
  for (const outage of counted(outages, slack, (one) => total(shown(one)) >= threshold)) {
    const times = shown(outage);
    const same = groups.filter((group) => intersection(group, times).length > 0);
    groups = groups.filter((group) => !same.includes(group));
    groups.push(union([...same.flat(), ...times]));
  }
  return groups.reduce((sum, group) => sum + Math.floor(total(group) / minuteLength), 0);
}

function total(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, interval) => sum + lengthOf(interval), 0);
}
