import type { PromisedLimit, Ratio } from './contract.ts';
import { type Verdict, verdicts } from './figures.ts';
import { compareRatios } from './ratio.ts';

/** A number of which only this much is known: it lies in [least, most]; `most` null: no upper bound. */
export interface Range {
  readonly least: Ratio;
  readonly most: Ratio | null;
}

/** What was observed of a promise's measure, in its unit. */
export interface Reading {
  /** By what has happened so far. */
  readonly soFar: Range;
  /** What it may still be when the period is over: decides the verdict. */
  readonly eventual: Range;
  /** How often single values passed the promise's limit; only for maxima, null elsewhere. */
  readonly passed: { readonly soFar: Range; readonly eventual: Range } | null;
}

/** Why a measure has no value: nothing watches it, nothing happened to measure, or there was no service. */
export type NoValue = 'not-measured' | 'nothing-to-measure' | 'not-rented';

export const promiseVerdicts = [...verdicts, 'unknown-value'] as const;

/** How one promise stands. Without a value the verdict is `unknown-value`, never one that was invented. */
export interface PromiseVerdict {
  readonly promise: PromisedLimit;
  readonly verdict: (typeof promiseVerdicts)[number];
  /** What was observed so far, in the measure's unit; null without a value, `most` also without an upper bound. */
  readonly least: Ratio | null;
  readonly most: Ratio | null;
  /** How often the limit was passed so far; only for maxima. */
  readonly passed: Range | null;
  /** Set exactly when the verdict is `unknown-value`. */
  readonly without: NoValue | null;
}

/** Decides one promise from what was observed: certain only when every value that is possible says the same. */
export function evaluatePromise(
  promise: PromisedLimit,
  observed: Reading | NoValue,
): PromiseVerdict {
  if (typeof observed === 'string') {
    const nothing = { least: null, most: null, passed: null };
    return { promise, verdict: 'unknown-value', ...nothing, without: observed };
  }
  const { soFar, eventual, passed } = observed;
  return {
    promise,
    verdict:
      passed === null
        ? verdictOver(eventual, promise)
        : verdictOver(passed.eventual, allowedPassings(promise)),
    least: soFar.least,
    most: soFar.most,
    passed: passed?.soFar ?? null,
    without: null,
  };
}

type Limit = Pick<PromisedLimit, 'comparison' | 'limit'>;

/** A maximum that may be passed once (T4.8) is broken by the second time. */
function allowedPassings({ excused }: PromisedLimit): Limit {
  return { comparison: 'at-most', limit: { numerator: excused, denominator: 1 } };
}

function verdictOver({ least, most }: Range, limit: Limit): Verdict {
  const ends = [satisfies(least, limit), satisfies(most, limit)];
  if (ends.every((end) => end)) return 'met';
  return ends.some((end) => end) ? 'indeterminate' : 'breached';
}

/** Whether a value keeps the limit; null stands for a value without bound. */
export function satisfies(value: Ratio | null, { comparison, limit }: Limit): boolean {
  if (value === null) return comparison === 'at-least';
  const sign = compareRatios(value, limit);
  switch (comparison) {
    case 'at-least':
      return sign >= 0;
    case 'at-most':
      return sign <= 0;
    case 'below':
      return sign < 0;
  }
}
