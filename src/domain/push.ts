import { type BounceClass, bounceClassOf, type Fate } from './message.ts';
import type { Bill } from './record.ts';
import type { ProbeResult } from './result.ts';

/** Why the push service refused a message by an answer: a bounce's class, or a limit of its own (T2.6). */
export type PushRefusal = BounceClass | 'throttled';

/**
 * What became of a message that was handed to the push service, or may have been.
 * - `temporary`: a bounce of the class `soft`; `throttled`: refused for a quota or a rate (T2.6);
 * - `lost`: accepted, and neither seen nor reported within a day; `unanswered`: it left, and no answer came;
 * - `interrupted`: we ended while it was being sent, so nobody knows.
 */
export const pushOutcomes = [
  'delivered',
  'hard',
  'policy',
  'full',
  'throttled',
  'temporary',
  'other',
  'pending',
  'lost',
  'unanswered',
  'interrupted',
] as const;
export type PushOutcome = (typeof pushOutcomes)[number];

/** Outcomes that the books take as a soft bounce: failed, and the address is not invalid. */
export const softOutcomes = [
  'policy',
  'full',
  'throttled',
  'temporary',
  'other',
] as const satisfies readonly PushOutcome[];

/** Outcomes that explain a residue. */
export const residueOutcomes = [
  'lost',
  'unanswered',
  'interrupted',
] as const satisfies readonly PushOutcome[];

/** All that is known of one message that was begun to be sent. */
export interface PushEvidence {
  /** Null: nothing was written of it after its beginning. */
  readonly fate: Fate | null;
  /** An answer refused it. */
  readonly refused: boolean;
  /** The class of that answer. */
  readonly refusal: PushRefusal | null;
  /** The class of the first delivery report that it failed. */
  readonly bounce: BounceClass | null;
  /** A delivery report said that the recipient's provider accepted it (T2.2). */
  readonly handedOn: boolean;
  /** It was begun so lately that it may still be under way. */
  readonly fresh: boolean;
}

/** Delivered is what was seen in the mailbox, or reported as accepted by its provider (T2.2). */
export function pushOutcomeOf(evidence: PushEvidence): PushOutcome {
  const { fate, refused, refusal, bounce, handedOn, fresh } = evidence;
  switch (fate) {
    case null:
      return fresh ? 'pending' : 'interrupted';
    case 'on-time':
    case 'late':
    case 'junk':
    case 'duplicate':
      return 'delivered';
    case 'bounced':
      return outcomeOfClass(bounce ?? 'other');
    case 'refused':
      return refused ? outcomeOfClass(refusal ?? 'other') : 'unanswered';
    case 'pending':
    case 'lost':
      return handedOn ? 'delivered' : fate;
  }
}

function outcomeOfClass(one: PushRefusal): PushOutcome {
  return one === 'soft' ? 'temporary' : one;
}

export type PushCounts = Readonly<Record<PushOutcome, number>>;

/** sent = delivered + hard + soft + pending + residue; valid = delivered + hard (T2.4). */
export interface PushBooks {
  readonly sent: number;
  readonly delivered: number;
  readonly hard: number;
  /** All other bounces, which stand apart in `counts` (T2.1). */
  readonly soft: number;
  readonly pending: number;
  readonly residue: number;
  /** The part of the residue that none of `residueOutcomes` explains; 0, or our own bookkeeping is wrong. */
  readonly unexplained: number;
  readonly valid: number;
  readonly counts: PushCounts;
}

/** @param sent messages that were begun, without those that never left: counted by itself */
export function pushBooks(sent: number, counts: PushCounts): PushBooks {
  const sum = (outcomes: readonly PushOutcome[]) =>
    outcomes.reduce((total, outcome) => total + counts[outcome], 0);
  const { delivered, hard, pending } = counts;
  const soft = sum(softOutcomes);
  const residue = sent - delivered - hard - soft - pending;
  return {
    sent,
    delivered,
    hard,
    soft,
    pending,
    residue,
    unexplained: residue - sum(residueOutcomes),
    valid: delivered + hard,
    counts,
  };
}

/** Of a message that an answer refused. */
export function pushRefusalOf({ failure }: Pick<ProbeResult, 'failure'>): PushRefusal {
  return failure?.reason === 'throttled' ? 'throttled' : refusalOf({ failure });
}

/** The class of an answer that refused a message: what its words say, then its code. */
export function refusalOf({ failure }: Pick<ProbeResult, 'failure'>): BounceClass {
  const [, enhanced = null] = /^\d{3} (\d\.\d{1,3}\.\d{1,3})$/.exec(failure?.code ?? '') ?? [];
  if (failure?.reason === 'mailbox-full') return 'full';
  if (failure?.reason === 'policy-blocked') return 'policy';
  if (/^4/.test(failure?.code ?? '')) return 'soft';
  return bounceClassOf(enhanced);
}

/** The send budget of the day that it is. */
export interface PushBudget {
  readonly budget: number;
  /** Messages that it still allows. */
  readonly left: number;
}

/** What screens show of a push service: the month's messages, and the day's budget. */
export interface PushToday extends PushBudget {
  readonly counts: PushCounts;
}

/** What is on record of a month's pushing. */
export interface PushMonth {
  readonly books: PushBooks;
  /** Messages that were begun and never left, because nobody answered or the login was refused. */
  readonly notSent: number;
  /** Those of them that a limit of the service's turned away (T2.6). */
  readonly notSentThrottled: number;
  /** Messages a day that are allowed now; null: there is no push service any more. */
  readonly budget: number | null;
  /** Days on which the budget was used up before the day was over. */
  readonly daysUsedUp: number;
  /** Addresses that were written to; each was a mailbox of the tenant's own at that time (T2.13). */
  readonly recipients: readonly string[];
}

/** Our count beside what was billed (T2.5). */
export interface PushBill {
  readonly valid: number;
  readonly billed: number;
  /** `billed − valid`. */
  readonly difference: number;
  /** What the difference comes to at the bill's own price, minor units, cut off; null: no price on record. */
  readonly money: { readonly currency: string; readonly minor: number } | null;
}

/**
 * Null where no invoice says how many were billed. Its price is that of the invoices together, if all of
 * them have an amount, in one currency.
 */
export function pushBill(valid: number, bills: readonly Bill[]): PushBill | null {
  if (bills.length === 0) return null;
  const billed = bills.reduce((sum, bill) => sum + bill.validRequests, 0);
  const difference = billed - valid;
  const amounts = bills.flatMap(({ amount }) => amount ?? []);
  const [first] = amounts;
  const priced =
    first !== undefined &&
    billed > 0 &&
    amounts.length === bills.length &&
    amounts.every(({ currency }) => currency === first.currency);
  if (!priced) return { valid, billed, difference, money: null };
  const sum = amounts.reduce((total, { minor }) => total + BigInt(minor), 0n);
  const minor = Number((BigInt(difference) * sum) / BigInt(billed));
  return { valid, billed, difference, money: { currency: first.currency, minor } };
}
