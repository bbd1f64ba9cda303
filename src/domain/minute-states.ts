import type { Case } from './case.ts';
import { countMinutes } from './count.ts';
import {
  atLeastAnInstant,
  type Interval,
  intersection,
  minuteLength,
  minutesTouched,
  union,
} from './interval.ts';
import { type MinuteCount, type MinuteState, minuteStates } from './ledger.ts';
import type { Seat, UsersFailing } from './users.ts';

/** The state of every minute of the stretch, had nothing been excluded. */
export function minuteStatesOf(
  given: Case,
  seats: readonly Seat[],
  users: UsersFailing,
): Map<number, MinuteState> {
  const counted = countMinutes(users.certain, users.possible);
  const states = new Map<number, MinuteState>();
  for (const minute of minutesTouched(given.stretch)) states.set(minute, 'available');
  // From the weakest to the strongest: what comes later takes precedence.
  const mark = (minutes: Iterable<number>, state: MinuteState) => {
    for (const minute of minutes) if (states.has(minute)) states.set(minute, state);
  };
  const markTouched = (intervals: readonly Interval[], state: MinuteState) => {
    for (const interval of intersection(union(intervals.map(atLeastAnInstant)), [given.stretch]))
      mark(minutesTouched(interval), state);
  };
  markTouched(
    seats.flatMap(({ runs }) => runs.flatMap((run) => run.certain)),
    'degraded',
  );
  mark(counted.suspect, 'suspect');
  markTouched([...users.unknown, ...given.blind], 'unknown');
  mark(counted.unavailable, 'unavailable');
  return states;
}

/** An exclusion covers every minute that it touches; it takes precedence over all else. */
export function withExclusions(
  bare: ReadonlyMap<number, MinuteState>,
  exclusions: readonly Interval[],
): Map<number, MinuteState> {
  const states = new Map(bare);
  for (const minute of bare.keys())
    if (
      exclusions.some(
        (one) => one.from < minute + minuteLength && atLeastAnInstant(one).to > minute,
      )
    )
      states.set(minute, 'excluded');
  return states;
}

/** How many of the minutes from `from` up to `to` are in which state. */
export function countStates(
  minutes: ReadonlyMap<number, MinuteState>,
  from: number,
  to: number,
): MinuteCount {
  const count = Object.fromEntries(minuteStates.map((state) => [state, 0])) as Record<
    MinuteState,
    number
  >;
  for (const [minute, state] of minutes)
    if (minute >= from && minute + minuteLength <= to) count[state]++;
  return count;
}
