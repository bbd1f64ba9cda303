import type { Interval } from '../domain/interval.ts';
import type { FailureRun } from '../domain/ledger.ts';
import { type CountChange, countWriter } from './counts.ts';
import type { LedgerMinute } from './ledger.ts';
import type { Connection } from './open.ts';
import { keyOf, type RunRow, runOf, runWriter } from './runs.ts';

/** A stretch of the ledger, judged anew. */
export interface Revision {
  readonly tenant: string;
  readonly contract: string;
  /** Whole minutes, inside what is closed; no run crosses its ends. */
  readonly stretch: Interval;
  readonly minutes: ReadonlyMap<number, LedgerMinute>;
  /** The runs that end in the stretch. */
  readonly runs: readonly FailureRun[];
  readonly monthOf: (minute: number) => string;
  readonly cause: string;
  /** Wall ms. */
  readonly revisedAt: number;
}

/** Writes what was judged anew; what stood before stays on record, and what is the same is not touched. */
export function revisionStore(connection: Connection) {
  const stored = connection.prepare(
    `SELECT minute, state, bare FROM minute WHERE tenant = ? AND contract = ? AND minute >= ? AND minute < ?
       AND NOT (state = 'available' AND bare = 'available')`,
  );
  const storedRuns = connection.prepare(`
    SELECT * FROM failure_run WHERE superseded_by IS NULL AND tenant = ? AND contract = ?
      AND possible_to >= ? AND possible_to < ?`);
  const begin = connection.prepare(`
    INSERT INTO ledger_revision (tenant, contract, revised_at, from_at, to_at, cause, changed)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const remember = connection.prepare(
    'INSERT INTO minute_before (revision, minute, state, bare) VALUES (?, ?, ?, ?)',
  );
  const replace = connection.prepare(
    'UPDATE minute SET state = ?, bare = ? WHERE tenant = ? AND contract = ? AND minute = ?',
  );
  const supersede = connection.prepare('UPDATE failure_run SET superseded_by = ? WHERE id = ?');
  const setTerms = connection.prepare(
    'UPDATE ledger_progress SET terms = ? WHERE tenant = ? AND contract = ?',
  );
  const list = connection.prepare(`
    SELECT revised_at AS revisedAt, from_at AS "from", to_at AS "to", cause, changed
    FROM ledger_revision WHERE tenant = ? AND contract = ? AND to_at > ? AND from_at < ? ORDER BY id`);
  const insertRun = runWriter(connection);
  const addCounts = countWriter(connection);

  /** Most minutes are and stay available: those are not even read. */
  function changedMinutes({ tenant, contract, stretch, minutes }: Revision) {
    const rows = stored.all(tenant, contract, stretch.from, stretch.to) as ({
      minute: number;
    } & LedgerMinute)[];
    const known = new Map(rows.map((row) => [row.minute, row]));
    const changed: { before: LedgerMinute & { minute: number }; after: LedgerMinute }[] = [];
    for (const [minute, after] of minutes) {
      if (minute < stretch.from || minute >= stretch.to) continue;
      const before = known.get(minute) ?? { minute, state: 'available', bare: 'available' };
      if (after.state !== before.state || after.bare !== before.bare)
        changed.push({ before, after });
    }
    return changed;
  }

  function changedRuns({ tenant, contract, stretch, runs }: Revision) {
    const rows = storedRuns.all(tenant, contract, stretch.from, stretch.to) as RunRow[];
    const known = new Set(rows.map((row) => keyOf(runOf(row))));
    const found = new Set(runs.map(keyOf));
    return {
      gone: rows.filter((row) => !found.has(keyOf(runOf(row)))),
      added: runs.filter((run) => !known.has(keyOf(run))),
    };
  }

  /** All or nothing. @returns how many minutes have another state now */
  const revise = connection.transaction((revision: Revision): number => {
    const { tenant, contract, stretch, monthOf } = revision;
    const changed = changedMinutes(revision);
    const { gone, added } = changedRuns(revision);
    if (changed.length === 0 && gone.length === 0 && added.length === 0) return 0;
    const { lastInsertRowid: id } = begin.run(
      tenant,
      contract,
      revision.revisedAt,
      stretch.from,
      stretch.to,
      revision.cause,
      changed.length,
    );
    const counts: CountChange[] = [];
    for (const { before, after } of changed) {
      remember.run(id, before.minute, before.state, before.bare);
      replace.run(after.state, after.bare, tenant, contract, before.minute);
      const month = monthOf(before.minute);
      counts.push({ month, ...before, by: -1 }, { month, ...after, by: 1 });
    }
    addCounts(tenant, contract, counts);
    for (const row of gone) supersede.run(id, row.id);
    for (const run of added) insertRun(tenant, contract, run);
    return changed.length;
  });

  return {
    revise: (revision: Revision): number => revise(revision),
    setTerms: (tenant: string, contract: string, terms: string): void =>
      void setTerms.run(terms, tenant, contract),
    /** Revisions that touched `within`, in the order in which they were made. */
    list: (tenant: string, contract: string, within: Interval) =>
      list.all(tenant, contract, within.from, within.to) as (Interval & {
        revisedAt: number;
        cause: string;
        changed: number;
      })[],
  };
}
