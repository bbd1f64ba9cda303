import type { Tier } from '../../domain/contract.ts';
import type { Outcome } from '../answer.ts';
import type { Comparison } from '../fact.ts';
import type { Column } from '../table.ts';
import type { Terms } from './terms.ts';

export type Language = 'en' | 'zh';

type Section =
  | 'availability'
  | 'promises'
  | 'credit'
  | 'minutes'
  | 'outages'
  | 'exclusions'
  | 'unknown'
  | 'domain'
  | 'push'
  | 'records'
  | 'clauses'
  | 'notes'
  | 'dispute'
  | 'seal'
  | 'standing';

/** Names of values, at the beginning of a line. */
export type Label =
  | 'contract'
  | 'agreement'
  | 'hash'
  | 'promise'
  | 'observed'
  | 'period'
  | 'rented'
  | 'zone'
  | 'written'
  | 'headline'
  | 'lowerBound'
  | 'coverage'
  | 'target'
  | 'verdict'
  | 'ahead'
  | 'asCounted'
  | 'without'
  | 'mailbox'
  | 'certain'
  | 'possible'
  | 'attempts'
  | 'attributed'
  | 'changed'
  | 'counted'
  | 'transcript'
  | 'proven'
  | 'possibleMinutes'
  | 'credit'
  | 'creditSoFar'
  | 'creditFinal'
  | 'remedy'
  | 'claim'
  | 'claimWindow'
  | 'stillAhead'
  | 'together'
  | 'window'
  | 'announced'
  | 'entered'
  | 'ruling'
  | 'refused'
  | 'ended'
  | 'records'
  | 'noValue'
  | 'before'
  | 'after';

/** What is said with numbers and names in it. Texts of others are safe to print when they come in here. */
export interface Sentences {
  readonly title: (tenant: string, month: string) => string;
  readonly month: (month: string) => string;
  /** A number of per cent, such as 99.9. */
  readonly percent: (digits: string) => string;
  readonly minutes: (count: string) => string;
  readonly days: (count: string) => string;
  readonly times: (count: string) => string;
  /** Integer ms. */
  readonly duration: (milliseconds: number) => string;
  readonly wholeDuration: (count: number, unit: 'hours' | 'minutes' | 'seconds') => string;
  readonly span: (from: string, to: string) => string;
  readonly range: (least: string, most: string) => string;
  readonly compared: (comparison: Comparison, value: string) => string;
  readonly provisional: (day: string) => string;
  readonly open: (value: string) => string;
  readonly openSince: (from: string) => string;
  readonly instant: (moment: string) => string;
  readonly outcome: (outcome: Outcome, availability: string, lower: string) => string;
  readonly alsoBroken: (clauses: string) => string;
  readonly credit: (credit: string, final: boolean) => string;
  readonly claim: (first: string, last: string) => string;
  readonly tier: (tier: Tier | null) => string;
  readonly noTarget: string;
  readonly promised: (target: string, combination: string, threshold: string) => string;
  readonly provenOf: (proven: number, total: number) => string;
  readonly possibleOf: (possible: number, total: number) => string;
  readonly coverage: string;
  readonly aheadOf: (minutes: number) => string;
  readonly nothingExcluded: string;
  readonly noPromisedAvailability: string;
  readonly aheadMeaning: string;
  readonly togetherMeaning: string;
  readonly run: (protocol: string, depth: string, reason: string, phase: string) => string;
  readonly attempts: (attempts: number, confirmed: boolean) => string;
  readonly byEvidence: (attribution: string) => string;
  readonly said: (attribution: string, who: string, when: string) => string;
  readonly enteredBy: (who: string, when: string) => string;
  readonly withdrawnBy: (who: string, when: string, why: string) => string;
  readonly notified: (when: string | null) => string;
  readonly approved: (who: string | null) => string;
  readonly source: (source: string) => string;
  readonly evidence: (reference: string) => string;
  readonly note: (note: string) => string;
  readonly results: (first: number, last: number, count: number, command: string) => string;
  readonly noResults: string;
  readonly unavailableMinutes: (minutes: number) => string;
  readonly fixedDenominator: (minutes: number) => string;
  readonly calendarDenominator: string;
  readonly blame: (attribution: string, runs: number, certain: string, counted: number) => string;
  readonly excused: (times: number) => string;
  readonly passed: (times: string) => string;
  readonly responded: (count: number, longest: string | null, mean: string | null) => string;
  readonly answered: (answered: number, calls: number) => string;
  /** Of so many tickets, how many are resolved. */
  readonly resolved: (tickets: number, resolved: number) => string;
  readonly resolvedAfter: (elapsed: string | null) => string;
  readonly respondedAfter: (elapsed: string | null) => string;
  /** The limit ran to the end of this minute. */
  readonly dueBy: (moment: string, provisional: boolean) => string;
  readonly failedUntil: (when: string) => string;
  readonly fee: (amount: string, month: string, months: number, vouchers: string) => string;
  readonly validRequests: (count: number) => string;
  readonly forMonth: (month: string) => string;
  readonly spotCheck: (passed: number, tried: number) => string;
  readonly webmailPageOnly: string;
  readonly webmailConsent: (consent: string) => string;
  readonly notObserved: (protocols: string) => string;
  readonly oneMailbox: string;
  readonly loopDelay: string;
  readonly stampedDelay: (skew: string | null) => string;
  readonly notJudgedYet: string;
  readonly seal: (day: string, hash: string, command: string) => string;
  readonly noSeal: string;
  readonly notWatched: string;
  readonly final: string;
  readonly provisionalFrom: (moment: string) => string;
  readonly none: string;
  readonly nothing: string;
}

/** All words of one language. A key that is missing in one does not compile. */
export interface Words {
  readonly language: Language;
  readonly terms: Terms;
  readonly sections: Readonly<Record<Section, string>>;
  readonly labels: Readonly<Record<Label, string>>;
  readonly say: Sentences;
  readonly columns: Readonly<Record<Column, string>>;
  /** Between the members of a list, and between statements. */
  readonly comma: string;
  readonly semicolon: string;
  /** Around a remark, and around the name of a class. */
  readonly remark: (text: string) => string;
  /** Between a noun and what is said of it. */
  readonly space: string;
  /** What stands after a label inside a line. */
  readonly colon: string;
}
