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
  /** The protocols that it names; those that the tenant does not have are left out. */
  readonly protocols: readonly Protocol[];
  readonly combination: Combination;
  /** A failure counts from this length on, integer ms (T1.3: 60 000). */
  readonly threshold: number;
  /** Evidence of at least this depth makes a minute known. */
  readonly depth: Depth;
  /** Availability promised per month (T1.10). */
  readonly target: Ratio;
}
