import type { Interval } from './interval.ts';
import { type Depth, depthOf, type Phase, type Protocol } from './protocol.ts';
import type { Reason } from './reason.ts';
import type { ProbeResult } from './result.ts';

/** The part of a stored result that the judge reads. A `ProbeResult` is one. */
export type Attempt = Pick<
  ProbeResult,
  'mailbox' | 'protocol' | 'startedAt' | 'endedAt' | 'monotonicStart' | 'monotonicEnd' | 'vouches'
> & {
  readonly failure: {
    readonly phase: Phase;
    readonly reason: Reason;
    readonly code: string | null;
    readonly provenFrom: number;
    readonly provenTo: number;
  } | null;
};

/** Service proven at one instant: a success proves its end, not its start. */
export interface Success {
  readonly protocol: Protocol;
  readonly depth: Depth;
  readonly at: number;
}

/** Failure proven over [from, to); a refusal has `from === to`. */
export interface ProvenFailure {
  readonly protocol: Protocol;
  readonly depth: Depth;
  readonly phase: Phase;
  readonly reason: Reason;
  readonly code: string | null;
  /** When the attempt began: an attempt begun before a success adds nothing after it. */
  readonly attemptedAt: number;
  readonly from: number;
  readonly to: number;
}

export interface Evidence {
  readonly successes: readonly Success[];
  readonly failures: readonly ProvenFailure[];
}

/** A wall clock that moved by more than this against the monotonic one makes evidence worthless, ms. */
export const clockTolerance = 500;

/** How far the wall clock stepped while the attempt ran, ms; forward is positive. */
export function clockStepWithin(
  attempt: Pick<Attempt, 'startedAt' | 'endedAt' | 'monotonicStart' | 'monotonicEnd'>,
): number {
  const elapsed = Math.round((attempt.monotonicEnd - attempt.monotonicStart) / 1000);
  return attempt.endedAt - attempt.startedAt - elapsed;
}

/** Both ends included: what begins where a blind interval ends may have begun inside it. */
export function touchesAny(blind: readonly Interval[], from: number, to: number): boolean {
  return blind.some((one) => one.from <= to && one.to >= from);
}

/**
 * Reads attempts as evidence, in the order of time. What a clock step touched is left out, and so is
 * what we watched while blind ourselves: a paused process reads its answers too late, and of a time that
 * the clock showed twice nobody can tell what came first. A message that a clock step made look late
 * proves nothing either.
 * @param deliveryAllowance how long before the beginning of its failure a message was accepted, ms
 */
export function evidenceOf(
  attempts: readonly Attempt[],
  blind: readonly Interval[],
  deliveryAllowance: number,
): Evidence {
  const successes: Success[] = [];
  const failures: ProvenFailure[] = [];
  for (const attempt of attempts) {
    if (Math.abs(clockStepWithin(attempt)) > clockTolerance) continue;
    const { protocol, vouches, failure } = attempt;
    if (touchesAny(blind, attempt.startedAt, attempt.endedAt)) continue;
    if (vouches !== null) successes.push({ protocol, depth: vouches, at: attempt.endedAt });
    if (failure === null) continue;
    const awaited = failure.reason === 'not-delivered' ? deliveryAllowance : 0;
    if (touchesAny(blind, failure.provenFrom - awaited, failure.provenTo)) continue;
    failures.push({
      protocol,
      depth: depthOf(failure.phase),
      phase: failure.phase,
      reason: failure.reason,
      code: failure.code,
      attemptedAt: attempt.startedAt,
      from: failure.provenFrom,
      // A clock that went back by less than the tolerance may have turned them round.
      to: Math.max(failure.provenFrom, failure.provenTo),
    });
  }
  successes.sort((a, b) => a.at - b.at);
  failures.sort((a, b) => a.from - b.from || a.to - b.to);
  return { successes, failures };
}

/** Stretches of at least `threshold` ms inside `within` that no moment of evidence interrupts. */
export function silentStretches(
  moments: readonly Interval[],
  within: Interval,
  threshold: number,
): Interval[] {
  const stretches: Interval[] = [];
  let from = within.from;
  const close = (to: number) => {
    if (to - from >= threshold) stretches.push({ from, to });
  };
  for (const moment of [...moments].sort((a, b) => a.from - b.from)) {
    if (moment.to < within.from) continue;
    if (moment.from >= within.to) break;
    close(Math.max(moment.from, from));
    from = Math.max(from, moment.to);
  }
  close(within.to);
  return stretches;
}

/** Index of the first success later than this; binary search, since a year has millions. */
export function firstAfter(own: readonly Success[], after: number): number {
  let low = 0;
  let high = own.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((own[middle] as Success).at > after) high = middle;
    else low = middle + 1;
  }
  return low;
}
