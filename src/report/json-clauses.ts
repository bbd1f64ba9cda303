import type { PromiseVerdict } from '../domain/promise.ts';
import type { ClauseRecord } from '../domain/record.ts';
import type { TicketEvaluation } from '../domain/ticket.ts';
import type { Due } from '../domain/ticket-outcome.ts';
import { clauseReasons, clauseStatements } from './clause-text.ts';
import { clauseRows } from './clauses.ts';
import type { Fact, FactValue } from './fact.ts';
import {
  entryJson,
  instantJson,
  instantOrNull,
  intervalJson,
  ratioJson,
  shareJson,
  tierJson,
} from './json-parts.ts';
import type { MonthReport } from './month.ts';
import { unitOfMeasure } from './promises.ts';
import type { Words } from './words/words.ts';

/** The clause table: values for a program in `facts`, `promises` and `tickets`, and in words in `value`. */
export function clausesJson(report: MonthReport, words: Words): object[] {
  const { zone } = report;
  return clauseRows(report).map((row) => {
    const { id, text, reading, classes, figure, record } = row.clause;
    return {
      id,
      text,
      reading: reading[words.language],
      classes,
      figure,
      recordKind: record,
      value: clauseStatements(row, words, report),
      without: clauseReasons(row, words),
      missing: row.missing,
      facts: row.facts.map((fact) => factJson(fact, zone)),
      promises: row.promises.map(promiseJson),
      tickets: row.tickets.map((evaluation) => ticketsJson(evaluation, zone)),
      records: row.records.map((one) => one.id),
    };
  });
}

function factJson({ name, value }: Fact, zone: string): object {
  return { name, ...valueJson(value, zone) };
}

function valueJson(value: FactValue, zone: string): object {
  switch (value.kind) {
    case 'quantity':
      return { ...value, amount: ratioJson(value.amount) };
    case 'range':
      return {
        ...value,
        least: ratioJson(value.least),
        most: value.most && ratioJson(value.most),
      };
    case 'instant':
      return { ...value, instant: instantJson(value.instant, zone) };
    case 'interval':
      return { ...value, interval: intervalJson(value.interval, zone) };
    case 'depths':
      return { ...value, depths: Object.fromEntries(value.depths) };
    case 'by-protocol':
      return { ...value, minutes: Object.fromEntries(value.minutes) };
    case 'limit':
      return { ...value, limit: shareJson(value.limit) };
    case 'tiers':
      return { ...value, tiers: value.tiers.map(tierJson) };
    default:
      return value;
  }
}

/** How one promise stands; `least` and `most` are exact, in `unit`. */
export function promiseJson({
  promise,
  verdict,
  least,
  most,
  passed,
  without,
}: PromiseVerdict): object {
  return {
    clause: promise.clause,
    measure: promise.measure,
    unit: unitOfMeasure[promise.measure],
    comparison: promise.comparison,
    limit: ratioJson(promise.limit),
    excused: promise.excused,
    verdict,
    least: least && ratioJson(least),
    most: most && ratioJson(most),
    passed: passed && {
      least: ratioJson(passed.least),
      most: passed.most && ratioJson(passed.most),
    },
    without,
  };
}

function ticketsJson(evaluation: TicketEvaluation, zone: string): object {
  const { promise, outcomes, longestResponse, meanResponse, answered, verdict } = evaluation;
  return {
    clause: promise.clause,
    verdict,
    longestResponseMilliseconds: longestResponse,
    meanResponseMilliseconds: meanResponse,
    answered: answered && shareJson(answered),
    outcomes: outcomes.map(({ ticket, sent, response, resolution, observed, ...outcome }) => ({
      record: ticket.id,
      sent: instantJson(sent, zone),
      response: dueJson(response, zone),
      resolution: dueJson(resolution, zone),
      observed: observed && {
        failedUntil: instantJson(observed.failedUntil, zone),
        recoveredAt: instantOrNull(observed.recoveredAt, zone),
      },
      verdict: outcome.verdict,
    })),
  };
}

function dueJson({ due, provisional, at, elapsed, verdict }: Due, zone: string): object {
  return {
    due: instantOrNull(due, zone),
    provisional,
    at: instantOrNull(at, zone),
    elapsedMilliseconds: elapsed,
    verdict,
  };
}

/** A recorded entry with its events, whatever its kind says. */
export function recordJson(record: ClauseRecord, zone: string): object {
  const { clause, detail, events } = record;
  return {
    ...entryJson(record, zone),
    clause,
    detail: 'at' in detail ? { ...detail, at: instantJson(detail.at, zone) } : detail,
    events: events.map((event) => ({
      ...entryJson(event, zone),
      kind: event.kind,
      at: instantJson(event.at, zone),
    })),
  };
}
