import type { Interval } from '../domain/interval.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { ResultRange } from '../report/month.ts';
import type { Connection } from '../store/open.ts';

/** An attempt of a run can end this long after the run itself, ms: what was begun before still failed in it. */
const longestAttempt = 60 * 60_000;

/** Rows of the evidence that only a month's report asks for. Reads only. */
export function monthRows(connection: Connection) {
  const failed = connection.prepare(`
    SELECT min(id) AS first, max(id) AS last, count(*) AS count FROM result
    WHERE tenant = @tenant AND protocol = @protocol AND reason IS NOT NULL
      AND (@mailbox IS NULL OR mailbox IS NULL OR mailbox = @mailbox)
      AND ended_at >= @from AND ended_at <= @to + ${longestAttempt}
      AND proven_to >= @from AND proven_from <= @to AND started_at <= @to`);
  const seal = connection.prepare('SELECT day, hash FROM seal ORDER BY day DESC LIMIT 1');

  return {
    /** The failed results of a mailbox (null: of all) and protocol with failure in the interval; null: none. */
    failedResults(
      tenant: string,
      protocol: Protocol,
      within: Interval,
      mailbox: string | null = null,
    ): ResultRange | null {
      const row = failed.get({ tenant, protocol, mailbox, ...within }) as ResultRange;
      return row.count === 0 ? null : row;
    },
    /** The newest link of the chain over the results; whether it holds is for `verify` to say. */
    newestSeal: (): { day: string; hash: string } | null =>
      (seal.get() as { day: string; hash: string } | undefined) ?? null,
  };
}
