import {
  type BounceCount,
  type Fate,
  type FateCount,
  type Folder,
  fateOf,
  type MessageEvidence,
  type Route,
} from '../domain/message.ts';
import type { Connection } from './open.ts';

/** So many fates are derived in one transaction; a backlog takes several. */
const batch = 500;

/** A message whose fate is another one now. */
export interface FateChange {
  readonly token: string;
  readonly route: Route;
  readonly from: Fate;
  readonly to: Fate;
}

interface DueRow extends Omit<MessageEvidence, 'sightings'> {
  readonly token: string;
  readonly route: Route;
  readonly fate: Fate;
  readonly sightings: string;
}

/** The one fate of every message: derived from the evidence, kept so that a screen never scans a year. */
export function fateStore(connection: Connection) {
  const due = connection.prepare(`
    SELECT token, message_fate.route, fate, message.sent_at AS sentAt, accepted_at AS acceptedAt,
      refused_at AS refusedAt,
      (SELECT json_group_array(json_array(folder, last_not_seen, first_seen))
        FROM sighting WHERE sighting.token = message.token) AS sightings,
      (SELECT count(*) FROM delivery_report
        WHERE delivery_report.token = message.token AND action = 'failed') AS failedReports,
      coalesce((SELECT max(copies) FROM message_copy WHERE message_copy.token = message.token), 1)
        AS copies
    FROM message_fate JOIN message USING (token)
    WHERE message_fate.tenant = ? AND due_at <= ? LIMIT ${batch}`);
  const put = connection.prepare('UPDATE message_fate SET fate = ?, due_at = ? WHERE token = ?');
  const counts = connection.prepare(`
    SELECT route, fate, count(*) AS messages FROM message_fate
    WHERE tenant = ? AND sent_at >= ? AND sent_at < ? GROUP BY route, fate`);
  const oldest = connection.prepare(`
    SELECT message_fate.route, min(coalesce(accepted_at, message.sent_at)) AS since
    FROM message_fate JOIN message USING (token)
    WHERE message_fate.tenant = ? AND due_at IS NOT NULL AND fate = 'pending'
    GROUP BY message_fate.route`);
  const bounces = connection.prepare(`
    SELECT class, count(*) AS messages FROM (
      SELECT class, min(id) FROM delivery_report JOIN message_fate USING (token)
      WHERE tenant = @tenant AND action = 'failed' AND fate = 'bounced'
        AND seen_at >= @from AND sent_at >= @from AND sent_at < @to GROUP BY token)
    GROUP BY class`);

  const settle = connection.transaction((tenant: string, now: number, allowance: number) => {
    const changes: FateChange[] = [];
    const rows = due.all(tenant, now) as DueRow[];
    for (const { token, route, fate: from, sightings, ...plain } of rows) {
      const evidence = { ...plain, sightings: sightingsOf(sightings) };
      const { fate: to, until } = fateOf(evidence, now, allowance);
      put.run(to, until, token);
      if (to !== from) changes.push({ token, route, from, to });
    }
    return { changes, more: rows.length === batch };
  });

  return {
    /**
     * Derives the fates that new evidence or time may have changed, at most 500; `more` if others wait.
     * @param allowance ms from acceptance, within which a message is on time
     */
    settle: (
      tenant: string,
      now: number,
      allowance: number,
    ): { changes: FateChange[]; more: boolean } => settle(tenant, now, allowance),
    /** Messages whose sending began in [from, to), by route and fate; none is left out. */
    counts: (tenant: string, from: number, to: number): FateCount[] =>
      counts.all(tenant, from, to) as FateCount[],
    /** Wall ms since which the oldest message of each route has been pending. */
    oldestPending: (tenant: string): { route: Route; since: number }[] =>
      oldest.all(tenant) as { route: Route; since: number }[],
    /** Bounced messages whose sending began in [from, to), by class. */
    bounces: (tenant: string, from: number, to: number): BounceCount[] =>
      bounces.all({ tenant, from, to }) as BounceCount[],
  };
}

function sightingsOf(json: string): MessageEvidence['sightings'] {
  const rows = JSON.parse(json) as [Folder, number | null, number][];
  return rows.map(([folder, lastNotSeen, firstSeen]) => ({ folder, lastNotSeen, firstSeen }));
}
