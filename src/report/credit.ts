import type { Ratio } from '../domain/contract.ts';
import { standing } from '../domain/entry.ts';
import { feesOf } from '../domain/record.ts';
import type { PossibleTier } from '../domain/tier.ts';
import type { ClaimStanding } from './fact.ts';
import type { MonthReport } from './month.ts';

export interface Money {
  readonly currency: string;
  /** Integer minor units (fen, cent). */
  readonly minor: number;
}

/**
 * What a tier is worth by the fees on record, cut off to whole minor units and never more than the fee less
 * what vouchers paid of it (T1.21–22). Empty without a fee on record, or where the tier is no share of it.
 */
export function worthOf(tier: PossibleTier, { records, month }: MonthReport): Money[] {
  const credit = tier?.credit ?? null;
  if (credit === null) return [];
  return feesOf(records, month).map(({ currency, amount, cap }) => ({
    currency,
    minor: Math.min(shareOf(credit, amount), cap),
  }));
}

function shareOf({ numerator, denominator }: Ratio, amount: number): number {
  return Number((BigInt(amount) * BigInt(numerator)) / BigInt(denominator));
}

/** Whether credit for the month can be claimed, or was. */
export function claimStanding(report: MonthReport): ClaimStanding {
  const { records, month, verdicts } = report;
  const filed = standing(records).flatMap(({ detail }) =>
    detail.kind === 'claim' && detail.month === month ? [detail.at] : [],
  );
  if (filed.length > 0) {
    const { claim } = verdicts;
    const inside = (at: number) => claim === null || (at >= claim.opensAt && at < claim.lapsesAt);
    return filed.some(inside) ? 'filed' : 'filed-outside';
  }
  if (verdicts.remedy === 'due' || verdicts.figures.verdict === 'breached')
    return claimable(report);
  if (verdicts.remedy === 'not-due' || verdicts.figures.verdict === 'met') return 'not-due';
  return 'undecided';
}

function claimable({ verdicts: { claim }, generatedAt }: MonthReport): ClaimStanding {
  if (claim === null) return 'claimable';
  if (generatedAt < claim.opensAt) return 'not-open';
  return generatedAt < claim.lapsesAt ? 'claimable' : 'lapsed';
}
