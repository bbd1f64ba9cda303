import type { Clause } from '../domain/clause.ts';
import type { PromiseVerdict } from '../domain/promise.ts';
import { type ClauseRecord, clauseCovers, recordsOf } from '../domain/record.ts';
import { evaluateTickets, hears, type TicketEvaluation } from '../domain/ticket.ts';
import { ticketPromisesOf } from '../domain/ticket-promise.ts';
import { clauseFigureOf } from './clause-figures.ts';
import type { Fact, WhyNone } from './fact.ts';
import type { MonthReport } from './month.ts';
import { recordsOfMonth } from './records.ts';

/** One row of the clause table: a value, or why there is none. Never neither. */
export interface ClauseRow {
  readonly clause: Clause;
  readonly facts: readonly Fact[];
  /** How the promises stand that this clause states. */
  readonly promises: readonly PromiseVerdict[];
  /** How the recorded tickets stand against what it promises of them. */
  readonly tickets: readonly TicketEvaluation[];
  readonly records: readonly ClauseRecord[];
  /** Why a part of the value is missing; `stated`: the contract's own words say why. */
  readonly missing: readonly (WhyNone | 'stated')[];
}

/** Every clause of the contract, in its order. */
export function clauseRows(report: MonthReport): ClauseRow[] {
  const records = recordsOfMonth(report);
  return report.contract.clauses.map((clause) => clauseRow(clause, report, records));
}

function clauseRow(
  clause: Clause,
  report: MonthReport,
  records: readonly ClauseRecord[],
): ClauseRow {
  const said = clause.figure === null ? [] : clauseFigureOf[clause.figure](report);
  const own = recordsOf(clause, records).filter((record) => concerns(clause, record));
  const missing: (WhyNone | 'stated')[] = typeof said === 'string' ? [said] : [];
  if (clause.record !== null && own.length === 0) missing.push('nothing-recorded');
  if (clause.figure === null && clause.record === null) missing.push('stated');
  return {
    clause,
    facts: typeof said === 'string' ? [] : said,
    promises: report.verdicts.promises.filter(({ promise }) =>
      clauseCovers(clause.id, promise.clause),
    ),
    tickets: ticketsOf(clause, own, report),
    records: own,
    missing,
  };
}

/** A clause that promises something of certain tickets is not about the others, unless they name it. */
function concerns(clause: Clause, record: ClauseRecord): boolean {
  const promises = ticketPromisesOf(clause.id);
  if (record.clause !== null || record.detail.kind !== 'ticket' || promises.length === 0)
    return true;
  return promises.some((promise) => hears(promise, record));
}

function ticketsOf(
  clause: Clause,
  own: readonly ClauseRecord[],
  { period, zone, generatedAt: now, runs: all }: MonthReport,
): TicketEvaluation[] {
  const runs = all.filter(({ attribution }) => attribution === 'provider');
  return ticketPromisesOf(clause.id)
    .map((promise) => evaluateTickets(promise, own, { period, zone, now, runs }))
    .filter(({ outcomes }) => outcomes.length > 0);
}
