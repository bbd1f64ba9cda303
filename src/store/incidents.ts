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
  return {
    record: (incident: Incident): void => void insert.run(incident),
    /** Intervals of which nothing is known, that touch [from, to). */
    blind: (from: number, to: number): Interval[] => blind.all(from, to) as Interval[],
  };
}
