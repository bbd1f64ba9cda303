import type { Ratio } from './contract.ts';

/** An integer as a ratio over 1. */
export function whole(numerator: number): Ratio {
  return { numerator, denominator: 1 };
}

/** Sign of `a − b`, exact: a sum of a month's delays times a limit may pass 2^53, so integers of any size. */
export function compareRatios(a: Ratio, b: Ratio): number {
  const difference =
    BigInt(a.numerator) * BigInt(b.denominator) - BigInt(b.numerator) * BigInt(a.denominator);
  if (difference === 0n) return 0;
  return difference > 0n ? 1 : -1;
}

export function largerRatio(a: Ratio, b: Ratio): Ratio {
  return compareRatios(a, b) >= 0 ? a : b;
}
