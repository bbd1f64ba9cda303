import { type Interval, lengthOf, union } from '../../src/domain/interval.ts';
import { rows } from '../daemon/daemon.ts';
import { type Outage, truthOf } from './outages.ts';

interface Run {
  readonly certain: string;
  readonly possible_from: number;
  readonly possible_to: number;
  readonly attribution: string;
}

/** What the ledger holds of one outage. */
export interface Judged {
  readonly outage: Outage;
  readonly attributions: readonly string[];
  readonly certain: readonly Interval[];
  readonly possible: readonly Interval[];
}

/**
 * The closed runs that touch the outage. A message that was on its way when a service died is a
 * failure of its readers from 60 s after its acceptance on, by definition and at another time.
 */
export function judgedOf(database: string, tenant: string, outage: Outage): Judged {
  const runs = rows<Run>(
    database,
    `SELECT certain, possible_from, possible_to, attribution FROM failure_run
     WHERE tenant = ? AND protocol = ? AND superseded_by IS NULL AND reason <> 'not-delivered'
       AND possible_to >= ? AND possible_from <= ?`,
    tenant,
    outage.protocol,
    outage.earliest,
    outage.latest,
  );
  const pieces = runs.flatMap(({ certain }) => JSON.parse(certain) as [number, number][]);
  return {
    outage,
    attributions: runs.map(({ attribution }) => attribution),
    certain: union(pieces.map(([from, to]) => ({ from, to }))),
    possible: union(runs.map((run) => ({ from: run.possible_from, to: run.possible_to }))),
  };
}

export function total(intervals: readonly Interval[]): number {
  return intervals.reduce((sum, one) => sum + lengthOf(one), 0);
}

/** How far the certain part is short of the truth, ms. */
export function shortBy({ certain, outage }: Judged): number {
  return truthOf(outage) - total(certain);
}

/** How far the possible part goes beyond the truth, ms. */
export function beyondBy({ possible, outage }: Judged): number {
  return total(possible) - truthOf(outage);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
