import type { Interval } from '../domain/interval.ts';
import { type MinuteCount, type MinuteState, minuteStates } from '../domain/ledger.ts';
import type { Connection } from './open.ts';

/** A stretch of the ledger that was judged anew. */
export interface RevisedStretch extends Interval {
  readonly id: number;
}

/** The ledger's minutes by stretch, and what has changed of it since. Reads only. */
export function dayReader(connection: Connection) {
  const counts = connection.prepare(
    'SELECT state, count(*) AS minutes FROM minute WHERE tenant = ? AND contract = ? AND minute >= ? AND minute < ? GROUP BY state',
  );
  const revised = connection.prepare(`
    SELECT id, from_at AS "from", to_at AS "to" FROM ledger_revision
    WHERE id > ? AND tenant = ? AND contract = ? ORDER BY id`);
  const newest = connection.prepare('SELECT coalesce(max(id), 0) FROM ledger_revision').pluck();

  return {
    /** Closed minutes of the stretch, by state. */
    countsIn(tenant: string, contract: string, { from, to }: Interval): MinuteCount {
      const rows = counts.all(tenant, contract, from, to) as {
        state: MinuteState;
        minutes: number;
      }[];
      const found = new Map(rows.map(({ state, minutes }) => [state, minutes]));
      return Object.fromEntries(
        minuteStates.map((state) => [state, found.get(state) ?? 0]),
      ) as MinuteCount;
    },
    /** Id of the newest revision of any ledger; 0 before the first. */
    newestRevision: (): number => newest.get() as number,
    revisedSince: (id: number, tenant: string, contract: string): RevisedStretch[] =>
      revised.all(id, tenant, contract) as RevisedStretch[],
  };
}
