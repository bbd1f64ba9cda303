import type { Combination, Denominator, PromisedLimit, Ratio } from '../domain/contract.ts';
import type { LegSource } from '../domain/delay-legs.ts';
import type { Interval } from '../domain/interval.ts';
import type { Attribution } from '../domain/ledger.ts';
import type { PromiseVerdict } from '../domain/promise.ts';
import type { Depth, Protocol } from '../domain/protocol.ts';
import { residueOutcomes, softOutcomes } from '../domain/push.ts';
import type { PageDriver } from '../domain/result.ts';
import type { PossibleTier } from '../domain/tier.ts';

/** What a clause's value is made of, in the order in which reports may show them. */
export const factNames = [
  'availability',
  'lower-bound',
  'without-exclusions',
  'verdict',
  'proven',
  'possible',
  'total',
  'ahead',
  'denominator',
  'depths',
  'not-observed',
  'route',
  'threshold',
  'combination',
  'mailboxes',
  'most-failing',
  'users-limit',
  'failed-minutes',
  'outages',
  'longest-certain',
  'longest-possible',
  'last-recovery',
  'union',
  'by-protocol',
  'sum',
  'period',
  'rented',
  'connectivity',
  'literal',
  'credit',
  'tiers',
  'tiers-so-far',
  'opens',
  'lapses',
  'claim-standing',
  'exclusions-counted',
  'exclusions-refused',
  'excluded',
  'announced',
  'blame',
  'fault-free',
  'faulty',
  'messages',
  'undelivered',
  'opened-by',
  'pages',
  'mean',
  'median',
  'p95',
  'p99',
  'maximum',
  'throttled-attempts',
  'changes',
  'published',
  'hash',
  'amount',
  'sent',
  'delivered',
  'hard',
  'soft',
  ...softOutcomes,
  'pending',
  'residue',
  ...residueOutcomes,
  'unexplained',
  'valid',
  'not-sent',
  'billed',
  'difference',
  'difference-amount',
  'budget',
  'days-used-up',
  'recipients',
] as const;
export type FactName = (typeof factNames)[number];

export type Unit = 'share' | 'minutes' | 'milliseconds' | 'days' | 'count';

/** A value without its words: numbers stay exact, and the language comes last. */
export type FactValue =
  | { readonly kind: 'quantity'; readonly unit: Unit; readonly amount: Ratio }
  /** It lies in [least, most]; `most` null: no upper bound. */
  | {
      readonly kind: 'range';
      readonly unit: Unit;
      readonly least: Ratio;
      readonly most: Ratio | null;
    }
  | { readonly kind: 'verdict'; readonly verdict: PromiseVerdict['verdict'] }
  | { readonly kind: 'instant'; readonly instant: number }
  | { readonly kind: 'interval'; readonly interval: Interval }
  | { readonly kind: 'day'; readonly day: string; readonly provisional: boolean }
  | { readonly kind: 'depths'; readonly depths: readonly (readonly [Protocol, Depth])[] }
  | { readonly kind: 'protocols'; readonly protocols: readonly Protocol[] }
  | { readonly kind: 'by-protocol'; readonly minutes: readonly (readonly [Protocol, number])[] }
  | { readonly kind: 'route'; readonly route: RouteShown }
  | { readonly kind: 'page-driver'; readonly driver: PageDriver }
  | { readonly kind: 'combination'; readonly combination: Combination }
  | { readonly kind: 'denominator'; readonly denominator: Denominator }
  | { readonly kind: 'limit'; readonly comparison: Comparison; readonly limit: Ratio }
  | { readonly kind: 'tiers'; readonly tiers: readonly PossibleTier[] }
  | { readonly kind: 'claim-standing'; readonly standing: ClaimStanding }
  | {
      readonly kind: 'blame';
      readonly attribution: Attribution;
      readonly runs: number;
      readonly certain: number;
      readonly counted: number;
    }
  | { readonly kind: 'money'; readonly currency: string; readonly minor: number }
  /** Quoted from elsewhere, not ours to translate. */
  | { readonly kind: 'quoted'; readonly text: string };

export type Comparison = PromisedLimit['comparison'] | 'above';

/** Whether there is anything to claim, whether it can be claimed now, and whether it was. */
export type ClaimStanding =
  | 'not-due'
  | 'undecided'
  | 'claimable'
  | 'not-open'
  | 'lapsed'
  | 'filed'
  | 'filed-outside';

export interface Fact {
  readonly name: FactName;
  readonly value: FactValue;
}

/** `loop-only`: no other is measured. */
export type RouteShown = LegSource | 'loop-only' | 'pooled';

/** Why a figure has no value. */
export const whyNones = [
  'not-measured',
  'nothing-to-measure',
  'not-rented',
  'no-window',
  'no-tiers',
  'no-users-limit',
  'no-fixed-denominator',
  'no-hash',
  'not-watched',
  'nothing-recorded',
  'no-push',
] as const;
export type WhyNone = (typeof whyNones)[number];

export function quantity(name: FactName, unit: Unit, amount: number | Ratio): Fact {
  const exact = typeof amount === 'number' ? { numerator: amount, denominator: 1 } : amount;
  return { name, value: { kind: 'quantity', unit, amount: exact } };
}

export function range(name: FactName, unit: Unit, least: Ratio, most: Ratio | null): Fact {
  return { name, value: { kind: 'range', unit, least, most } };
}

export function routeFact(route: RouteShown): Fact {
  return { name: 'route', value: { kind: 'route', route } };
}
