import type { Ratio } from './contract.ts';
import { standing } from './entry.ts';
import type { Verdict } from './figures.ts';
import { compareRatios } from './ratio.ts';
import type { ClauseRecord } from './record.ts';
import {
  instantOf,
  outcomeOf,
  type TicketCircumstances,
  type TicketOutcome,
  worst,
} from './ticket-outcome.ts';
import type { TicketPromise } from './ticket-promise.ts';

export interface TicketEvaluation {
  readonly promise: TicketPromise;
  /** Of the tickets sent in the period, in the order of sending. */
  readonly outcomes: readonly TicketOutcome[];
  /** Over the responses on record, integer ms; null when there is none. */
  readonly longestResponse: number | null;
  readonly meanResponse: number | null;
  /** Calls that a person answered, of all; null when there was none. */
  readonly answered: Ratio | null;
  /** Null without a ticket, or where nothing is promised in numbers. */
  readonly verdict: Verdict | null;
}

/**
 * Holds the period's tickets against a promise. A ticket belongs to the period in which it was sent.
 * What is not on record when it was due counts as not done; a ticket without a sending time is not heard.
 */
export function evaluateTickets(
  promise: TicketPromise,
  records: readonly ClauseRecord[],
  circumstances: TicketCircumstances,
): TicketEvaluation {
  const { period, now } = circumstances;
  const outcomes = standing(records)
    .flatMap((ticket) => {
      const sent = hears(promise, ticket) ? instantOf(ticket, 'sent') : null;
      if (sent === null || sent < period.from || sent >= period.to) return [];
      return [outcomeOf(promise, ticket, sent, circumstances)];
    })
    .sort((a, b) => a.sent - b.sent || a.ticket.id - b.ticket.id);
  const elapsed = outcomes.flatMap(({ response }) => response.elapsed ?? []);
  const answered = promise.answered === null ? null : answeredShare(outcomes);
  const verdicts = outcomes.map(({ verdict }) => verdict);
  return {
    promise,
    outcomes,
    longestResponse: elapsed.length === 0 ? null : Math.max(...elapsed),
    meanResponse: elapsed.length === 0 ? null : Math.round(mean(elapsed)),
    answered,
    verdict:
      promise.answered === null
        ? overall(worst(verdicts), now < period.to)
        : shareVerdict(promise.answered, answered, now < period.to),
  };
}

/** Whether the promise is about tickets of this category and channel. */
export function hears(promise: TicketPromise, { detail }: Pick<ClauseRecord, 'detail'>): boolean {
  if (detail.kind !== 'ticket' || !promise.categories.includes(detail.category)) return false;
  return promise.channel === null || promise.channel === detail.channel;
}

/** Tickets that are still to come can break a promise, and mend none. */
function overall(verdict: Verdict | null, running: boolean): Verdict | null {
  return verdict === 'met' && running ? 'indeterminate' : verdict;
}

function answeredShare(outcomes: readonly TicketOutcome[]): Ratio | null {
  if (outcomes.length === 0) return null;
  const answered = outcomes.filter(({ ticket }) => instantOf(ticket, 'acknowledged') !== null);
  return { numerator: answered.length, denominator: outcomes.length };
}

function shareVerdict(promised: Ratio, found: Ratio | null, running: boolean): Verdict | null {
  if (found === null) return null;
  if (running) return 'indeterminate';
  return compareRatios(found, promised) >= 0 ? 'met' : 'breached';
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
