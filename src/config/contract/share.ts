import type { Ratio } from '../../domain/contract.ts';
import { value } from '../values.ts';

/** Decimals of a percentage; with them numerator and denominator stay below 10^8. */
const decimalsAtMost = 6;

/**
 * `99.9%` → 999 / 1000, exactly: a float of 0.999 would decide a month at the edge wrongly.
 * Undefined for what is no share from 0 % to 100 %.
 */
export function readShare(input: unknown): Ratio | undefined {
  const match = typeof input === 'string' ? /^(\d{1,3})(?:\.(\d{1,6}))?%$/.exec(input) : null;
  if (match === null) return undefined;
  const [, whole = '', decimals = ''] = match;
  const numerator = Number(whole + decimals);
  const denominator = 100 * 10 ** decimals.length;
  if (numerator > denominator) return undefined;
  const divisor = greatestCommonDivisor(numerator, denominator);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

/** As `readShare`, without 0 %. */
export function readPositiveShare(input: unknown): Ratio | undefined {
  const share = readShare(input);
  return share?.numerator === 0 ? undefined : share;
}

/** 999 / 1000 → `99.9%`, exactly; only for shares that `readShare` gives. */
export function formatShare({ numerator, denominator }: Ratio): string {
  const scale = 100 * 10 ** decimalsAtMost;
  const units = String(numerator * (scale / denominator)).padStart(decimalsAtMost + 1, '0');
  const decimals = units.slice(-decimalsAtMost).replace(/0+$/, '');
  return `${units.slice(0, -decimalsAtMost)}${decimals === '' ? '' : `.${decimals}`}%`;
}

export const positiveShareExpected =
  'a share above 0% and up to 100% with at most 6 decimals, such as 99.9%';

export const share = value({
  expected: 'a share from 0% to 100% with at most 6 decimals, such as 99.9%',
  read: readShare,
});
export const positiveShare = value({ expected: positiveShareExpected, read: readPositiveShare });

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
