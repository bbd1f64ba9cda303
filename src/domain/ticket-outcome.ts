import { dayOf, daysAfter, startOf } from './calendar.ts';
import { standing } from './entry.ts';
import type { Verdict } from './figures.ts';
import type { Interval } from './interval.ts';
import type { FailureRun } from './ledger.ts';
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

/** The earliest standing event of these kinds, wall ms. */
export function instantOf(ticket: ClauseRecord, ...kinds: TicketEventKind[]): number | null {
  const instants = standing(ticket.events)
    .filter(({ kind }) => kinds.includes(kind))
    .map(({ at }) => at);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** Holds one ticket, sent at this instant (wall ms), against the limits of a promise. */
export function outcomeOf(
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
export function worst(verdicts: readonly (Verdict | null)[]): Verdict | null {
  const given = verdicts.filter((verdict) => verdict !== null);
  if (given.length === 0) return null;
  if (given.includes('breached')) return 'breached';
  return given.includes('indeterminate') ? 'indeterminate' : 'met';
}
