import type { Contract, Ratio } from '../domain/contract.ts';
import type { Figures } from '../domain/figures.ts';
import { lossAllowed, possibleTiers } from '../domain/tier.ts';

/** One value for each bound of what was lost. */
export interface Bounds<T> {
  /** With proven minutes only. */
  readonly proven: T;
  /** With everything that may have been down. */
  readonly possible: T;
}

/**
 * Whole minutes that the month may still lose with the target kept, ⌊M × (1 − target)⌋ less what is lost;
 * −1 when it is missed by one minute. Exact: in floats, 40 000 × (1 − 0.9995) is less than 20.
 * Null where no availability is promised, or the service was not rented.
 */
export function budgetOf(target: Ratio | null, figures: Figures): Bounds<number> | null {
  if (target === null || figures.verdict === null) return null;
  const allowed = lossAllowed(target, figures.total);
  return { proven: allowed - figures.proven, possible: allowed - figures.possible };
}

/**
 * Credit as a share of the fee if nothing more is lost: 0 outside all tiers, null where there are no tiers
 * to be in, or the tier gives something else than a share of the fee.
 */
export function creditOf(
  { tiers }: Pick<Contract, 'tiers'>,
  { proven, possible, total }: Figures,
): Bounds<Ratio | null> {
  const creditFor = (lost: number): Ratio | null => {
    if (!tiers.some(({ credit }) => credit !== null)) return null;
    const [tier] = possibleTiers(tiers, { least: lost, most: lost }, total);
    if (tier === undefined) return null;
    return tier === null ? { numerator: 0, denominator: 1 } : tier.credit;
  };
  return { proven: creditFor(proven), possible: creditFor(possible) };
}
