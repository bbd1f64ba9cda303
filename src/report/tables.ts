import { formatInstant } from '../domain/calendar.ts';
import { refusalWording } from '../domain/exclusion.ts';
import { type Interval, lengthOf, minuteLength, union } from '../domain/interval.ts';
import { clauseReasons, clauseStatements } from './clause-text.ts';
import { clauseRows } from './clauses.ts';
import type { MonthReport, ReportedExclusion, ReportedRun } from './month.ts';
import { runsInOrder, saidTexts } from './outages.ts';
import { pushFacts } from './push.ts';
import { entryTexts } from './record-text.ts';
import type { Cell, Column, Table, TableName } from './table.ts';
import { factLabel, factValue } from './value.ts';
import { printable } from './wording.ts';
import type { Words } from './words/words.ts';

type Row = Readonly<Partial<Record<Column, Cell>>>;

const columnsOf: Readonly<Record<TableName, readonly Column[]>> = {
  minutes: ['minute', 'state', 'without_exclusions'],
  outages: [
    ...(['number', 'protocol', 'depth', 'phase', 'reason', 'code'] as const),
    ...(['certain_from', 'certain_to', 'certain_pieces', 'certain_seconds'] as const),
    ...(['possible_from', 'possible_to', 'possible_seconds', 'open'] as const),
    ...(['attempts', 'confirmed', 'attribution', 'attribution_by_evidence'] as const),
    ...(['attribution_changed', 'counted_minutes'] as const),
    ...(['first_result', 'last_result', 'failed_results', 'mailbox'] as const),
  ],
  clauses: ['clause', 'class', 'text', 'reading', 'value', 'without_value'],
  exclusions: [
    ...(['id', 'kind', 'from', 'to', 'notified', 'approved_by', 'source'] as const),
    ...(['evidence', 'note', 'author', 'entered'] as const),
    ...(['counted_seconds', 'refused', 'withdrawn'] as const),
  ],
  push: ['item', 'value'],
};

/** One table of a month: its columns are the same whatever the month and the language. */
export function tableOf(name: TableName, report: MonthReport, words: Words): Table {
  const columns = ['tenant', 'month', ...columnsOf[name]] as const;
  const { tenant, month } = report;
  return {
    columns,
    rows: rowsOf(name, report, words).map((row) => {
      const whole: Row = { tenant, month, ...row };
      return columns.map((column) => whole[column] ?? null);
    }),
  };
}

function rowsOf(name: TableName, report: MonthReport, words: Words): Row[] {
  switch (name) {
    case 'minutes':
      return minuteRows(report, words);
    case 'outages':
      return runsInOrder(report).map((run, index) => outageRow(run, index + 1, report.zone, words));
    case 'clauses':
      return clauseTableRows(report, words);
    case 'exclusions':
      return report.exclusions.map((one) => exclusionRow(one, report.zone, words));
    case 'push':
      return (pushFacts(report) ?? []).map((fact) => ({
        item: factLabel(fact, words),
        value: factValue(fact, words, report.zone),
      }));
  }
}

/** Every minute of the rented period that is over; what the ledger does not have is unknown. */
function minuteRows(report: MonthReport, { terms }: Words): Row[] {
  const { verdicts, states, bareStates, zone, generatedAt } = report;
  const { from, to } = verdicts.figures.period;
  const rows: Row[] = [];
  for (
    let minute = from;
    minute + minuteLength <= Math.min(to, generatedAt);
    minute += minuteLength
  ) {
    const bare = bareStates?.get(minute);
    rows.push({
      minute: formatInstant(minute, zone),
      state: terms.states[states.get(minute) ?? 'unknown'].name,
      without_exclusions: bare === undefined ? null : terms.states[bare].name,
    });
  }
  return rows;
}

function outageRow(run: ReportedRun, number: number, zone: string, words: Words): Row {
  const { terms, semicolon } = words;
  const [first] = run.certain;
  const last = run.certain.at(-1);
  return {
    number,
    protocol: terms.protocols[run.protocol],
    depth: terms.depths[run.depth],
    phase: terms.phases[run.phase],
    reason: terms.reasons[run.reason],
    code: run.code,
    certain_from: first === undefined ? null : formatInstant(first.from, zone),
    certain_to: last === undefined ? null : formatInstant(last.to, zone),
    certain_pieces: run.certain.length,
    certain_seconds: secondsOf(run.certain),
    possible_from: formatInstant(run.possible.from, zone),
    possible_to: formatInstant(run.possible.to, zone),
    possible_seconds: secondsOf([run.possible]),
    open: run.open ? 1 : 0,
    attempts: run.attempts,
    confirmed: run.confirmed ? 1 : 0,
    attribution: terms.attributions[run.attribution],
    attribution_by_evidence: run.evident === null ? null : terms.attributions[run.evident],
    attribution_changed: saidTexts(run, zone, words).join(semicolon) || null,
    counted_minutes: run.counted,
    first_result: run.results?.first ?? null,
    last_result: run.results?.last ?? null,
    failed_results: run.results?.count ?? null,
    mailbox: run.mailbox ?? null,
  };
}

function clauseTableRows(report: MonthReport, words: Words): Row[] {
  const { terms, comma, semicolon, language } = words;
  return clauseRows(report).map((row) => ({
    clause: row.clause.id,
    class: row.clause.classes.map((one) => terms.classes[one]).join(comma),
    text: row.clause.text,
    reading: row.clause.reading[language],
    value: clauseStatements(row, words, report).join(semicolon) || null,
    without_value: clauseReasons(row, words).join(semicolon) || null,
  }));
}

function exclusionRow(one: ReportedExclusion, zone: string, words: Words): Row {
  const { exclusion, counted, refused } = one;
  const { id, kind, from, to, notifiedAt, approvedBy, source, author, enteredAt } = exclusion;
  const instant = (at: number | null) => (at === null ? null : formatInstant(at, zone));
  return {
    id,
    kind: words.terms.exclusionKinds[kind],
    from: instant(from),
    to: instant(to),
    notified: instant(notifiedAt),
    approved_by: approvedBy,
    source,
    evidence: exclusion.evidence,
    note: exclusion.note,
    author,
    entered: instant(enteredAt),
    counted_seconds: secondsOf(counted),
    refused:
      refused.map(({ why }) => refusalWording[why][words.language]).join(words.comma) || null,
    withdrawn:
      exclusion.withdrawn === null
        ? null
        : printable(entryTexts(exclusion, words, zone).at(-1) ?? '', 2000),
  };
}

/** Seconds with their three decimals, exact. */
function secondsOf(pieces: readonly Interval[]): string {
  const milliseconds = union(pieces).reduce((sum, piece) => sum + lengthOf(piece), 0);
  return `${Math.floor(milliseconds / 1000)}.${String(milliseconds % 1000).padStart(3, '0')}`;
}
