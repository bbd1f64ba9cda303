import type { Contract, Ratio } from './contract.ts';
import { alwaysRented, minutesOf, type Service, servicePeriod, shareKept } from './denominator.ts';
import { type Interval, lengthOf, minuteLength } from './interval.ts';
import { type MinuteCount, minuteStates } from './ledger.ts';
import { compareRatios } from './ratio.ts';

export const verdicts = ['met', 'breached', 'indeterminate'] as const;
export type Verdict = (typeof verdicts)[number];

/** The figures of one tenant, contract and period. All counts are integer minutes. */
export interface Figures {
  /** The period, cut to the time the service was rented. */
  readonly period: Interval;
  /** M, the period's minutes by the contract's denominator; 0 when the service was not rented in it. */
  readonly total: number;
  /** Minutes judged so far, final or provisional, by state. */
  readonly minutes: MinuteCount;
  /** Minutes of the period that lie ahead. `minutes` and `ahead` add up to the period's minutes, if not to M. */
  readonly ahead: number;
  /** proven = unavailable; possible = unavailable + suspect + unknown. */
  readonly proven: number;
  readonly possible: number;
  /** Availability lies in [lower, upper]; the headline is `upper`. */
  readonly lower: Ratio;
  readonly upper: Ratio;
  /** Share of the minutes judged so far that are not unknown. */
  readonly coverage: Ratio;
  /** Null where the contract promises no availability, or the service was not rented. */
  readonly verdict: Verdict | null;
}

/**
 * The contract's figures from the ledger's counts.
 * Minutes ahead may still become anything: they widen the verdict (not the bounds shown) until the period is over.
 * @param minutes of the minutes inside `servicePeriod(period, service)` and no others
 * @throws RangeError when more minutes were judged than the rented period has
 */
export function figuresOf(
  contract: Pick<Contract, 'denominator' | 'target'>,
  period: Interval,
  minutes: MinuteCount,
  { service = alwaysRented }: { readonly service?: Service } = {},
): Figures {
  const rented = servicePeriod(period, service);
  const total = minutesOf(contract.denominator, rented);
  const judged = minuteStates.reduce((sum, state) => sum + minutes[state], 0);
  const ahead = lengthOf(rented) / minuteLength - judged;
  if (ahead < 0) {
    throw new RangeError(`${judged} minutes were judged, ${-ahead} more than the period has`);
  }
  const proven = minutes.unavailable;
  const possible = proven + minutes.suspect + minutes.unknown;
  const upper = shareKept(proven, total);
  const worst = shareKept(possible + ahead, total);
  const promised = contract.target !== null && lengthOf(rented) > 0;
  return {
    period: rented,
    total,
    minutes,
    ahead,
    proven,
    possible,
    lower: shareKept(possible, total),
    upper,
    coverage: { numerator: judged - minutes.unknown, denominator: Math.max(judged, 1) },
    verdict: promised ? verdictOf(contract.target, worst, upper) : null,
  };
}

function verdictOf(target: Ratio, worst: Ratio, best: Ratio): Verdict {
  if (compareRatios(worst, target) >= 0) return 'met';
  if (compareRatios(best, target) < 0) return 'breached';
  return 'indeterminate';
}
