import type { TimedMessage } from '../domain/delay-sums.ts';
import type { Interval } from '../domain/interval.ts';
import type { Reader, Route } from '../domain/message.ts';
import { depths } from '../domain/protocol.ts';
import type { Connection } from './open.ts';

/** A message is accepted at most this long after its sending began, ms: lets the query use the index. */
const longestSending = 60 * 60_000;

interface MessageRow {
  readonly acceptedAt: number;
  readonly lastNotSeen: number | null;
  readonly firstSeen: number | null;
  readonly failedAt: number | null;
}

/** How long the messages took that we sent. Reads only. */
export function delayReader(connection: Connection) {
  const messages = connection.prepare(`
    SELECT accepted_at AS acceptedAt,
      iif(own.token IS NULL, junk.last_not_seen, own.last_not_seen) AS lastNotSeen,
      coalesce(own.first_seen, junk.first_seen) AS firstSeen,
      (SELECT min(seen_at) FROM delivery_report
        WHERE delivery_report.token = message.token AND action = 'failed') AS failedAt
    FROM message
    LEFT JOIN sighting AS own ON own.token = message.token AND own.protocol = @protocol
    LEFT JOIN sighting AS junk
      ON junk.token = message.token AND junk.protocol = 'imap' AND junk.folder = 'junk'
    WHERE tenant = @tenant AND sent_at >= @from - ${longestSending} AND sent_at < @to
      AND accepted_at >= @from AND accepted_at < @to AND route = @route AND (recipient IS NULL OR route = 'outbound')
    ORDER BY accepted_at`);
  const firstSuccess = connection
    .prepare('SELECT min(ended_at) FROM result WHERE tenant = ? AND protocol = ? AND vouches = ?')
    .pluck();

  return {
    /**
     * When the reader was first seen to work: before that it was not watched, wall ms; null if never.
     * Nothing is sent to the sink unless it listens.
     */
    watchedSince(tenant: string, protocol: Reader): number | null {
      if (protocol === 'sink') return 0;
      const firsts = depths.map((depth) => firstSuccess.get(tenant, protocol, depth));
      const instants = firsts.filter((instant) => typeof instant === 'number');
      return instants.length === 0 ? null : Math.min(...instants);
    },
    /**
     * The messages of a route that were accepted in [from, to), and when this reader saw them. Those that
     * it never saw because it was not watched yet are left out. What arrived in Junk has arrived, though
     * only IMAP can see it there.
     */
    timedMessages(
      tenant: string,
      protocol: Reader,
      within: Interval,
      watchedSince: number | null,
      route: Route = 'loop',
    ): TimedMessage[] {
      const rows = messages.all({ tenant, protocol, route, ...within }) as MessageRow[];
      return rows.flatMap(({ acceptedAt, lastNotSeen, firstSeen, failedAt }): TimedMessage[] => {
        if (firstSeen !== null) return [{ acceptedAt, seen: { lastNotSeen, firstSeen } }];
        return watchedSince === null || acceptedAt < watchedSince
          ? []
          : [{ acceptedAt, seen: null, failedAt }];
      });
    },
  };
}
