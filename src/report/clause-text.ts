import type { TicketEvaluation } from '../domain/ticket.ts';
import type { Due, TicketOutcome } from '../domain/ticket-outcome.ts';
import type { TicketPromise } from '../domain/ticket-promise.ts';
import type { ClauseRow } from './clauses.ts';
import type { MonthReport } from './month.ts';
import { foundText, promiseText } from './promises.ts';
import { recordText } from './record-text.ts';
import { factText } from './value.ts';
import { formatMoment, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** What a clause came to, a statement a line; empty where it has no value at all. */
export function clauseStatements(row: ClauseRow, words: Words, report: MonthReport): string[] {
  const { zone } = report;
  const { facts, tickets, records, missing } = row;
  // A promise without a value has its reason among those of the row.
  const promises = row.promises.filter(
    ({ without }) => without === null || !missing.includes(without),
  );
  const { colon, labels, semicolon } = words;
  return [
    ...(facts.length === 0
      ? []
      : [facts.map((fact) => factText(fact, words, zone)).join(semicolon)]),
    ...promises.map((found) => `${promiseText(found, words)}${colon}${foundText(found, words)}`),
    ...tickets.flatMap((evaluation) => ticketStatements(evaluation, words, zone)),
    ...records.map((record) => `${labels.records} ${recordText(record, words, zone)}`),
  ];
}

/** Why it has no value, or not all of it; empty where nothing is missing. */
export function clauseReasons({ missing, clause }: ClauseRow, words: Words): string[] {
  const { language, terms } = words;
  return missing.map((why) =>
    why === 'stated'
      ? printable(clause.without?.[language] ?? terms.whyNones['not-measured'], 1000)
      : terms.whyNones[why],
  );
}

function ticketStatements(
  { promise, outcomes, longestResponse, meanResponse, answered, verdict }: TicketEvaluation,
  words: Words,
  zone: string,
): string[] {
  const { say, terms, semicolon, colon } = words;
  const elapsed = (time: number | null) => (time === null ? null : say.duration(time));
  const summary = [
    isResolutionOnly(promise)
      ? say.resolved(outcomes.length, outcomes.filter(isResolved).length)
      : say.responded(outcomes.length, elapsed(longestResponse), elapsed(meanResponse)),
    ...(answered === null ? [] : [say.answered(answered.numerator, answered.denominator)]),
    ...(verdict === null ? [] : [terms.verdicts[verdict]]),
  ];
  return [
    `${promise.clause}${colon}${summary.join(semicolon)}`,
    ...outcomes.map((outcome) => outcomeText(outcome, promise, words, zone)),
  ];
}

/** An agreement that limits the solution alone says nothing of an answer. */
function isResolutionOnly({ response, resolution }: TicketPromise): boolean {
  return response === null && resolution !== null;
}

function isResolved({ resolution }: TicketOutcome): boolean {
  return resolution.at !== null;
}

/** The last minute in time, where a limit is given. */
function dueText({ due, provisional }: Due, { say }: Words, zone: string): string[] {
  return due === null ? [] : [say.dueBy(formatMoment(due, zone), provisional)];
}

function outcomeText(
  outcome: TicketOutcome,
  promise: TicketPromise,
  words: Words,
  zone: string,
): string {
  const { say, terms, colon, semicolon } = words;
  const { ticket, sent, response, resolution, observed, verdict } = outcome;
  const { detail } = ticket;
  const number = detail.kind === 'ticket' ? printable(detail.number) : '';
  const after = ({ elapsed }: typeof response) => (elapsed === null ? null : say.duration(elapsed));
  const told = [
    `${terms.ticketEvents.sent} ${formatMoment(sent, zone)}`,
    ...(isResolutionOnly(promise)
      ? []
      : [say.respondedAfter(after(response)), ...dueText(response, words, zone)]),
    ...(promise.resolution === null
      ? []
      : [say.resolvedAfter(after(resolution)), ...dueText(resolution, words, zone)]),
    ...(observed === null ? [] : [say.failedUntil(formatMoment(observed.failedUntil, zone))]),
    ...(verdict === null ? [] : [terms.verdicts[verdict]]),
  ];
  return `${terms.recordKinds.ticket} ${number}${colon}${told.join(semicolon)}`;
}
