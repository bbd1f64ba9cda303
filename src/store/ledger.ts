import type { Interval } from '../domain/interval.ts';
import {
  type FailureRun,
  type MinuteCount,
  type MinuteState,
  minuteStates,
} from '../domain/ledger.ts';
import type { Connection } from './open.ts';

export interface Progress {
  readonly closedFrom: number;
  readonly closedUntil: number;
}

/** What closing a stretch of minutes adds to the ledger. */
export interface Closing {
  readonly tenant: string;
  readonly contract: string;
  /** Whole minutes; begins where the ledger ended. */
  readonly stretch: Interval;
  readonly minutes: ReadonlyMap<number, MinuteState>;
  /** Month (YYYY-MM in the tenant's zone) of a minute. */
  readonly monthOf: (minute: number) => string;
  readonly runs: readonly FailureRun[];
}

/** The ledger: one state for every closed minute, and the runs that led to them. */
export function ledgerStore(connection: Connection) {
  const progress = connection.prepare(
    'SELECT closed_from AS closedFrom, closed_until AS closedUntil FROM ledger_progress WHERE tenant = ? AND contract = ?',
  );
  const advance = connection.prepare(`
    INSERT INTO ledger_progress (tenant, contract, closed_from, closed_until) VALUES (?, ?, ?, ?)
    ON CONFLICT (tenant, contract) DO UPDATE SET closed_until = excluded.closed_until`);
  const insertMinute = connection.prepare(
    'INSERT INTO minute (tenant, contract, minute, state) VALUES (?, ?, ?, ?)',
  );
  const addCount = connection.prepare(`
    INSERT INTO minute_count (tenant, contract, month, state, minutes) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (tenant, contract, month, state) DO UPDATE SET minutes = minutes + excluded.minutes`);
  const insertRun = connection.prepare(`
    INSERT INTO failure_run (tenant, contract, protocol, depth, certain, possible_from, possible_to,
      attempts, confirmed, attribution, phase, reason, code)
    VALUES (@tenant, @contract, @protocol, @depth, @certain, @possibleFrom, @possibleTo,
      @attempts, @confirmed, @attribution, @phase, @reason, @code)`);
  const counts = connection.prepare(
    'SELECT state, sum(minutes) AS minutes FROM minute_count WHERE tenant = ? AND contract = ? AND month GLOB ? GROUP BY state',
  );
  const minutes = connection.prepare(
    'SELECT minute, state FROM minute WHERE tenant = ? AND contract = ? AND minute >= ? AND minute < ? ORDER BY minute',
  );
  const runs = connection.prepare(
    'SELECT * FROM failure_run WHERE tenant = ? AND contract = ? AND possible_to >= ? AND possible_from < ? ORDER BY possible_from, id',
  );

  const close = connection.transaction((closing: Closing) => {
    const { tenant, contract, stretch } = closing;
    const before = progress.get(tenant, contract) as Progress | undefined;
    // Two closings must never count one minute twice, whatever called them.
    if (before !== undefined && before.closedUntil !== stretch.from)
      throw new Error(`the ledger of ${tenant} ends at ${before.closedUntil}, not ${stretch.from}`);
    const sums = new Map<string, number>();
    for (const [minute, state] of closing.minutes) {
      if (minute < stretch.from || minute >= stretch.to) continue;
      insertMinute.run(tenant, contract, minute, state);
      const key = `${closing.monthOf(minute)} ${state}`;
      sums.set(key, (sums.get(key) ?? 0) + 1);
    }
    for (const [key, sum] of sums) addCount.run(tenant, contract, ...key.split(' '), sum);
    for (const run of closing.runs) insertRun.run({ tenant, contract, ...columnsOf(run) });
    advance.run(tenant, contract, stretch.from, stretch.to);
  });

  return {
    progress: (tenant: string, contract: string): Progress | null =>
      (progress.get(tenant, contract) as Progress | undefined) ?? null,
    /** All or nothing. */
    close: (closing: Closing): void => close(closing),
    /** Closed minutes by state, of one month (`YYYY-MM`), or of all time (`*`). */
    counts(tenant: string, contract: string, month: string): MinuteCount {
      const rows = counts.all(tenant, contract, month) as { state: MinuteState; minutes: number }[];
      const found = new Map(rows.map((row) => [row.state, row.minutes]));
      return Object.fromEntries(
        minuteStates.map((state) => [state, found.get(state) ?? 0]),
      ) as MinuteCount;
    },
    minutes(tenant: string, contract: string, within: Interval): Map<number, MinuteState> {
      const rows = minutes.all(tenant, contract, within.from, within.to) as {
        minute: number;
        state: MinuteState;
      }[];
      return new Map(rows.map((row) => [row.minute, row.state]));
    },
    /** Closed runs whose possible interval touches `within`. */
    runs: (tenant: string, contract: string, within: Interval): FailureRun[] =>
      (runs.all(tenant, contract, within.from, within.to) as RunRow[]).map(runOf),
  };
}
export type LedgerStore = ReturnType<typeof ledgerStore>;

function columnsOf(run: FailureRun) {
  const { certain, possible, open: _open, confirmed, ...plain } = run;
  return {
    ...plain,
    certain: JSON.stringify(certain.map(({ from, to }) => [from, to])),
    possibleFrom: possible.from,
    possibleTo: possible.to,
    confirmed: confirmed ? 1 : 0,
  };
}

type RunRow = Omit<FailureRun, 'certain' | 'possible' | 'open' | 'confirmed'> & {
  certain: string;
  possible_from: number;
  possible_to: number;
  confirmed: number;
};

function runOf(row: RunRow): FailureRun {
  const pieces = JSON.parse(row.certain) as [number, number][];
  return {
    protocol: row.protocol,
    depth: row.depth,
    certain: pieces.map(([from, to]) => ({ from, to })),
    possible: { from: row.possible_from, to: row.possible_to },
    open: false,
    attempts: row.attempts,
    confirmed: row.confirmed === 1,
    attribution: row.attribution,
    phase: row.phase,
    reason: row.reason,
    code: row.code,
  };
}
