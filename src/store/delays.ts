import { type Bounds, type TimedMessage, watchedFor } from '../domain/delay-sums.ts';
import type { Interval } from '../domain/interval.ts';
import { longestSending, type Reader, type Route } from '../domain/message.ts';
import { depths } from '../domain/protocol.ts';
import { clockSkews, type Journey, type TracedDelays, tracedDelays } from '../domain/trace.ts';
import type { Connection } from './open.ts';
import { stampsOfJson } from './traces.ts';

/** Messages that were accepted in the same stretch of this length tell of their clocks together, ms. */
const skewStretch = 60 * 60_000;

/** The part of a message's way that its stamps tell apart. */
export type Leg = 'send' | 'receive';

interface MessageRow {
  readonly sentAt: number;
  readonly acceptedAt: number;
  readonly lastNotSeen: number | null;
  readonly firstSeen: number | null;
  readonly failedAt: number | null;
  /** By any reader. */
  readonly soonestSeen: number | null;
  /** JSON; see `stampsOfJson`. */
  readonly stamps: string | null;
}

/** How long the messages took that we sent. Reads only. */
export function delayReader(connection: Connection) {
  const query = (traced: boolean) =>
    connection.prepare(`
    SELECT sent_at AS sentAt, accepted_at AS acceptedAt,
      iif(own.token IS NULL, junk.last_not_seen, own.last_not_seen) AS lastNotSeen,
      coalesce(own.first_seen, junk.first_seen) AS firstSeen,
      (SELECT min(seen_at) FROM delivery_report
        WHERE delivery_report.token = message.token AND action = 'failed') AS failedAt
      ${traced ? tracedColumns : ''}
    FROM message
    LEFT JOIN sighting AS own ON own.token = message.token AND own.protocol = @protocol
    LEFT JOIN sighting AS junk
      ON junk.token = message.token AND junk.protocol = 'imap' AND junk.folder = 'junk'
    WHERE tenant = @tenant AND sent_at >= @from - ${longestSending} AND sent_at < @to
      AND accepted_at >= @from AND accepted_at < @to AND route = @route AND (recipient IS NULL OR route = 'outbound')
    ORDER BY accepted_at`);
  const plain = query(false);
  const traced = query(true);
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
     * @param leg a part of the way, as the messages' stamps bound it; null: the whole
     */
    timedMessages(
      tenant: string,
      protocol: Reader,
      within: Interval,
      watchedSince: number | null,
      route: Route = 'loop',
      leg: Leg | null = null,
    ): TimedMessage[] {
      const asked = { tenant, protocol, route, ...within };
      const rows = (leg === null ? plain : traced).all(asked) as MessageRow[];
      const partOf = leg === null ? null : legOf(rows, leg);
      return rows.flatMap((row): TimedMessage[] => {
        const { acceptedAt, lastNotSeen, firstSeen, failedAt } = row;
        const seen = firstSeen === null ? null : { lastNotSeen, firstSeen };
        if (seen === null && (watchedSince === null || acceptedAt < watchedSince)) return [];
        if (seen !== null && partOf !== null) return [{ acceptedAt, seen: partOf(row, seen) }];
        if (seen !== null) return [{ acceptedAt, seen }];
        return [{ acceptedAt, seen, failedAt, ...(leg !== null && { part: true }) }];
      });
    },
    /** How far the clock that stamped the newest message of the loop is ahead of ours, ms; null: none did. */
    skew(tenant: string, within: Interval): Bounds | null {
      for (let to = within.to, looks = 0; to > within.from && looks < 25; looks += 1) {
        const from = Math.max(within.from, Math.ceil(to / skewStretch - 1) * skewStretch);
        const asked = { tenant, protocol: 'imap', route: 'loop', from, to };
        const journeys = (traced.all(asked) as MessageRow[]).flatMap(journeyOf);
        const last = journeys.findLast(({ stamps }) => stamps.length > 0);
        const found = last && tracedDelays(last, clockSkews(journeys));
        if (found) return found.skew;
        to = from;
      }
      return null;
    },
  };
}

const tracedColumns = `,
      (SELECT min(first_seen) FROM sighting WHERE sighting.token = message.token) AS soonestSeen,
      (SELECT stamps FROM message_trace WHERE message_trace.token = message.token) AS stamps`;

function journeyOf({ sentAt, acceptedAt, soonestSeen, stamps }: MessageRow): Journey[] {
  if (soonestSeen === null) return [];
  return [{ sentAt, acceptedAt, seenAt: soonestSeen, stamps: stampsOfJson(stamps) }];
}

/** Where a leg lies on the way of a message that was seen, written as if the message had gone that leg only. */
function legOf(rows: readonly MessageRow[], leg: Leg) {
  const byStretch = Map.groupBy(rows, ({ acceptedAt }) => Math.floor(acceptedAt / skewStretch));
  const traced = new Map<MessageRow, TracedDelays | null>();
  for (const group of byStretch.values()) {
    const skews = clockSkews(group.flatMap(journeyOf));
    for (const row of group) {
      const [journey] = journeyOf(row);
      traced.set(row, journey === undefined ? null : tracedDelays(journey, skews));
    }
  }
  return (
    row: MessageRow,
    { lastNotSeen, firstSeen }: NonNullable<TimedMessage['seen']>,
  ): NonNullable<TimedMessage['seen']> => {
    const { acceptedAt } = row;
    const handed = traced.get(row)?.send ?? { least: 0, most: watchedFor };
    if (leg === 'send') {
      const most = Math.min(firstSeen, acceptedAt + handed.most);
      return { lastNotSeen: Math.min(most, acceptedAt + handed.least), firstSeen: most };
    }
    return {
      lastNotSeen: Math.max(acceptedAt, (lastNotSeen ?? acceptedAt) - handed.most),
      firstSeen: firstSeen - handed.least,
    };
  };
}
