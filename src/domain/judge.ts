import { decidedWithin } from './attribution.ts';
import type { Contract } from './contract.ts';
import { type ControlResult, controlRounds, type WayProof } from './control.ts';
import { countMinutes } from './count.ts';
import type { DomainChange } from './dns.ts';
import { type Attempt, evidenceOf } from './evidence.ts';
import {
  atLeastAnInstant,
  type Interval,
  intersection,
  minuteLength,
  minuteOf,
  minutesTouched,
  union,
} from './interval.ts';
import { type FailureRun, type MinuteCount, type MinuteState, minuteStates } from './ledger.ts';
import { type MailboxEra, type MailboxWatch, namedSince, watchesOf } from './mailboxes.ts';
import { type Depth, type Protocol, reaches, shallower } from './protocol.ts';
import { type Reattribution, reattribute } from './reattribution.ts';
import { failureRuns } from './runs.ts';
import { type Seat, type UsersFailing, usersOf } from './users.ts';

/** Everything that a stretch of minutes is judged from. Nothing else enters, not even the time of day. */
export interface Case {
  readonly contract: Contract;
  /** The protocols judged, with the deepest depth that each can be probed at. */
  readonly protocols: ReadonlyMap<Protocol, Depth>;
  /** Whole minutes, wall ms. `to` is the time of judging while the stretch is still running. */
  readonly stretch: Interval;
  /**
   * All attempts that ended since `contextBefore` the stretch, and of the time before that at least
   * the last success of each mailbox, protocol and depth. Successes that end nothing and prove nothing may be
   * left out: those that vouch for less than the contract asks and than every failure of the protocol.
   */
  readonly attempts: readonly Attempt[];
  /** Which mailboxes the tenant had, in the order of time; none: it never had more than one. */
  readonly mailboxes?: readonly MailboxEra[];
  /** Acceptance times (wall ms) of messages that a protocol has yet to see, newer than what it saw last. */
  readonly pending: ReadonlyMap<Protocol, readonly number[]>;
  /** Clock steps and pauses of our own: nothing is known of them. */
  readonly blind: readonly Interval[];
  /** Looks at the control targets from `controlsBefore` the attempts on; none: no failure is laid to our own way. */
  readonly controls?: readonly ControlResult[];
  /** Changes of the tenant's mail domain, in the order of time, those of `changesBefore` the attempts among them. */
  readonly domainChanges?: readonly DomainChange[];
  /** A protocol whose login no other one shares: that of a push service. */
  readonly loginApart?: Protocol | null;
  readonly exclusions: readonly Interval[];
  /** What people said of whose fault a run was. */
  readonly reattributions?: readonly Reattribution[];
  readonly deliveryAllowance: number;
  /** Every attempt that began earlier than this before `stretch.to` has ended and is among the attempts, ms. */
  readonly settling: number;
}

export interface Judgement {
  readonly runs: readonly FailureRun[];
  /** State of every minute that the stretch touches, by the minute's start. */
  readonly minutes: ReadonlyMap<number, MinuteState>;
  /** The same, had nothing been excluded. */
  readonly bare: ReadonlyMap<number, MinuteState>;
  /** Minutes that end at or before this (a minute's start) can no longer change. */
  readonly finalUntil: number;
}

/** How far before a stretch its attempts must be known, ms: longer than any silence that could hide a failure. */
export function contextBefore(contract: Contract): number {
  return contract.threshold + 2 * minuteLength;
}

/** Judges a stretch of minutes (measurement §4). Pure: the same case has the same judgement, always. */
export function judge(given: Case): Judgement {
  const eras = given.mailboxes ?? [];
  const ways = controlRounds(given.controls ?? [], given.blind);
  const seats = watchesOf(eras)
    .filter(({ within }) => within.from < given.stretch.to)
    .map((watch) => seatOf(given, watch, ways, namedSince(eras)));
  const runs = seats.flatMap((seat) => seat.runs).sort((a, b) => a.possible.from - b.possible.from);
  const users = usersOf(given, seats);
  const bare = minuteStatesOf(given, seats, users);
  return {
    runs,
    minutes: withExclusions(bare, given.exclusions),
    bare,
    finalUntil: finalUntil(given, seats, [
      ...runs.map(({ possible }) => possible),
      ...users.doubtful,
    ]),
  };
}

