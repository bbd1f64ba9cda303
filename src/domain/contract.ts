import type { Clause } from './clause.ts';
import type { Depth, Protocol } from './protocol.ts';

/** Exact share: `numerator / denominator`, integers, never a float. 99.9 % is 999 / 1000. */
export interface Ratio {
  readonly numerator: number;
  readonly denominator: number;
}

/**
 * How protocols combine (clause T1.1).
 * - `any`: one failing protocol is enough; each must reach the threshold by itself.
 * - `all`: only time in which every protocol fails.
 * - `cross`: as `any`, but the threshold is tested after the union.
 */
export type Combination = 'any' | 'all' | 'cross';

/** What a customer was promised, as data. */
export interface Contract {
  readonly name: string;
  readonly title: string;
  /** The agreement it was read from; null for a profile of nobody's. */
  readonly agreement: Agreement | null;
  /** IANA zone of the contract's months and days; null for the tenant's. */
  readonly zone: string | null;
  /** The protocols that it names; those that the tenant does not have are left out. */
  readonly protocols: readonly Protocol[];
  readonly combination: Combination;
  /** A failure counts from this length on, integer ms (T1.3: 60 000). */
  readonly threshold: number;
  /** Evidence of at least this depth makes a minute known. */
  readonly depth: Depth;
  /** The service fails when this share of the users is without it (T3.1); null: any user is enough. */
  readonly users: { readonly share: Ratio; readonly inclusive: boolean } | null;
  readonly denominator: Denominator;
  /** Availability promised per month (T1.10), met on equality; null where none is promised (T2, T5). */
  readonly target: Ratio | null;
  /** What is promised besides, each with a verdict of its own. */
  readonly promises: readonly PromisedLimit[];
  /** Which mail its delays are of: `internal`: only that within the provider (T4.9); left out: all. */
  readonly delays?: 'internal' | 'all';
  /** Credit by availability, the best first, half-open `[from, to)`, without gap or overlap; empty: none. */
  readonly tiers: readonly Tier[];
  /** What is given when a promise is broken, in the contract's words; null when nothing is stated. */
  readonly remedy: Remedy | null;
  readonly maintenance: MaintenanceRule;
  /** When credit must be claimed; null when nothing is stated. */
  readonly claim: ClaimWindow | null;
  /** Every clause of the agreement. */
  readonly clauses: readonly Clause[];
}

export interface Agreement {
  readonly title: string;
  /** `YYYY-MM-DD`; null when it bears no date. */
  readonly published: string | null;
  /** SHA-256 of the text that it was read from, hexadecimal. */
  readonly sha256: string | null;
}

/**
 * M of availability.
 * - `calendar`: the month's minutes, cut to the time the service was rented (T1.5, T1.6).
 * - `fixed`: always so many minutes (T3.3: 43 200), whatever the month.
 */
export type Denominator =
  | { readonly kind: 'calendar' }
  | { readonly kind: 'fixed'; readonly minutes: number };

/** What a promise is about. Minutes, ms and days are integers; shares are exact. */
export const measures = [
  'availability', // share of M that was not lost, by a denominator of its own
  'unavailable-minutes', // of the month
  'maintenance-minutes', // announced, of the month (T4.12)
  'fault-free-days', // of the year (T4.14)
  'send-delay-mean', // ms, of the month
  'send-delay-maximum',
  'receive-delay-mean',
  'receive-delay-maximum',
  'page-open-mean', // ms, to the load event (T4.16)
] as const;
export type Measure = (typeof measures)[number];

export interface PromisedLimit {
  /** The clause that states it. */
  readonly clause: string;
  readonly measure: Measure;
  /** `at-least` and `at-most` include the limit, `below` does not (T4.2). */
  readonly comparison: 'at-least' | 'at-most' | 'below';
  /** A share for `availability`, else an integer over 1 in the measure's unit. */
  readonly limit: Ratio;
  /** Only for `availability`: its own M. */
  readonly denominator: Denominator;
  /** How many times a maximum may be passed before the remedy is due (T4.8: 1); 0 elsewhere. */
  readonly excused: number;
}

export interface Tier {
  /** Availability in [from, to). */
  readonly from: Ratio;
  readonly to: Ratio;
  /** Share of the month's fee; null where it is given in days of service. */
  readonly credit: Ratio | null;
  /** Days of service instead of a share of the fee (3, 7 or 15 at Google); only where `credit` is null. */
  readonly serviceDays?: number;
}

export interface Remedy {
  readonly kind: 'voucher' | 'credit' | 'service-time' | 'other';
  /** The contract's own words. */
  readonly text: string;
}

/** Which announced maintenance is left out of the figure, and out of its numerator only (T1.9). */
export interface MaintenanceRule {
  /** `notified`: told before it starts (T1.11); `approved`: agreed to (T4.5); `none`: nothing is left out. */
  readonly rule: 'notified' | 'approved' | 'none';
  /** Least notice, integer ms; 0: any time before the start. */
  readonly notice: number;
  /** Most that may be left out in a calendar year, minutes; null: no limit. */
  readonly yearlyCap: number | null;
}

export interface ClaimWindow {
  /** Opens the day after this working day of the next month (T1.23: 5); null: with the month's end. */
  readonly opensAfterWorkingDay: number | null;
  /** Lapses so many calendar days after the month's end (T1.25: 60), or at the end of the next month. */
  readonly lapses:
    | { readonly kind: 'calendar-days'; readonly days: number }
    | { readonly kind: 'end-of-next-month' };
  /** Whose working days: `PRC` knows its holiday swaps (调休). */
  readonly calendar: 'PRC' | 'weekdays';
}

/** A contract that states nothing but its threshold: what a file leaves out is this. */
export const plainTerms = {
  agreement: null,
  zone: null,
  combination: 'any',
  threshold: 60_000,
  depth: 'login',
  users: null,
  denominator: { kind: 'calendar' },
  target: null,
  promises: [],
  tiers: [],
  remedy: null,
  maintenance: { rule: 'none', notice: 0, yearlyCap: null },
  claim: null,
  clauses: [],
} as const satisfies Partial<Contract>;
