import type { Protocol } from '../domain/protocol.ts';
import type { Sighting } from '../domain/result.ts';
import type { Connection } from './open.ts';

export interface StoredMessage {
  readonly token: string;
  readonly acceptedAt: number;
}

/** A message is accepted at most this long after its sending began, ms: lets a query use the index. */
const longestSending = 60 * 60_000;

/** Null: whatever mailbox it was sent to. What names none was sent to the one that is the `first` now. */
export interface Recipient {
  readonly address: string;
  readonly first: boolean;
}
const isOf = '(@address IS NULL OR mailbox = @address OR (mailbox IS NULL AND @first = 1))';

function ofRecipient(recipient: Recipient | null) {
  return { address: recipient?.address ?? null, first: recipient?.first === true ? 1 : 0 };
}

/** The messages that we sent, and who saw them when. */
export function messageStore(connection: Connection) {
  const send = connection.prepare(`
    INSERT INTO message (token, tenant, sent_at, accepted_at, sent_by, mailbox)
    VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (token) DO UPDATE SET accepted_at = coalesce(message.accepted_at, excluded.accepted_at)`);
  const see = connection.prepare(`
    INSERT INTO sighting (token, protocol, last_not_seen, first_seen) VALUES (?, ?, ?, ?)
    ON CONFLICT (token, protocol) DO NOTHING`);
  const accepted = connection.prepare(
    'SELECT accepted_at AS acceptedAt FROM message WHERE token = ?',
  );
  const remove = connection.prepare(
    'UPDATE message SET removed_at = ? WHERE token = ? AND removed_at IS NULL',
  );
  const awaited = connection.prepare(`
    SELECT token, accepted_at AS acceptedAt FROM message
    WHERE tenant = @tenant AND sent_at >= @since - ${longestSending} AND accepted_at >= @since
      AND removed_at IS NULL AND ${isOf}
      AND NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.token = message.token AND protocol = @protocol)
    ORDER BY accepted_at DESC LIMIT @most`);
  // Sought backwards from the newest: a message that was accepted later was sent at most an hour earlier.
  const newestSeen = connection.prepare(`
    SELECT max(accepted_at) AS newest FROM message JOIN sighting USING (token)
    WHERE tenant = @tenant AND protocol = @protocol AND ${isOf} AND sent_at >= (
        SELECT sent_at - ${longestSending} FROM message AS seen WHERE tenant = @tenant AND sent_at >= @since AND ${isOf}
          AND EXISTS (SELECT 1 FROM sighting WHERE sighting.token = seen.token AND protocol = @protocol)
        ORDER BY sent_at DESC LIMIT 1)`);
  const left = connection.prepare(`
    SELECT token, accepted_at AS acceptedAt, sent_at AS sentAt,
      (SELECT count(*) FROM sighting WHERE sighting.token = message.token) AS seenBy
    FROM message WHERE tenant = @tenant AND removed_at IS NULL AND sent_at >= @since AND ${isOf}
    ORDER BY sent_at`);

  return {
    /** `acceptedAt` null: sent, but its 250 never came: it may be in the mailbox all the same. */
    sent(
      tenant: string,
      token: string,
      sentAt: number,
      acceptedAt: number | null,
      by: Protocol = 'smtp',
      mailbox: string | null = null,
    ): void {
      send.run(token, tenant, sentAt, acceptedAt, by, mailbox);
    },
    seen(protocol: Protocol, sighting: Sighting): void {
      if (accepted.get(sighting.token) === undefined) return;
      see.run(sighting.token, protocol, sighting.lastNotSeen, sighting.firstSeen);
    },
    /** Wall ms of the 250; null when the token is not one of ours, or was not accepted. */
    acceptedAt(token: string): number | null {
      return (accepted.get(token) as { acceptedAt: number | null } | undefined)?.acceptedAt ?? null;
    },
    removed(token: string, at: number): void {
      remove.run(at, token);
    },
    /** Accepted messages that the protocol has not seen, newest first, at most `most`. */
    awaitedBy(
      tenant: string,
      protocol: Protocol,
      since: number,
      most: number,
      recipient: Recipient | null = null,
    ): StoredMessage[] {
      return awaited.all({
        tenant,
        protocol,
        since,
        most,
        ...ofRecipient(recipient),
      }) as StoredMessage[];
    },
    /** Acceptance of the newest message that the protocol has seen since `since`; null if none. */
    newestSeenBy(
      tenant: string,
      protocol: Protocol,
      since: number,
      recipient: Recipient | null = null,
    ): number | null {
      const row = newestSeen.get({ tenant, protocol, since, ...ofRecipient(recipient) });
      return (row as { newest: number | null }).newest;
    },
    /** Messages that are still in the mailbox, with how many protocols have seen each. */
    left(
      tenant: string,
      since: number,
      recipient: Recipient | null = null,
    ): { token: string; acceptedAt: number | null; sentAt: number; seenBy: number }[] {
      return left.all({ tenant, since, ...ofRecipient(recipient) }) as never;
    },
  };
}
export type MessageStore = ReturnType<typeof messageStore>;
