import { dayOf, daysAfter, startOf } from './calendar.ts';
import type { Ratio } from './contract.ts';
import { standing } from './entry.ts';
import type { Verdict } from './figures.ts';
import type { Interval } from './interval.ts';
import type { FailureRun } from './ledger.ts';
import { compareRatios } from './ratio.ts';
import type { ClauseRecord, TicketEventKind } from './record.ts';
import type { TicketLimit, TicketPromise } from './ticket-promise.ts';
import { workingDayAfter } from './working-days.ts';

/** One thing that was due: when, when it came, and how that compares. */
export interface Due {
  /** Wall ms of the last instant in time; null without a limit. */
  readonly due: number | null;
  /** True while the working days that the limit was counted over are not published. */
  readonly provisional: boolean;
  /** Wall ms; null: none on record. */
  readonly at: number | null;
  /** Integer ms from sending; null: none on record. */
  readonly elapsed: number | null;
  /** Null without a limit. */
  readonly verdict: Verdict | null;
}

export interface TicketOutcome {
  readonly ticket: ClauseRecord;
  readonly sent: number;
  readonly response: Due;
  readonly resolution: Due;
  /**
   * What the probes saw of a send/receive issue: service certainly failed until `failedUntil`, and worked
   * again at `recoveredAt` at the latest (null: still failing); null when no run holds the ticket's sending.
   */
  readonly observed: { readonly failedUntil: number; readonly recoveredAt: number | null } | null;
  readonly verdict: Verdict | null;
}

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

/** What tickets are judged by, beside what was promised of them. */
export interface TicketCircumstances {
  readonly period: Interval;
  /** IANA zone of the days. */
  readonly zone: string;
  /** The time of judging, wall ms. */
  readonly now: number;
  /**
   * Failure runs by the provider's fault: for a send/receive issue the probes' recovery is the evidence
   * (T5.3), whatever the ticket says.
   */
  readonly runs: readonly Pick<FailureRun, 'certain' | 'possible' | 'open'>[];
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

/** The earliest standing event of these kinds, wall ms. */
function instantOf(ticket: ClauseRecord, ...kinds: TicketEventKind[]): number | null {
  const instants = standing(ticket.events)
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ at }) => at);
  return instants.length === 0 ? null : Math.min(...instants);
}

function outcomeOf(
  promise: TicketPromise,
  ticket: ClauseRecord,
  sent: number,
  { zone, now, runs }: TicketCircumstances,
): TicketOutcome {
  // Who has begun or resolved has responded, whether or not anybody wrote the answer down.
  const responding: TicketEventKind[] =
    promise.responds === 'started'
      ? ['started', 'resolved']
      : ['acknowledged', 'started', 'resolved'];
  const response = dueOf(sent, promise.response, instantOf(ticket, ...responding), { zone, now });
  const recorded = dueOf(sent, promise.resolution, instantOf(ticket, 'resolved'), { zone, now });
  const observed = isOutage(promise) ? observedRecovery(sent, runs) : null;
  const resolution =
    observed === null ? recorded : { ...recorded, ...corrected(recorded, observed) };
  return {
    ticket,
    sent,
    response,
    resolution,
    observed,
    verdict: worst([response.verdict, resolution.verdict]),
  };
}

/** Only of a fault in sending or receiving can the probes see the end. */
function isOutage({ categories, resolution }: TicketPromise): boolean {
  return resolution !== null && categories.includes('send-receive');
}

function dueOf(
  sent: number,
  limit: TicketLimit | null,
  at: number | null,
  { zone, now }: Pick<TicketCircumstances, 'zone' | 'now'>,
): Due {
  const { due, provisional } = lastInstant(sent, limit, zone);
  const verdict = due === null ? null : at === null ? openVerdict(due, now) : inTime(at, due);
  return { due, provisional, at, elapsed: at === null ? null : at - sent, verdict };
}

function lastInstant(
  sent: number,
  limit: TicketLimit | null,
  zone: string,
): Pick<Due, 'due' | 'provisional'> {
  if (limit === null) return { due: null, provisional: false };
  if (typeof limit === 'number') return { due: sent + limit, provisional: false };
  const first = dayOf(sent, zone);
  const { day, provisional } =
    limit.kind === 'working-days'
      ? workingDayAfter(first, limit.days, 'PRC')
      : { day: daysAfter(first, limit.days), provisional: false };
  return { due: startOf(daysAfter(day, 1), zone) - 1, provisional };
}

const inTime = (at: number, due: number): Verdict => (at <= due ? 'met' : 'breached');
const openVerdict = (due: number, now: number): Verdict =>
  now > due ? 'breached' : 'indeterminate';

/** The end of the outage that the ticket was sent in. */
function observedRecovery(
  sent: number,
  runs: readonly Pick<FailureRun, 'certain' | 'possible' | 'open'>[],
): TicketOutcome['observed'] {
  const held = runs.filter(({ possible }) => possible.from <= sent && sent < possible.to);
  if (held.length === 0) return null;
  const ends = held.flatMap(({ certain }) => certain.map(({ to }) => to));
  return {
    failedUntil: Math.max(sent, ...ends),
    recoveredAt: held.some(({ open }) => open)
      ? null
      : Math.max(...held.map(({ possible }) => possible.to)),
  };
}

/** Proven failure after the hour is a breach, and proven recovery before it is none; between the two the record decides. */
function corrected(
  recorded: Due,
  observed: NonNullable<TicketOutcome['observed']>,
): Pick<Due, 'verdict'> {
  const { due } = recorded;
  if (due === null) return { verdict: null };
  if (observed.failedUntil > due) return { verdict: 'breached' };
  if (observed.recoveredAt !== null && observed.recoveredAt <= due) return { verdict: 'met' };
  return { verdict: recorded.verdict };
}

/** One breach breaks the promise; it is kept when nothing is open any more. */
function worst(verdicts: readonly (Verdict | null)[]): Verdict | null {
  const given = verdicts.filter((verdict) => verdict !== null);
  if (given.length === 0) return null;
  if (given.includes('breached')) return 'breached';
  return given.includes('indeterminate') ? 'indeterminate' : 'met';
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
