import type { Contract } from '../domain/contract.ts';
import type { DomainChange } from '../domain/dns.ts';
import type { Exclusion, Refusal } from '../domain/exclusion.ts';
import type { Interval } from '../domain/interval.ts';
import type { Attribution, FailureRun, MinuteState } from '../domain/ledger.ts';
import type { Depth, Protocol } from '../domain/protocol.ts';
import type { PushMonth } from '../domain/push.ts';
import type { Measurements } from '../domain/readings.ts';
import type { Reattribution } from '../domain/reattribution.ts';
import type { ClauseRecord } from '../domain/record.ts';
import type { MonthVerdicts } from '../domain/verdicts.ts';

/** The stored failed results of a run: their ids, in the order of storing, other rows in between. */
export interface ResultRange {
  readonly first: number;
  readonly last: number;
  readonly count: number;
}

/** A failure run as a report shows it. */
export interface ReportedRun extends Omit<FailureRun, 'evidentAttribution'> {
  /**
   * Unavailable minutes of the ledger that its certain pieces touch. A minute in which two protocols
   * failed stands with both runs and once in the figures.
   */
  readonly counted: number;
  /** Where the transcripts are; null when nothing was stored, as of a message that is only awaited. */
  readonly results: ResultRange | null;
  /** Everything that people said of whose fault it was, withdrawn entries included, in the order of entering. */
  readonly said: readonly Reattribution[];
  /** What the evidence says by itself, where a person's word changed it; null where it is not on record. */
  readonly evident: Attribution | null;
}

/** An exclusion as a report shows it: some of it may be left out, some not. */
export interface ReportedExclusion {
  readonly exclusion: Exclusion;
  /** The time of the period that is left out: sorted, disjoint. */
  readonly counted: readonly Interval[];
  /** What is not left out, and why. */
  readonly refused: readonly { readonly why: Refusal; readonly intervals: readonly Interval[] }[];
}

/** All that a month's report says, read from the ledger; the renderers add no figure of their own. */
export interface MonthReport {
  readonly tenant: string;
  /** Addresses of the mailboxes that were probed in the period, where there were several; else left out. */
  readonly mailboxes?: readonly string[];
  readonly contract: Contract;
  /** IANA zone of the contract, else of the tenant. */
  readonly zone: string;
  /** `YYYY-MM` in that zone. */
  readonly month: string;
  readonly period: Interval;
  /** Wall ms. */
  readonly generatedAt: number;
  /** Minutes that begin before this instant (wall ms) are final. */
  readonly closedUntil: number;
  readonly verdicts: MonthVerdicts;
  /** What was measured beside the minutes. */
  readonly measured: Measurements;
  /** State of each minute of the period that the ledger knows, by its start (wall ms). */
  readonly states: ReadonlyMap<number, MinuteState>;
  /** The same as if nothing was excluded; null when nothing is. */
  readonly bareStates: ReadonlyMap<number, MinuteState> | null;
  /** The failure runs that touch the period. */
  readonly runs: readonly ReportedRun[];
  /** Stretches of unknown minutes. */
  readonly unknown: readonly Interval[];
  /** The protocols that were observed, and how deep at most. */
  readonly observed: ReadonlyMap<Protocol, Depth>;
  /** Who allowed that a script logs in to the webmail (T1.29); null where none does. */
  readonly webmailConsent: string | null;
  /** The books of the push service; null or left out: there was none. */
  readonly push?: PushMonth | null;
  /** Those that touch the period, withdrawn ones included. */
  readonly exclusions: readonly ReportedExclusion[];
  /** All records of the tenant, withdrawn ones included; `recordsOfMonth` says which speak of the month. */
  readonly records: readonly ClauseRecord[];
  /** Changes of the tenant's mail domain in the period; null when it was never looked up. */
  readonly domainChanges: readonly DomainChange[] | null;
  /** The newest seal over the stored results; null when no day is sealed yet. */
  readonly seal: { readonly day: string; readonly hash: string } | null;
}

/** True while a minute of the period may still change its state. */
export function isProvisional(report: MonthReport): boolean {
  return report.closedUntil < report.period.to;
}
