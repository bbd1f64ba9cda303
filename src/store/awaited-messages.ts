import { type Folder, longestSending, type Reader, type Route } from '../domain/message.ts';
import type { Connection } from './open.ts';

export interface StoredMessage {
  readonly token: string;
  readonly acceptedAt: number;
  readonly route: Route;
}

/** A message that is in the mailbox, or may be. */
export interface LeftMessage {
  readonly token: string;
  readonly acceptedAt: number | null;
  readonly sentAt: number;
  /** How many readers have seen it. */
  readonly seenBy: number;
  /** It is not in the inbox: it lies in Junk, or only the report that it failed is there. */
  readonly astray: boolean;
}

/** Null: whatever mailbox it was sent to. What names none was sent to the one that is the `first` now. */
export interface Recipient {
  readonly address: string;
  readonly first: boolean;
}
const isOf = '(@address IS NULL OR mailbox = @address OR (mailbox IS NULL AND @first = 1))';

function ofRecipient(recipient: Recipient | null) {
  return { address: recipient?.address ?? null, first: recipient?.first === true ? 1 : 0 };
}

/** Which messages are still to be looked for, or to be removed. Reads only. */
export function awaitedMessages(connection: Connection) {
  const sql = awaiting(connection);
  return {
    /**
     * Accepted messages to the tenant's mailbox that the protocol has not seen, newest first, at most
     * `most`. Not those that arrived in Junk, nor those that a full mailbox or a policy kept away.
     */
    awaitedBy(
      tenant: string,
      protocol: Reader,
      since: number,
      most: number,
      recipient: Recipient | null = null,
    ): StoredMessage[] {
      const asked = { tenant, protocol, since, most, ...ofRecipient(recipient) };
      return sql.awaited.all(asked) as StoredMessage[];
    },
    /** Accepted messages to others whose fate is open: a delivery report about them may come here. */
    pendingElsewhere(
      tenant: string,
      most: number,
      recipient: Recipient | null = null,
    ): StoredMessage[] {
      return sql.elsewhere.all({ tenant, most, ...ofRecipient(recipient) }) as StoredMessage[];
    },
    /** Acceptance of the newest message of the loop that the protocol has seen since `since`; null if none. */
    newestSeenBy(
      tenant: string,
      protocol: Reader,
      since: number,
      recipient: Recipient | null = null,
    ): number | null {
      const row = sql.newestSeen.get({ tenant, protocol, since, ...ofRecipient(recipient) });
      return (row as { newest: number | null }).newest;
    },
    /** Wall ms of the last complete look of this reader; null if there was none. */
    lastLook(
      tenant: string,
      reader: Reader,
      folder: Folder,
      recipient: Recipient | null = null,
    ): number | null {
      const row = sql.lastLook.get({ tenant, reader, folder, ...ofRecipient(recipient) });
      return (row as { at: number | null }).at;
    },
    /** Messages sent since `since` that were not refused and not removed, oldest first. */
    left(tenant: string, since: number, recipient: Recipient | null = null): LeftMessage[] {
      const rows = sql.left.all({ tenant, since, ...ofRecipient(recipient) }) as (Omit<
        LeftMessage,
        'astray'
      > & { astray: 0 | 1 })[];
      return rows.map((row) => ({ ...row, astray: row.astray === 1 }));
    },
  };
}

function awaiting(connection: Connection) {
  return {
    lastLook: connection.prepare(
      `SELECT max(looked_at) AS at FROM look
      WHERE tenant = @tenant AND reader = @reader AND folder = @folder AND ${isOf}`,
    ),
    left: connection.prepare(`
      SELECT token, accepted_at AS acceptedAt, sent_at AS sentAt,
        (SELECT count(*) FROM sighting WHERE sighting.token = message.token) AS seenBy,
        (EXISTS (SELECT 1 FROM sighting WHERE sighting.token = message.token AND folder = 'junk')
          OR EXISTS (SELECT 1 FROM delivery_report WHERE delivery_report.token = message.token AND action = 'failed')) AS astray
      FROM message WHERE tenant = @tenant AND removed_at IS NULL AND sent_at >= @since AND ${isOf}
        AND refused_at IS NULL AND route <> 'outbound' AND recipient IS NULL
      ORDER BY sent_at`),
    awaited: connection.prepare(`
      SELECT token, accepted_at AS acceptedAt, route FROM message
      WHERE tenant = @tenant AND sent_at >= @since - ${longestSending} AND accepted_at >= @since
        AND removed_at IS NULL AND route <> 'outbound' AND recipient IS NULL AND ${isOf}
        AND NOT EXISTS (SELECT 1 FROM sighting
          WHERE sighting.token = message.token AND (protocol = @protocol OR folder = 'junk'))
        AND NOT EXISTS (SELECT 1 FROM delivery_report
          WHERE delivery_report.token = message.token AND class IN ('full', 'policy'))
      ORDER BY accepted_at DESC LIMIT @most`),
    elsewhere: connection.prepare(`
      SELECT token, accepted_at AS acceptedAt, message.route FROM message_fate JOIN message USING (token)
      WHERE message_fate.tenant = @tenant AND due_at IS NOT NULL AND fate = 'pending'
        AND accepted_at IS NOT NULL
        AND CASE WHEN ${isOf} THEN message.route = 'outbound' OR recipient IS NOT NULL
          -- A push service reports to its sender's address, which may be an alias of any mailbox.
          ELSE message.route = 'push' END
      ORDER BY accepted_at DESC LIMIT @most`),
    // Sought backwards from the newest: a message that was accepted later was sent at most an hour earlier.
    newestSeen: connection.prepare(`
      SELECT max(accepted_at) AS newest FROM message JOIN sighting USING (token)
      WHERE tenant = @tenant AND protocol = @protocol AND route = 'loop' AND ${isOf} AND sent_at >= (
          SELECT sent_at - ${longestSending} FROM message AS seen WHERE tenant = @tenant AND sent_at >= @since AND ${isOf}
            AND route = 'loop'
            AND EXISTS (SELECT 1 FROM sighting WHERE sighting.token = seen.token AND protocol = @protocol)
          ORDER BY sent_at DESC LIMIT 1)`),
  };
}
