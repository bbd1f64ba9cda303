import type { MinuteState } from '../domain/ledger.ts';
import type { Connection } from './open.ts';

/** So many minutes of a month more, or fewer, in a state. */
export interface CountChange {
  readonly month: string;
  readonly state: MinuteState;
  readonly bare: MinuteState;
  readonly by: number;
}

/** Keeps the ledger's sums; to be called in the transaction that changes its minutes. */
export function countWriter(
  connection: Connection,
): (tenant: string, contract: string, changes: readonly CountChange[]) => void {
  const adding = (table: 'minute_count' | 'bare_minute_count') =>
    connection.prepare(`
      INSERT INTO ${table} (tenant, contract, month, state, minutes) VALUES (?, ?, ?, ?, ?)
      ON CONFLICT (tenant, contract, month, state) DO UPDATE SET minutes = minutes + excluded.minutes`);
  const add = { state: adding('minute_count'), bare: adding('bare_minute_count') };
  return (tenant, contract, changes) => {
    for (const which of ['state', 'bare'] as const) {
      const sums = new Map<string, number>();
      for (const change of changes) {
        const key = `${change.month} ${change[which]}`;
        sums.set(key, (sums.get(key) ?? 0) + change.by);
      }
      for (const [key, sum] of sums)
        if (sum !== 0) add[which].run(tenant, contract, ...key.split(' '), sum);
    }
  };
}
