import { clockStepWithin, clockTolerance, type ProvenFailure, touchesAny } from './evidence.ts';
import type { Interval } from './interval.ts';
import type { Reason } from './reason.ts';

/** One look at one control target (another network, a port of the same kind), as a fact. */
export interface ControlResult {
  /** All results of one round bear the same number: each target once, all begun together. */
  readonly round: number;
  /** `host:port` as configured. */
  readonly target: string;
  /** Wall time, integer ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Monotonic clock, integer microseconds; comparable within one process only. */
  readonly monotonicStart: number;
  readonly monotonicEnd: number;
  /** True when anything came back, a refusal included: then the way there and back is open. */
  readonly ok: boolean;
  /** Why it did not connect; also set on a refused connection, which is `ok`. */
  readonly reason: Reason | null;
  /** `ip:port` that was tried last; null if it never came to one. */
  readonly address: string | null;
  /** From the first request to connect to its answer, integer microseconds; null if none came. */
  readonly connectMicroseconds: number | null;
}

/** The way into other networks as it was found over [from, to]. */
export interface WayProof extends Interval {
  readonly open: boolean;
}

/** A look that ended this long before a failure can still speak against the way, ms. */
const remembered = 30_000;
/** The first look that began within this after a failure speaks of it, ms. */
const verifiedWithin = 20_000;
/** A look lasts at most its deadline of 5 s; twice that, so that a late timer does not hide one, ms. */
const longestLook = 10_000;
/**
 * An answer that took longer than this came to a repeated request: the first was lost, so the way was
 * shut when the look began (RFC 6298 §2: the first retransmission after 1 s), microseconds.
 */
const longestAnswer = 900_000;
/** How long before the first attempt of a case the looks must be known, ms. */
export const controlsBefore = remembered + verifiedWithin + longestLook;
/**
 * How long after the last failure of a case the looks must be known, ms: one speaks of it that begins
 * within `verifiedWithin`, and the next one after that ends what it says.
 */
export const controlsAfter = 2 * (verifiedWithin + longestLook) + longestLook;

/**
 * Rounds of control targets as proofs of the way, in the order of time. A round in which at least two
 * thirds of the targets failed shows that the way was shut, and it stays shut until the next round.
 * Left out: what a clock step touched, and what a process watched that stood still or saw a time twice.
 * @param results those of one round stand together
 */
export function controlRounds(
  results: readonly ControlResult[],
  blind: readonly Interval[],
): WayProof[] {
  const rounds = Map.groupBy(results, ({ round }) => round);
  const proofs = [...rounds.values()]
    .filter((round) => round.every((one) => Math.abs(clockStepWithin(one)) <= clockTolerance))
    .map(proofOf)
    .filter(({ from, to }) => !touchesAny(blind, from, to))
    .sort((a, b) => a.from - b.from);
  return proofs.map((proof, index) => (proof.open ? proof : lasting(proof, proofs[index + 1])));
}

/** From a look that found the way shut to the next one nothing is known: not to be held against others. */
function lasting(proof: WayProof, next: WayProof | undefined): WayProof {
  const until = Math.min((next?.from ?? Infinity) - 1, proof.to + verifiedWithin);
  return { ...proof, to: Math.max(proof.to, until) };
}

function proofOf(round: readonly ControlResult[]): WayProof {
  const failed = round.filter(
    ({ ok, connectMicroseconds }) => !ok || (connectMicroseconds ?? 0) > longestAnswer,
  ).length;
  return {
    from: Math.min(...round.map(({ startedAt }) => startedAt)),
    to: Math.max(...round.map(({ endedAt }) => endedAt)),
    // Integers: two of three must be two thirds exactly.
    open: 3 * failed < 2 * round.length,
  };
}

/** Adds a protocol's own failures for want of a route: they tell of the way as a control round does. */
export function withMissingRoutes(
  rounds: readonly WayProof[],
  failures: readonly ProvenFailure[],
): readonly WayProof[] {
  const missing = failures.filter(({ reason }) => reason === 'no-route');
  if (missing.length === 0) return rounds;
  const proofs = missing.map(({ from, to }) => ({ from, to, open: false }));
  return [...rounds, ...proofs].sort((a, b) => a.from - b.from);
}

/**
 * Whether the way was shut around a failure. In this order:
 * - a look that overlaps the failure and found it shut;
 * - else, unless one that overlaps found it open at the failure's end, the first look that follows;
 * - else the last one before, but only if it found the way shut: a way that was open earlier says
 *   nothing of the moment of the failure.
 * @param proofs sorted by `from`
 */
export function wayWasShut(failure: Interval, proofs: readonly WayProof[]): boolean {
  const near = nearTo(failure, proofs);
  const meanwhile = near.filter((proof) => touches(proof, failure));
  if (meanwhile.some(({ open }) => !open)) return true;
  if (meanwhile.some(({ to }) => to >= failure.to)) return false;
  const next = near.find(({ from }) => from > failure.to);
  if (next !== undefined) return !next.open;
  return meanwhile.length === 0 && near.at(-1)?.open === false;
}

/** The looks that can speak of a failure. */
function nearTo(failure: Interval, proofs: readonly WayProof[]): WayProof[] {
  const near: WayProof[] = [];
  const first = firstFrom(proofs, failure.from - controlsBefore);
  for (let i = first; i < proofs.length; i++) {
    const proof = proofs[i] as WayProof;
    if (proof.from > failure.to + verifiedWithin) break;
    if (proof.to >= failure.from - remembered) near.push(proof);
  }
  return near;
}

/** Index of the first proof that begins at or after this. */
function firstFrom(proofs: readonly WayProof[], instant: number): number {
  let low = 0;
  let high = proofs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((proofs[middle] as WayProof).from < instant) low = middle + 1;
    else high = middle;
  }
  return low;
}

function touches(one: Interval, other: Interval): boolean {
  return one.from <= other.to && one.to >= other.from;
}
