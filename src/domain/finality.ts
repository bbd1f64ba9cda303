import { decidedWithin } from './attribution.ts';
import type { Case } from './case.ts';
import type { Success } from './evidence.ts';
import { type Interval, minuteOf } from './interval.ts';
import { type Depth, depths, type Protocol, reaches, shallower } from './protocol.ts';
import { deepProofHolds, lastSuccess } from './runs.ts';
import type { Seat } from './users.ts';

/**
 * The minute up to which nothing that is still to come can change a state: before every run that is
 * still open, every message still awaited, and the last proof of service of every protocol, and never
 * inside an interval that counts as one. Slicing time at such minutes changes no judgement.
 */
export function finalUntil(
  given: Case,
  seats: readonly Seat[],
  counted: readonly Interval[],
): number {
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

/**
 * Up to where one mailbox and protocol is proven to serve, so that no failure that is still to come can
 * reach back over it, and whether it has been silent for too long since.
 */
function provenUntil(
  given: Case,
  seat: Seat,
  [protocol, deepest]: [Protocol, Depth],
): { readonly at: number; readonly silent: boolean } {
  const { evidence } = seat;
  const settled = given.stretch.to - given.settling;
  const needed = shallower(given.contract.depth, deepest);
  const own = evidence.successes.filter((success) => success.protocol === protocol);
  const last = lastSuccess(own, needed, Infinity);
  const deep = deepProof(own, deepest, needed, firstsToCome(seat, protocol, settled));
  if (deep < last) return { at: deep, silent: false };
  if (last === -Infinity) return { at: settled, silent: false };
  // A failure at a lesser depth breaks the silence; one that is deeper may follow, and then the run may
  // have begun with the last success at that depth.
  const failed = evidence.failures.some((one) => one.protocol === protocol && one.to > last);
  return { at: last, silent: !failed && settled - last >= given.contract.threshold };
}

/** Where runs begin to fail that may yet turn out deeper than they are now: the open ones, and those to come. */
function firstsToCome({ runs }: Seat, protocol: Protocol, settled: number): number[] {
  const open = runs.filter(
    (run) => run.protocol === protocol && (run.open || run.possible.to > settled),
  );
  return [settled, ...open.map(({ possible }) => possible.from)];
}

/**
 * The earliest of the proofs, at the depths beyond the contract's, to which a failure there would reach
 * back. Infinity: none is remembered.
 * @param firsts wall ms; where such a run's failures may begin, or earlier
 */
function deepProof(
  own: readonly Success[],
  deepest: Depth,
  needed: Depth,
  firsts: readonly number[],
): number {
  const beyond = depths.filter((depth) => reaches(deepest, depth) && !reaches(needed, depth));
  const proofs = beyond.flatMap((depth) =>
    firsts.map((first) => {
      const proof = lastSuccess(own, depth, first);
      return proof >= first - deepProofHolds ? proof : Infinity;
    }),
  );
  return Math.min(Infinity, ...proofs);
}

/** Evidence of whose fault a run was may still come for a while after its end. */
function undecided(end: number, given: Case): number {
  return end + decidedWithin > given.stretch.to ? given.stretch.to : end;
}
