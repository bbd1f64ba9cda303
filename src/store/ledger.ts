import type { Interval } from '../domain/interval.ts';
import {
  type FailureRun,
  type MinuteCount,
  type MinuteState,
  minuteStates,
} from '../domain/ledger.ts';
import { type CountChange, countWriter } from './counts.ts';
import type { Connection } from './open.ts';
import { type RunRow, runOf, runWriter } from './runs.ts';

export interface Progress {
  readonly closedFrom: number;
  readonly closedUntil: number;
  /** Hash of the terms that the ledger was judged by. */
  readonly terms: string;
}

/** A minute's state, and what it were had nothing been excluded. */
export interface LedgerMinute {
  readonly state: MinuteState;
  readonly bare: MinuteState;
}

/** What closing a stretch of minutes adds to the ledger. */
export interface Closing {
  readonly tenant: string;
  readonly contract: string;
  /** Whole minutes; begins where the ledger ended. */
  readonly stretch: Interval;
  readonly minutes: ReadonlyMap<number, LedgerMinute>;
  readonly terms: string;
  /** Month (YYYY-MM in the contract's zone) of a minute. */
  readonly monthOf: (minute: number) => string;
  readonly runs: readonly FailureRun[];
}

interface CountRow {
  readonly state: MinuteState;
  readonly minutes: number;
}

/** The ledger: one state for every closed minute, and the runs that led to them. */
export function ledgerStore(connection: Connection) {
  const progress = connection.prepare(
    'SELECT closed_from AS closedFrom, closed_until AS closedUntil, terms FROM ledger_progress WHERE tenant = ? AND contract = ?',
  );
  const advance = connection.prepare(`
    INSERT INTO ledger_progress (tenant, contract, closed_from, closed_until, terms)
    VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tenant, contract) DO UPDATE SET closed_until = excluded.closed_until`);
  const insertMinute = connection.prepare(
    'INSERT INTO minute (tenant, contract, minute, state, bare) VALUES (?, ?, ?, ?, ?)',
  );
  const addCounts = countWriter(connection);
  const insertRun = runWriter(connection);
  const countsOf = (table: 'minute_count' | 'bare_minute_count') =>
    connection.prepare(
      `SELECT state, sum(minutes) AS minutes FROM ${table} WHERE tenant = ? AND contract = ? AND month GLOB ? GROUP BY state`,
    );
  const counts = { state: countsOf('minute_count'), bare: countsOf('bare_minute_count') };
  const within = (column: 'state' | 'bare') =>
    connection.prepare(
      `SELECT ${column} AS state, count(*) AS minutes FROM minute WHERE tenant = ? AND contract = ? AND minute >= ? AND minute < ? GROUP BY 1`,
    );
  const countsWithin = { state: within('state'), bare: within('bare') };
  const minutes = connection.prepare(
    'SELECT minute, state, bare FROM minute WHERE tenant = ? AND contract = ? AND minute >= ? AND minute < ? ORDER BY minute',
  );
  const runs = connection.prepare(
    'SELECT * FROM failure_run WHERE superseded_by IS NULL AND tenant = ? AND contract = ? AND possible_to >= ? AND possible_from < ? ORDER BY possible_from, id',
  );

  const close = connection.transaction((closing: Closing) => {
    const { tenant, contract, stretch } = closing;
    const before = progress.get(tenant, contract) as Progress | undefined;
    // Two closings must never count one minute twice, whatever called them.
    if (before !== undefined && before.closedUntil !== stretch.from)
      throw new Error(`the ledger of ${tenant} ends at ${before.closedUntil}, not ${stretch.from}`);
    const added: CountChange[] = [];
    for (const [minute, { state, bare }] of closing.minutes) {
      if (minute < stretch.from || minute >= stretch.to) continue;
      insertMinute.run(tenant, contract, minute, state, bare);
      added.push({ month: closing.monthOf(minute), state, bare, by: 1 });
    }
    addCounts(tenant, contract, added);
    for (const run of closing.runs) insertRun(tenant, contract, run);
    advance.run(tenant, contract, stretch.from, stretch.to, closing.terms);
  });

  return {
    progress: (tenant: string, contract: string): Progress | null =>
      (progress.get(tenant, contract) as Progress | undefined) ?? null,
    /** All or nothing. */
    close: (closing: Closing): void => close(closing),
    /** Closed minutes by state, of one month (`YYYY-MM`), or of all time (`*`). */
    counts(
      tenant: string,
      contract: string,
      month: string,
      which: 'state' | 'bare' = 'state',
    ): MinuteCount {
      return countOf(counts[which].all(tenant, contract, month) as CountRow[]);
    },
    /** The same of any time; reads every minute of it. */
    countsWithin: (
      tenant: string,
      contract: string,
      { from, to }: Interval,
      which: 'state' | 'bare',
    ): MinuteCount => countOf(countsWithin[which].all(tenant, contract, from, to) as CountRow[]),
    minutes(tenant: string, contract: string, within: Interval): Map<number, LedgerMinute> {
      const rows = minutes.all(tenant, contract, within.from, within.to) as ({
        minute: number;
      } & LedgerMinute)[];
      return new Map(rows.map(({ minute, state, bare }) => [minute, { state, bare }]));
    },
    /** Closed runs whose possible interval touches `within`. */
    runs: (tenant: string, contract: string, within: Interval): FailureRun[] =>
      (runs.all(tenant, contract, within.from, within.to) as RunRow[]).map(runOf),
  };
}

function countOf(rows: readonly CountRow[]): MinuteCount {
  const found = new Map(rows.map(({ state, minutes }) => [state, minutes]));
  return Object.fromEntries(
    minuteStates.map((state) => [state, found.get(state) ?? 0]),
  ) as MinuteCount;
}
