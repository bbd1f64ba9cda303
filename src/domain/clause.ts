/**
 * How a clause can be known.
 * - `measured`: by probes from outside (P); `derived`: from stored probe records (D);
 * - `recorded`: by hand (L); `unobservable`: not from outside (N).
 */
export const clauseClasses = ['measured', 'derived', 'recorded', 'unobservable'] as const;
export type ClauseClass = (typeof clauseClasses)[number];

/** A figure of the month's report that a clause can point at. */
export const clauseFigures = [
  'availability', // with its bounds and verdict
  'unavailable-minutes',
  'total-minutes',
  'denominator', // M and how it comes about
  'protocols',
  'threshold',
  'users', // mailboxes that failed at once, of those probed (T3.1)
  'outages', // each with begin and recovery, the longest (T5.3)
  'union', // minutes over all protocols, beside the sum per protocol
  'period',
  'connectivity', // 1 − down / M, and the literal uptime / M beside it (T3.5)
  'tier',
  'claim-opens',
  'claim-lapses',
  'maintenance', // excluded minutes, with and without
  'maintenance-minutes',
  'attribution', // minutes by whose fault
  'fault-free-days',
  'send-delay',
  'receive-delay',
  'delay', // both, for clauses that speak of both (T3.10)
  'page-open',
  'deliveries', // sent = delivered + hard + soft + pending, and the residue (T2.4)
  'bounces', // hard, and apart from them policy, full, throttled (T2.1)
  'delivered', // accepted by the recipient's provider, or seen in the mailbox (T2.2)
  'valid-requests', // connected and authenticated; delivered + hard (T2.3)
  'billing', // our valid requests beside those of the invoice (T2.5)
  'recipients', // who was written to (T2.13)
  'throttling', // attempts turned away by a quota or a limit (T2.6)
  'dns', // changes of MX, NS, SPF
  'agreement-hash',
] as const;
export type ClauseFigure = (typeof clauseFigures)[number];

/** What kind of hand-made record gives a clause its value. */
export const recordKinds = [
  'ticket', // sent, acknowledged, started, resolved
  'fee',
  'invoice',
  'claim', // ticket number and time of a claim
  'notice', // announcements, breach notices, changed terms
  'evidence', // of an excluded cause
  'consent',
  'spot-check',
  'other',
] as const;
export type RecordKind = (typeof recordKinds)[number];

export interface Clause {
  /** `T1.1`; ranges of the agreement that say one thing stand as one, `T1.13-17`. */
  readonly id: string;
  /** The agreement's own words, shortened. */
  readonly text: string;
  /** How it is read here, in English and in Simplified Chinese. */
  readonly reading: { readonly en: string; readonly zh: string };
  readonly classes: readonly ClauseClass[];
  /** Where its value comes from; both null: it has none, and `without` says why. */
  readonly figure: ClauseFigure | null;
  readonly record: RecordKind | null;
  readonly without: { readonly en: string; readonly zh: string } | null;
}
