import { formatInstant } from '../domain/calendar.ts';
import type { Ratio } from '../domain/contract.ts';
import type { Entry } from '../domain/entry.ts';
import type { Interval } from '../domain/interval.ts';
import type { PossibleTier } from '../domain/tier.ts';
import { percentOf } from './wording.ts';

export function instantJson(instant: number, zone: string): object {
  return { iso: formatInstant(instant, zone), epochMilliseconds: instant };
}

export function instantOrNull(instant: number | null, zone: string): object | null {
  return instant === null ? null : instantJson(instant, zone);
}

export function intervalJson({ from, to }: Interval, zone: string): object {
  return {
    from: instantJson(from, zone),
    to: instantJson(to, zone),
    milliseconds: to - from,
  };
}

/** A share, exact and as percent. */
export function shareJson(share: Ratio): object {
  const { numerator, denominator } = share;
  return { numerator, denominator, percent: percentOf(share) };
}

/** An exact amount in its unit. */
export function ratioJson({ numerator, denominator }: Ratio): object {
  return { numerator, denominator };
}

export function tierJson(tier: PossibleTier): object | null {
  if (tier === null) return null;
  return {
    from: shareJson(tier.from),
    to: shareJson(tier.to),
    credit: tier.credit === null ? null : shareJson(tier.credit),
    serviceDays: tier.serviceDays ?? null,
  };
}

/** What every hand-made entry has; `withdrawn` is null while it stands. */
export function entryJson(entry: Entry, zone: string): object {
  const { id, author, enteredAt, note, evidence, withdrawn } = entry;
  return {
    id,
    author,
    enteredAt: instantJson(enteredAt, zone),
    note,
    evidence,
    withdrawn:
      withdrawn === null
        ? null
        : {
            id: withdrawn.id,
            author: withdrawn.author,
            enteredAt: instantJson(withdrawn.enteredAt, zone),
            why: withdrawn.why,
          },
  };
}
