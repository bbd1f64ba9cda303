import type { Stamp, Trace } from '../domain/trace.ts';
import type { Connection } from './open.ts';

/** What the headers of our messages say of their way: of each message, what was read first. */
export function traceStore(connection: Connection) {
  const insert = connection.prepare(`
    INSERT INTO message_trace (token, stamps, seen_at)
    SELECT token, @stamps, @seenAt FROM message WHERE token = @token
    ON CONFLICT (token) DO NOTHING`);
  const any = connection
    .prepare(`
      SELECT EXISTS (SELECT 1 FROM message JOIN message_trace USING (token)
        WHERE tenant = ? AND sent_at >= ? AND sent_at < ?)`)
    .pluck();
  return {
    /** Of strangers' messages, and without a stamp: nothing is written. */
    traced({ token, stamps, seenAt }: Trace): void {
      if (stamps.length > 0) insert.run({ token, stamps: jsonOf(stamps), seenAt });
    },
    /** Whether a message of the tenant whose sending began in [from, to) has one. */
    has: (tenant: string, from: number, to: number): boolean => any.get(tenant, from, to) === 1,
  };
}

type Row = readonly [host: string, at: number, submission: 0 | 1];

function jsonOf(stamps: readonly Stamp[]): string {
  return JSON.stringify(stamps.map(({ host, at, submission }) => [host, at, submission ? 1 : 0]));
}

/** The stamps of a row; none without a row. */
export function stampsOfJson(json: string | null): Stamp[] {
  if (json === null) return [];
  const rows = JSON.parse(json) as Row[];
  return rows.map(([host, at, submission]) => ({ host, at, submission: submission === 1 }));
}
