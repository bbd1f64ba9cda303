import type { Interval } from '../domain/interval.ts';
import type { Connection } from './open.ts';

/** `start` and `stop` tell the story; `clock-step` and `pause` make minutes unknown. */
export type IncidentKind = 'start' | 'stop' | 'clock-step' | 'pause';

export interface Incident extends Interval {
  readonly kind: IncidentKind;
  readonly detail: string;
}

/** What befell the daemon itself. */
export function incidentStore(connection: Connection) {
  const insert = connection.prepare(
    'INSERT INTO incident (kind, from_at, to_at, detail) VALUES (@kind, @from, @to, @detail)',
  );
  const blind = connection.prepare(`
    SELECT from_at AS "from", to_at AS "to" FROM incident
    WHERE kind IN ('clock-step', 'pause') AND to_at >= ? AND from_at < ? ORDER BY from_at`);
  const since = connection.prepare(`
    SELECT id, from_at AS "from", to_at AS "to" FROM incident
    WHERE kind IN ('clock-step', 'pause') AND id > ? ORDER BY id`);
  const starts = connection
    .prepare("SELECT id FROM incident WHERE kind = 'start' ORDER BY id DESC LIMIT 1 OFFSET 1")
    .pluck();
  return {
    record: (incident: Incident): void => void insert.run(incident),
    /** Intervals of which nothing is known, that touch [from, to). */
    blind: (from: number, to: number): Interval[] => blind.all(from, to) as Interval[],
    /** Those written after this one, in the order in which they were found out. */
    blindSince: (id: number) => since.all(id) as (Interval & { readonly id: number })[],
    /** Id of the daemon's start before this one; 0 if it never ran before. */
    startBefore: (): number => (starts.get() as number | undefined) ?? 0,
  };
}
