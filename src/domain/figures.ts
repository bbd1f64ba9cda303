import type { Contract, Ratio } from './contract.ts';
import type { Interval } from './interval.ts';
import { type MinuteCount, minuteStates } from './ledger.ts';

export type Verdict = 'met' | 'breached' | 'indeterminate';

/** The figures of one tenant, contract and period. All counts are integer minutes. */
export interface Figures {
  readonly period: Interval;
  /** M, the period's minutes by the contract's denominator. */
  readonly total: number;
  /** Minutes judged so far, final or provisional, by state. */
  readonly minutes: MinuteCount;
  /** Minutes of the period that lie ahead. `minutes` and `ahead` add up to the period's minutes. */
  readonly ahead: number;
  /** proven = unavailable; possible = unavailable + suspect + unknown. */
  readonly proven: number;
  readonly possible: number;
  /** Availability lies in [lower, upper]; the headline is `upper`. */
  readonly lower: Ratio;
  readonly upper: Ratio;
  /** Share of the minutes judged so far that are not unknown. */
  readonly coverage: Ratio;
  readonly verdict: Verdict;
}

/**
 * The contract's figures from the ledger's counts.
 * Minutes ahead may still become anything: they widen the verdict (not the bounds shown) until the period is over.
 */
export function figuresOf(contract: Contract, period: Interval, minutes: MinuteCount): Figures {
  const total = (period.to - period.from) / 60_000;
  const judged = minuteStates.reduce((sum, state) => sum + minutes[state], 0);
  const ahead = total - judged;
  const proven = minutes.unavailable;
  const possible = proven + minutes.suspect + minutes.unknown;
  const upper = { numerator: total - proven, denominator: total };
  const lower = { numerator: total - possible, denominator: total };
  const worst = { numerator: total - possible - ahead, denominator: total };
  return {
    period,
    total,
    minutes,
    ahead,
    proven,
    possible,
    lower,
    upper,
    coverage: { numerator: judged - minutes.unknown, denominator: Math.max(judged, 1) },
    verdict: verdictOf(contract.target, worst, upper),
  };
}

function verdictOf(target: Ratio, worst: Ratio, best: Ratio): Verdict {
  if (compareRatios(worst, target) >= 0) return 'met';
  if (compareRatios(best, target) < 0) return 'breached';
  return 'indeterminate';
}

/** Sign of `a − b`, exact: cross-multiplied integers (a month's minutes × 10 000 stay far below 2^53). */
export function compareRatios(a: Ratio, b: Ratio): number {
  return Math.sign(a.numerator * b.denominator - b.numerator * a.denominator);
}
