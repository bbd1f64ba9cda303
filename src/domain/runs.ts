import type { Grounds } from './attribution.ts';
import { type Share, sharesOf } from './blame.ts';
import { firstAfter, type ProvenFailure, type Success, touchesAny } from './evidence.ts';
import { type Interval, union } from './interval.ts';
import type { FailureRun } from './ledger.ts';
import { type Depth, deeper, type Protocol, reaches } from './protocol.ts';

/** Nothing is proven between two failures if the later attempt began more than this after the earlier one's proof ended, ms. */
const longestBridge = 30_000;
/**
 * A proof deeper than the contract asks for is remembered for so long, ms: a failure at that depth may have
 * begun as early as it. After that a deeper failure reaches back to the last proof at the contract's depth.
 * A message is sent at least once a day, so that nothing that is tried at all falls out of it.
 */
export const deepProofHolds = 25 * 60 * 60_000;
/** Two failed attempts at least this far apart confirm a run, ms. */
const confirmationDistance = 5_000;

export interface RunRules {
  /** A run is over when service is proven at its own depth and at this one. */
  readonly requiredDepth: Depth;
  /** A message may take this long before its absence is a failure, ms. */
  readonly deliveryAllowance: number;
  /** The time of judging, wall ms: open runs reach to here. */
  readonly now: number;
  /** Clock steps and pauses of our own: how long they took nobody knows, so nothing is proven across them. */
  readonly blind: readonly Interval[];
}

/**
 * The failure runs of one protocol (measurement §2), in the order of time.
 * @param failures of this protocol, sorted by `from`
 * @param grounds holds the successes of all protocols: those of others decide whose fault a refused password is
 */
export function failureRuns(
  protocol: Protocol,
  failures: readonly ProvenFailure[],
  grounds: Grounds,
  rules: RunRules,
): FailureRun[] {
  const own = grounds.successes.filter((success) => success.protocol === protocol);
  const rows: ProvenFailure[][] = [];
  let depth: Depth = 'connect';
  let row: ProvenFailure[] = [];
  // Up to here no success ends the row: a long run is not searched from its beginning again and again.
  let checked = -Infinity;
  for (const failure of failures) {
    const counted = endedBySuccess(failure, own);
    if (counted === null) continue;
    const ended = row.length === 0 || successIn(own, depth, checked, counted.from) !== undefined;
    if (ended) {
      row = [];
      rows.push(row);
      depth = counted.depth;
    }
    checked = counted.from;
    row.push(counted);
    depth = deeper(depth, counted.depth);
  }
  return rows.flatMap((found) =>
    sharesOf(rowOf(found, own, rules), grounds).map((share) => runOf(protocol, share, rules)),
  );
}

/**
 * Cuts a failure at the first success that vouches for its depth: attempts begun before that moment
 * add nothing after it. A refusal observed after such a moment by an older attempt says nothing.
 */
function endedBySuccess(failure: ProvenFailure, own: readonly Success[]): ProvenFailure | null {
  const since = Math.min(failure.attemptedAt, failure.from);
  const success = successIn(own, failure.depth, since, failure.to - 1);
  if (success === undefined) return failure;
  if (success.at <= failure.from) return null;
  return { ...failure, to: success.at };
}

/** The first success in (after, upTo] that vouches for the depth. */
function successIn(
  own: readonly Success[],
  depth: Depth,
  after: number,
  upTo: number,
): Success | undefined {
  for (let i = firstAfter(own, after); i < own.length; i++) {
    const success = own[i] as Success;
    if (success.at > upTo) return undefined;
    if (reaches(success.depth, depth)) return success;
  }
  return undefined;
}

function rowOf(failures: readonly ProvenFailure[], own: readonly Success[], rules: RunRules) {
  const first = failures[0] as ProvenFailure;
  const depth = failures.reduce<Depth>((sum, failure) => deeper(sum, failure.depth), 'connect');
  const end = successIn(own, deeper(depth, rules.requiredDepth), first.from, Infinity);
  const possible = { from: earliest(first, depth, own, rules), to: end?.at ?? rules.now };
  return { failures, possible, open: end === undefined };
}

function runOf(protocol: Protocol, share: Share, { blind }: RunRules): FailureRun {
  const { failures, possible, open, attribution, proven } = share;
  const first = failures[0] as ProvenFailure;
  return {
    protocol,
    depth: failures.reduce<Depth>((sum, failure) => deeper(sum, failure.depth), 'connect'),
    certain: union(proven.flatMap((failures) => certainPieces(failures, blind))),
    possible,
    open,
    attempts: failures.length,
    confirmed: isConfirmed(proven.flat()),
    attribution,
    phase: first.phase,
    reason: first.reason,
    code: first.code,
  };
}

/** Two attempts, each on a connection of its own, while the way to other networks was open (or the share is ours). */
function isConfirmed(failures: readonly ProvenFailure[]): boolean {
  let [earliestBegin, latestBegin] = [Infinity, -Infinity];
  for (const { attemptedAt } of failures) {
    earliestBegin = Math.min(earliestBegin, attemptedAt);
    latestBegin = Math.max(latestBegin, attemptedAt);
  }
  return latestBegin - earliestBegin >= confirmationDistance;
}

/** Joins what the failures prove, and splits where nothing was tried for too long, or where we were blind. */
function certainPieces(failures: readonly ProvenFailure[], blind: readonly Interval[]): Interval[] {
  const pieces: Interval[] = [];
  for (const { from, to, attemptedAt } of failures) {
    const last = pieces.at(-1);
    const near = last !== undefined && (from <= last.to || attemptedAt - last.to <= longestBridge);
    if (near && !touchesAny(blind, last.to, from))
      pieces[pieces.length - 1] = { from: last.from, to: Math.max(last.to, to) };
    else pieces.push({ from, to });
  }
  return pieces;
}

/**
 * The end of the last success before the run. An undelivered message says nothing of the time before
 * its acceptance; the messages before it were seen, or sending was failing and is judged by itself.
 */
function earliest(
  first: ProvenFailure,
  depth: Depth,
  own: readonly Success[],
  rules: RunRules,
): number {
  const deep = lastSuccess(own, depth, first.from);
  const start =
    deep >= first.from - deepProofHolds || reaches(rules.requiredDepth, depth)
      ? deep
      : lastSuccess(own, rules.requiredDepth, first.from);
  if (first.reason !== 'not-delivered') return start;
  return Math.max(start, first.from - rules.deliveryAllowance);
}

/** The last success up to an instant that vouches for the depth; -Infinity if there is none. */
export function lastSuccess(own: readonly Success[], depth: Depth, upTo: number): number {
  for (let i = firstAfter(own, upTo) - 1; i >= 0; i--) {
    const success = own[i] as Success;
    if (reaches(success.depth, depth)) return success.at;
  }
  return -Infinity;
}
