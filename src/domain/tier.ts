import type { Ratio, Tier } from './contract.ts';

/** A tier, or null for none: availability that earns no credit. */
export type PossibleTier = Tier | null;

/**
 * Every tier that the month may come to, "none" first and then in the contract's order, with availability
 * (total − lost) / total for each whole number of lost minutes from `least` to `most`. Exact at the edges:
 * tiers are half-open `[from, to)`, so 99.9 % is outside `[99, 99.9)` and 99 % is inside.
 * Empty when there is no tier at all, or nothing to lose (`total` 0).
 */
export function possibleTiers(
  tiers: readonly Tier[],
  lost: { readonly least: number; readonly most: number },
  total: number,
): readonly PossibleTier[] {
  if (tiers.length === 0 || total === 0) return [];
  // A month of 31 days can lose more than a fixed 43 200 minutes; availability stays at 0.
  const least = Math.min(lost.least, total);
  const most = Math.min(lost.most, total);
  const reached = tiers
    .map((tier) => ({ tier, ways: waysInto(tier, least, most, total) }))
    .filter(({ ways }) => ways > 0);
  const outside = most - least + 1 - reached.reduce((sum, { ways }) => sum + ways, 0);
  return [...(outside > 0 ? [null] : []), ...reached.map(({ tier }) => tier)];
}

/** How many of the lost-minute counts in [least, most] bring availability into the tier. */
function waysInto(tier: Tier, least: number, most: number, total: number): number {
  const first = Math.max(least, tooManyFor(tier.to, total));
  const last = Math.min(most, tooManyFor(tier.from, total) - 1);
  return Math.max(0, last - first + 1);
}

/** The smallest number of lost minutes that brings availability below the share. */
function tooManyFor(share: Ratio, total: number): number {
  return lossAllowed(share, total) + 1;
}

/** The largest number of lost minutes with which availability still meets the share: ⌊total × (1 − share)⌋. */
export function lossAllowed({ numerator, denominator }: Ratio, total: number): number {
  return Number((BigInt(total) * BigInt(denominator - numerator)) / BigInt(denominator));
}
