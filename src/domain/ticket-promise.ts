import type { Ratio } from './contract.ts';
import { clauseCovers, type TicketCategory, type TicketChannel } from './record.ts';

const hour = 3_600_000;

/** What an agreement promises of its tickets. Limits are integer ms and include their end (以内). */
export interface TicketPromise {
  readonly clause: string;
  readonly categories: readonly TicketCategory[];
  /** Only those that came this way; null: any. */
  readonly channel: TicketChannel | null;
  /** What a response is: an answer, or that work began (T3.12: 开始进行解决). */
  readonly responds: 'acknowledged' | 'started';
  readonly response: number | null;
  readonly resolution: number | null;
  /** Least share of phone calls that a person answers (T3.15). */
  readonly answered: Ratio | null;
}

const plain = {
  categories: ['functional', 'send-receive', 'complaint'],
  channel: null,
  responds: 'acknowledged',
  response: null,
  resolution: null,
  answered: null,
} as const satisfies Partial<TicketPromise>;

/**
 * The promises that a record of tickets can be held against. Where the agreement gives no number
 * ("at once", T3.14), the value is shown and there is no verdict.
 */
const ticketPromises: readonly TicketPromise[] = [
  { ...plain, clause: 'T3.12', responds: 'started' },
  { ...plain, clause: 'T3.14', responds: 'started', channel: 'phone' },
  {
    ...plain,
    clause: 'T3.15',
    categories: ['functional', 'send-receive', 'complaint', 'other'],
    channel: 'phone',
    answered: { numerator: 86, denominator: 100 },
  },
  { ...plain, clause: 'T5.2', categories: ['functional'], response: 5 * hour },
  {
    ...plain,
    clause: 'T5.3',
    categories: ['send-receive'],
    response: 2 * hour,
    resolution: 2 * hour,
  },
];

/** The promises of a clause; several for a range such as `T3.12-16`. */
export function ticketPromisesOf(clause: string): TicketPromise[] {
  return ticketPromises.filter((promise) => clauseCovers(clause, promise.clause));
}
