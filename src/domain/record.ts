import { type Clause, type RecordKind, recordKinds } from './clause.ts';
import { type Entry, standing } from './entry.ts';

export { type RecordKind, recordKinds };

export const ticketCategories = [
  'functional',
  'send-receive',
  'complaint',
  'spam', // reported to abuse@ (T4.18)
  'activation', // from the payment confirmed (sent) to the customer notified (resolved), T4.28
  'activation-new-domain',
  'other',
] as const;
export type TicketCategory = (typeof ticketCategories)[number];

export const ticketChannels = ['ticket', 'phone', 'mail', 'chat'] as const;
export type TicketChannel = (typeof ticketChannels)[number];

/** What happens to a ticket; of a phone call, `acknowledged` is when a person answered it. */
export const ticketEvents = ['sent', 'acknowledged', 'started', 'resolved'] as const;
export type TicketEventKind = (typeof ticketEvents)[number];

/** An amount in the currency's minor unit (fen, cent), integer. */
export interface Amount {
  readonly minor: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What a record says, by its kind. Instants are wall ms, months `YYYY-MM`. */
export type Detail =
  | {
      readonly kind: 'ticket';
      readonly number: string;
      readonly subject: string;
      readonly category: TicketCategory;
      readonly channel: TicketChannel;
    }
  | {
      readonly kind: 'fee';
      /** The first month that it pays for, and how many (T1.8: a prepayment is shared out). */
      readonly month: string;
      readonly months: number;
      readonly amount: Amount;
      /** The part of the amount that was paid by vouchers, minor units (T1.22). */
      readonly paidByVouchers: number;
    }
  | {
      readonly kind: 'invoice';
      readonly month: string;
      readonly number: string;
      /** Billed valid requests (T2.5); null when it does not say. */
      readonly validRequests: number | null;
      readonly amount: Amount | null;
    }
  | {
      readonly kind: 'claim';
      /** The month that credit is claimed for. */
      readonly month: string;
      /** Number of the provider's ticket (T1.24), and when it was filed. */
      readonly number: string;
      readonly at: number;
    }
  | {
      readonly kind: 'spot-check';
      readonly at: number;
      readonly subject: string;
      /** Samples tried, and how many of them went as promised. */
      readonly tried: number;
      readonly passed: number;
    }
  | {
      readonly kind: 'notice' | 'evidence' | 'consent' | 'other';
      readonly at: number;
      readonly subject: string;
    };

export interface TicketEvent extends Entry {
  readonly kind: TicketEventKind;
  /** Wall ms. */
  readonly at: number;
}

/** What was written down of a clause that no probe can see. */
export interface ClauseRecord extends Entry {
  /** Id of the clause that it speaks of, such as T1.29; null: those that ask for its kind. */
  readonly clause: string | null;
  readonly detail: Detail;
  /** Of a ticket, in the order of entering, withdrawn ones included. */
  readonly events: readonly TicketEvent[];
}

/** Kinds that speak of every clause that asks for them; the others must name their clause. */
const general: readonly RecordKind[] = ['ticket', 'fee', 'invoice', 'claim'];

/** The standing records that give this clause its value. */
export function recordsOf(clause: Clause, records: readonly ClauseRecord[]): ClauseRecord[] {
  return standing(records).filter((record) => {
    if (record.clause !== null) return clauseCovers(clause.id, record.clause);
    return record.detail.kind === clause.record && general.includes(record.detail.kind);
  });
}

/** True when `id`, which may be a range (`T1.13-17`), holds the clause `named`. */
export function clauseCovers(id: string, named: string): boolean {
  if (id === named) return true;
  const range = /^(.+\.)(\d+)[-–](\d+)$/.exec(id);
  const single = /^(.+\.)(\d+)$/.exec(named);
  if (range === null || single === null || range[1] !== single[1]) return false;
  const number = Number(single[2]);
  return Number(range[2]) <= number && number <= Number(range[3]);
}

/** One currency's fee of a month, minor units: the month's share, cut off to whole units. */
export interface MonthFee {
  readonly currency: string;
  readonly amount: number;
  readonly paidByVouchers: number;
  /** What all compensation together cannot pass (T1.21–22). */
  readonly cap: number;
}

/** The fees that pay for this month, added up by currency; empty when none is on record. */
export function feesOf(records: readonly ClauseRecord[], month: string): MonthFee[] {
  const sums = new Map<string, { amount: number; paidByVouchers: number }>();
  for (const { detail } of standing(records)) {
    if (detail.kind !== 'fee') continue;
    const position = monthNumber(month) - monthNumber(detail.month);
    if (position < 0 || position >= detail.months) continue;
    const { minor, currency } = detail.amount;
    const sum = sums.get(currency) ?? { amount: 0, paidByVouchers: 0 };
    sums.set(currency, {
      amount: sum.amount + Math.floor(minor / detail.months),
      paidByVouchers: sum.paidByVouchers + Math.floor(detail.paidByVouchers / detail.months),
    });
  }
  return [...sums]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, sum]) => ({ currency, ...sum, cap: sum.amount - sum.paidByVouchers }));
}

/** An invoice that says how many valid requests it bills (T2.5). */
export interface Bill {
  readonly validRequests: number;
  readonly amount: Amount | null;
}

/** The standing invoices of this month that say how many valid requests they bill. */
export function billsOf(records: readonly ClauseRecord[], month: string): Bill[] {
  return standing(records).flatMap(({ detail }) => {
    if (detail.kind !== 'invoice' || detail.month !== month) return [];
    const { validRequests, amount } = detail;
    return validRequests === null ? [] : [{ validRequests, amount }];
  });
}

function monthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
}
