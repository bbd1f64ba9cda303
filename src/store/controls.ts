import type { ControlResult } from '../domain/control.ts';
import type { Connection } from './open.ts';

type Row = Omit<ControlResult, 'ok'> & { ok: number };

/** What the control targets answered: facts, inserted once, a round at a time. */
export function controlStore(connection: Connection) {
  const lastRound = connection.prepare('SELECT max(round) AS round FROM control_result');
  const insert = connection.prepare(`
    INSERT INTO control_result (round, target, started_at, ended_at, monotonic_start, monotonic_end,
      ok, reason, address, connect_microseconds)
    VALUES (@round, @target, @startedAt, @endedAt, @monotonicStart, @monotonicEnd,
      @ok, @reason, @address, @connectMicroseconds)`);
  // A round of which any result ended in time comes whole: its verdict needs every target.
  const within = connection.prepare(`
    SELECT round, target, started_at AS startedAt, ended_at AS endedAt,
      monotonic_start AS monotonicStart, monotonic_end AS monotonicEnd, ok, reason, address,
      connect_microseconds AS connectMicroseconds
    FROM control_result
    WHERE round IN (SELECT round FROM control_result WHERE ended_at >= ? AND ended_at < ?)
    ORDER BY id`);

  const record = connection.transaction((results: readonly Omit<ControlResult, 'round'>[]) => {
    const round = ((lastRound.get() as { round: number | null }).round ?? 0) + 1;
    for (const result of results) insert.run({ ...result, round, ok: result.ok ? 1 : 0 });
  });

  return {
    /** All or nothing, under a number of its own. @throws when the disk is full */
    record: (results: readonly Omit<ControlResult, 'round'>[]): void => record(results),
    /** The rounds that ended, in whole or in part, in [from, to). */
    results: (from: number, to: number): ControlResult[] =>
      (within.all(from, to) as Row[]).map((row) => ({ ...row, ok: row.ok === 1 })),
  };
}
