import type { Denominator, Ratio } from './contract.ts';
import { type Interval, lengthOf, minuteLength } from './interval.ts';

/** When the service was rented, wall ms, half-open; null where it has no beginning or no end in sight. */
export interface Service {
  readonly from: number | null;
  readonly until: number | null;
}

export const alwaysRented: Service = { from: null, until: null };

/**
 * The part of a period in which the service was rented (T1.5): the whole calendar minutes that lie inside
 * it. A minute rented in part belongs to neither side. Empty (`from === to`) when it was not rented at all.
 */
export function servicePeriod(period: Interval, service: Service): Interval {
  const first = Math.ceil((service.from ?? -Infinity) / minuteLength) * minuteLength;
  const end = Math.floor((service.until ?? Infinity) / minuteLength) * minuteLength;
  const from = Math.min(Math.max(period.from, first), period.to);
  return { from, to: Math.max(from, Math.min(period.to, end)) };
}

/** M of availability, integer minutes: the rented ones (T1.6), or always the same number (T3.3). */
export function minutesOf(denominator: Denominator, rented: Interval): number {
  return denominator.kind === 'fixed' ? denominator.minutes : lengthOf(rented) / minuteLength;
}

/**
 * 1 − lost / total as an exact ratio, not reduced. Exclusions are no part of `lost` and leave `total` as it
 * is (T1.9). A month of 31 days can lose more than a fixed 43 200 minutes: that is 0, not less. Of no
 * minutes none is lost: 1.
 */
export function shareKept(lost: number, total: number): Ratio {
  if (total === 0) return { numerator: 1, denominator: 1 };
  return { numerator: Math.max(0, total - lost), denominator: total };
}
