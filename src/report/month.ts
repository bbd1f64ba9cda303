import type { Contract } from '../domain/contract.ts';
import type { Figures } from '../domain/figures.ts';
import type { Interval } from '../domain/interval.ts';
import type { FailureRun } from '../domain/ledger.ts';
import type { Protocol } from '../domain/protocol.ts';

/** A failure run as a report shows it. */
export interface ReportedRun extends FailureRun {
  /**
   * Unavailable minutes of the ledger that its certain pieces touch, if that was looked up. A minute in
   * which two protocols failed stands with both runs and once in the figures.
   */
  readonly counted?: number;
}

/** All that a month's report says, read from the ledger; the renderers add no figure of their own. */
export interface MonthReport {
  readonly tenant: string;
  readonly contract: Contract;
  /** IANA zone of the tenant. */
  readonly zone: string;
  /** `YYYY-MM` in that zone. */
  readonly month: string;
  readonly period: Interval;
  /** Wall ms. */
  readonly generatedAt: number;
  /** Minutes that begin before this instant (wall ms) are final. */
  readonly closedUntil: number;
  readonly figures: Figures;
  /** The failure runs that touch the period. */
  readonly runs: readonly ReportedRun[];
  /** Stretches of unknown minutes. */
  readonly unknown: readonly Interval[];
  /** The protocols that were observed. */
  readonly protocols: readonly Protocol[];
  /** Remarks of the operator or of the judge, one paragraph each. */
  readonly notes: readonly string[];
}

/** True while a minute of the period may still change its state. */
export function isProvisional(report: MonthReport): boolean {
  return report.closedUntil < report.period.to;
}
