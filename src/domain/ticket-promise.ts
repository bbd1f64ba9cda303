import type { Ratio } from './contract.ts';
import { clauseCovers, type TicketCategory, type TicketChannel } from './record.ts';

const hour = 3_600_000;

/**
 * How long something may take; the end is included (以内). Integer ms from the sending, or whole days, of which
 * the day of the sending is none: the limit is the end of the last of them.
 */
export type TicketLimit =
  | number
  | { readonly kind: 'working-days' | 'calendar-days'; readonly days: number };

/** What an agreement promises of its tickets. */
export interface TicketPromise {
  readonly clause: string;
  readonly categories: readonly TicketCategory[];
  /** Only those that came this way; null: any. */
  readonly channel: TicketChannel | null;
  /** What a response is: an answer, or that work began (T3.12: 开始进行解决). */
  readonly responds: 'acknowledged' | 'started';
  readonly response: TicketLimit | null;
  readonly resolution: TicketLimit | null;
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
  // "响应时间最长不超过一个工作日", "响应时间不超过3天".
  {
    ...plain,
    clause: 'T4.18',
    categories: ['spam'],
    response: { kind: 'working-days', days: 1 },
  },
  {
    ...plain,
    clause: 'T4.19',
    categories: ['spam'],
    resolution: { kind: 'calendar-days', days: 3 },
  },
  { ...plain, clause: 'T4.28', categories: ['activation'], resolution: 24 * hour },
  { ...plain, clause: 'T4.28', categories: ['activation-new-domain'], resolution: 48 * hour },
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
