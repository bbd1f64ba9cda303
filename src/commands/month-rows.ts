import type { TimedMessage } from '../domain/delay.ts';
import type { Interval } from '../domain/interval.ts';
import { depths, type Protocol } from '../domain/protocol.ts';
import type { ResultRange } from '../report/month.ts';
import type { Connection } from '../store/open.ts';

/** An attempt of a run can end this long after the run itself, ms: what was begun before still failed in it. */
const longestAttempt = 60 * 60_000;
/** A message is accepted at most this long after its sending began, ms: lets the query use the index. */
const longestSending = 60 * 60_000;

interface MessageRow {
  readonly acceptedAt: number;
  readonly lastNotSeen: number | null;
  readonly firstSeen: number | null;
}

/** Rows of the evidence that only a month's report asks for. Reads only. */
export function monthRows(connection: Connection) {
  const messages = connection.prepare(`
    SELECT accepted_at AS acceptedAt, last_not_seen AS lastNotSeen, first_seen AS firstSeen
    FROM message LEFT JOIN sighting ON sighting.token = message.token AND sighting.protocol = @protocol
    WHERE tenant = @tenant AND sent_at >= @from - ${longestSending} AND sent_at < @to
      AND accepted_at >= @from AND accepted_at < @to
    ORDER BY accepted_at`);
  const firstSuccess = connection
    .prepare('SELECT min(ended_at) FROM result WHERE tenant = ? AND protocol = ? AND vouches = ?')
    .pluck();
  const failed = connection.prepare(`
    SELECT min(id) AS first, max(id) AS last, count(*) AS count FROM result
    WHERE tenant = @tenant AND protocol = @protocol AND reason IS NOT NULL
      AND ended_at >= @from AND ended_at <= @to + ${longestAttempt}
      AND proven_to >= @from AND proven_from <= @to AND started_at <= @to`);
  const seal = connection.prepare('SELECT day, hash FROM seal ORDER BY day DESC LIMIT 1');

  /** When the protocol was first seen to work: before that it was not watched, wall ms; null if never. */
  function watchedSince(tenant: string, protocol: Protocol): number | null {
    const firsts = depths.map((depth) => firstSuccess.get(tenant, protocol, depth));
    const instants = firsts.filter((instant) => typeof instant === 'number');
    return instants.length === 0 ? null : Math.min(...instants);
  }

  return {
    /**
     * The messages that were accepted in [from, to), and when this reader saw them. Those that it never
     * saw because it was not watched yet are left out.
     */
    timedMessages(tenant: string, protocol: Protocol, within: Interval): TimedMessage[] {
      const since = watchedSince(tenant, protocol);
      const rows = messages.all({ tenant, protocol, ...within }) as MessageRow[];
      return rows.flatMap(({ acceptedAt, lastNotSeen, firstSeen }): TimedMessage[] => {
        if (firstSeen !== null) return [{ acceptedAt, seen: { lastNotSeen, firstSeen } }];
        return since === null || acceptedAt < since ? [] : [{ acceptedAt, seen: null }];
      });
    },
    /** The stored failed results of a protocol whose failure lies in the interval; null when there is none. */
    failedResults(tenant: string, protocol: Protocol, within: Interval): ResultRange | null {
      const row = failed.get({ tenant, protocol, ...within }) as ResultRange;
      return row.count === 0 ? null : row;
    },
    /** The newest link of the chain over the results; whether it holds is for `verify` to say. */
    newestSeal: (): { day: string; hash: string } | null =>
      (seal.get() as { day: string; hash: string } | undefined) ?? null,
  };
}