/** What one mailbox's evidence comes to, by itself: its runs, and whose fault each was. */
function seatOf(
  given: Case,
  watch: ReturnType<typeof watchesOf>[number],
  ways: readonly WayProof[],
  named: number,
): Seat {
  const evidence = evidenceOf(
    given.attempts.filter(watch.belongs),
    given.blind,
    given.deliveryAllowance,
  );
  const { successes } = evidence;
  const { domainChanges = [], loginApart = null } = given;
  const grounds = { successes, ways, domainChanges, loginApart };
  const found = [...given.protocols].flatMap(([protocol, deepest]) =>
    failureRuns(
      protocol,
      evidence.failures.filter((failure) => failure.protocol === protocol),
      grounds,
      {
        requiredDepth: shallower(given.contract.depth, deepest),
        deliveryAllowance: given.deliveryAllowance,
        now: given.stretch.to,
        blind: given.blind,
      },
    ).map((run) => watchedPart(startingWithin(run, given.stretch.from), watch, named)),
  );
  const runs = reattribute(
    found.sort((a, b) => a.possible.from - b.possible.from),
    given.reattributions ?? [],
  ).map(({ reattribution: _entry, ...run }) => run);
  return { within: watch.within, evidence, runs };
}

/** Of a mailbox that is no longer the tenant's, or was not yet, nothing is known and nothing is asked. */
function watchedPart(
  run: FailureRun,
  { mailbox, within }: MailboxWatch,
  named: number,
): FailureRun {
  const { from, to } = run.possible;
  return {
    ...(mailbox !== null && to >= named && { mailbox }),
    ...run,
    possible: { from: Math.max(from, within.from), to: Math.min(to, within.to) },
    open: run.open && to <= within.to,
  };
}

/** A run with no success before it may have begun at any time; nothing before the stretch is judged here. */
function startingWithin(run: FailureRun, from: number): FailureRun {
  if (run.possible.from !== -Infinity) return run;
  const first = run.certain[0]?.from ?? from;
  return { ...run, possible: { from: Math.min(from, first), to: run.possible.to } };
}

function minuteStatesOf(
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

/**
 * The minute up to which nothing that is still to come can change a state: before every run that is
 * still open, every message still awaited, and the last proof of service of every protocol, and never
 * inside an interval that counts as one. Slicing time at such minutes changes no judgement.
 */
function finalUntil(given: Case, seats: readonly Seat[], counted: readonly Interval[]): number {
  const settled = given.stretch.to - given.settling;
  const awaited = [...given.protocols.keys()].flatMap((protocol) => [
    ...(given.pending.get(protocol) ?? []),
  ]);
  const proven = seats
    .filter(({ within }) => within.to > settled)
    .flatMap((seat) => [...given.protocols].map((one) => provenUntil(given, seat, one)));
  const intervals = counted
    .map(({ from, to }) => ({ from, to: undecided(to, given) }))
    .sort((a, b) => b.to - a.to);
  const until = proven.map(({ at, silent }) => {
    // After so long a silence its minutes are unknown for good, whatever comes. But a failure that follows
    // may have begun with the silence, and then it counts together with what it touches.
    if (!silent) return at;
    const from = beginningOf(at, intervals);
    return from < at ? from : settled;
  });
  // Open runs reach to the time of judging, and so hold back all that they touch.
  const final = beginningOf(minuteOf(Math.min(settled, ...awaited, ...until)), intervals);
  return Math.max(minuteOf(final), minuteOf(given.stretch.from));
}

/**
 * Where what reaches over `at` begins, and what reaches over that beginning's minute, and so on.
 * @param intervals the one that ends last comes first
 */
function beginningOf(at: number, intervals: readonly Interval[]): number {
  let from = at;
  for (const interval of intervals)
    if (interval.from < from && interval.to >= from) from = minuteOf(interval.from);
  return from;
}

/** The last proof of service of one mailbox and protocol, and whether it has been silent for too long since. */
function provenUntil(
  given: Case,
  { evidence }: Seat,
  [protocol, deepest]: [Protocol, Depth],
): { readonly at: number; readonly silent: boolean } {
  const settled = given.stretch.to - given.settling;
  const needed = shallower(given.contract.depth, deepest);
  const last = evidence.successes.findLast(
    (success) => success.protocol === protocol && reaches(success.depth, needed),
  );
  if (last === undefined) return { at: settled, silent: false };
  // A failure at a lesser depth breaks the silence; one that is deeper may follow, and then the run may
  // have begun with the last success at that depth.
  const failed = evidence.failures.some((one) => one.protocol === protocol && one.to > last.at);
  return { at: last.at, silent: !failed && settled - last.at >= given.contract.threshold };
}

/** Evidence of whose fault a run was may still come for a while after its end. */
function undecided(end: number, given: Case): number {
  return end + decidedWithin > given.stretch.to ? given.stretch.to : end;
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
