import type { Ratio } from '../domain/contract.ts';
import { lengthOf } from '../domain/interval.ts';
import { compareRatios } from '../domain/ratio.ts';
import type { PossibleTier } from '../domain/tier.ts';
import { claimStanding } from './credit.ts';
import type { ClaimStanding } from './fact.ts';
import type { MonthReport } from './month.ts';

/** What became of the promised availability. */
export type Outcome =
  | 'kept' // the month is over, or nothing that is still to come can break it
  | 'kept-so-far'
  | 'broken'
  | 'open' // the month is not over, and the evidence so far decides neither way
  | 'undecided' // the month is over, and the evidence decides neither way
  | 'no-promise'
  | 'not-rented'
  | 'ahead'; // nothing is judged yet

/** The report in one sentence, before it has words. */
export interface Answer {
  readonly month: string;
  readonly outcome: Outcome;
  readonly availability: Ratio;
  readonly lower: Ratio;
  /** Clauses of further promises that are broken. */
  readonly alsoBroken: readonly string[];
  /** Null where the contract has no tiers. `final`: nothing ahead can change it. */
  readonly credit: { readonly tiers: readonly PossibleTier[]; readonly final: boolean } | null;
  /** Null where there is no window, or nothing to claim. */
  readonly claim: {
    readonly firstDay: string;
    readonly lastDay: string;
    readonly provisional: boolean;
    readonly standing: ClaimStanding;
  } | null;
}

export function answerOf(report: MonthReport): Answer {
  const { verdicts, month, contract } = report;
  const { figures, claim, tiersSoFar, promises } = verdicts;
  const outcome = outcomeOf(report);
  const silent = outcome === 'not-rented' || outcome === 'ahead';
  const standing = claimStanding(report);
  const broken = promises.filter(({ verdict }) => verdict === 'breached');
  return {
    month,
    outcome,
    availability: figures.upper,
    lower: figures.lower,
    alsoBroken: [...new Set(broken.map(({ promise }) => promise.clause))],
    credit:
      contract.tiers.length === 0 || silent
        ? null
        : { tiers: tiersSoFar, final: figures.ahead === 0 },
    claim:
      claim === null || standing === 'not-due' || silent
        ? null
        : {
            firstDay: claim.firstDay,
            lastDay: claim.lastDay,
            provisional: claim.provisional,
            standing,
          },
  };
}

function outcomeOf({ verdicts: { figures }, contract: { target } }: MonthReport): Outcome {
  const { period, ahead, verdict, lower } = figures;
  if (lengthOf(period) === 0) return 'not-rented';
  if (ahead * 60_000 === lengthOf(period)) return 'ahead';
  if (verdict === null || target === null) return 'no-promise';
  if (verdict === 'met') return 'kept';
  if (verdict === 'breached') return 'broken';
  if (ahead === 0) return 'undecided';
  return compareRatios(lower, target) >= 0 ? 'kept-so-far' : 'open';
}
