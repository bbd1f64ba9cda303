import type { DeliveryReport, Reader, Route } from '../domain/message.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { PushRefusal } from '../domain/push.ts';
import type { Copies, Look, Sighting } from '../domain/result.ts';
import type { Connection } from './open.ts';

/** A message that our own server may be handed. */
export interface ExpectedMessage {
  readonly tenant: string;
  readonly route: Route;
  readonly sentAt: number;
  /** Null: not known to be accepted, or not yet. */
  readonly acceptedAt: number | null;
}

/** The way of a message that is not the usual one: from the tenant's mailbox to itself. */
export interface MessageWay {
  readonly route?: Route;
  /** Addresses; null: the tenant's own mailbox. */
  readonly sender?: string | null;
  readonly recipient?: string | null;
  /** Wall ms of an answer that refused it. */
  readonly refusedAt?: number | null;
  /** Left out: by SMTP. */
  readonly by?: Protocol;
  /** Address of the tenant's mailbox that it was sent by or to; null: nobody asks which. */
  readonly mailbox?: string | null;
  /** Of what kind that answer was; for routes beside the loop. */
  readonly refusal?: PushRefusal | null;
}

/** What is known of single messages: that we sent them, who saw them when, what came back. */
export function messageEvidence(connection: Connection) {
  const sql = { ...sending(connection), ...seeing(connection) };
  return {
    /** `acceptedAt` null: its 250 never came; unless it was refused, it may be in the mailbox all the same. */
    sent(
      tenant: string,
      token: string,
      sentAt: number,
      acceptedAt: number | null,
      way: MessageWay = {},
    ): void {
      const { route = 'loop', sender = null, recipient = null, by = 'smtp' } = way;
      const { refusedAt = null, refusal = null, mailbox = null } = way;
      const row = { token, tenant, sentAt, acceptedAt, route, sender, recipient, by, mailbox };
      sql.send.run({ ...row, refusedAt, refusal });
    },
    /** The interval is narrowed by earlier looks into the same folder that did not show the message. */
    seen(reader: Reader, sighting: Sighting): void {
      sql.see.run({ folder: 'inbox', ...sighting, reader });
    },
    /** Record an attempt's looks after its sightings: what it saw late may have been there before. */
    looked(
      tenant: string,
      reader: Reader,
      { folder, lookedAt, acceptedSince }: Look,
      mailbox: string | null = null,
    ): void {
      sql.look.run(tenant, mailbox, reader, folder, lookedAt, acceptedSince);
    },
    /** Reports about what is not ours are left out. */
    reported({ token, action, class: bounced, status, seenAt }: DeliveryReport): void {
      sql.report.run({ token, action, bounced, status: status ?? '', seenAt });
    },
    /** One copy counts if the message had been removed before. */
    copied({ token, folder, copies, seenAt }: Copies): void {
      sql.copy.run({ token, folder, copies, seenAt });
    },
    /** Wall ms of the 250; null when the token is not one of ours, or was not accepted. */
    acceptedAt(token: string): number | null {
      return (
        (sql.accepted.get(token) as { acceptedAt: number | null } | undefined)?.acceptedAt ?? null
      );
    },
    /**
     * The message with this token, if it is one of a route beside the loop, sent since `since`, that was
     * neither refused nor handed to our own server before; else null.
     */
    expected(token: string, since: number): ExpectedMessage | null {
      return (sql.expected.get(token, since) as ExpectedMessage | undefined) ?? null;
    },
    /** Null when the token is not one of ours. */
    routeOf(token: string): Route | null {
      return (sql.accepted.get(token) as { route: Route } | undefined)?.route ?? null;
    },
    isRemoved(token: string): boolean {
      const row = sql.accepted.get(token) as { removedAt: number | null } | undefined;
      return row !== undefined && row.removedAt !== null;
    },
    removed(token: string, at: number): void {
      sql.remove.run(at, token);
    },
  };
}

function sending(connection: Connection) {
  return {
    send: connection.prepare(`
      INSERT INTO message (token, tenant, sent_at, accepted_at, route, sender, recipient, refused_at, refusal, sent_by,
        mailbox)
      VALUES (@token, @tenant, @sentAt, @acceptedAt, @route, @sender, @recipient, @refusedAt, @refusal, @by,
        @mailbox)
      ON CONFLICT (token) DO UPDATE SET
        accepted_at = coalesce(message.accepted_at, excluded.accepted_at),
        refused_at = coalesce(message.refused_at, excluded.refused_at),
        refusal = coalesce(message.refusal, excluded.refusal)`),
    expected: connection.prepare(`
      SELECT tenant, route, sent_at AS sentAt, accepted_at AS acceptedAt FROM message
      WHERE token = ? AND sent_at >= ? AND route <> 'loop' AND refused_at IS NULL
        AND NOT EXISTS (SELECT 1 FROM sighting
          WHERE sighting.token = message.token AND protocol = 'sink')`),
    accepted: connection.prepare(
      'SELECT accepted_at AS acceptedAt, route, removed_at AS removedAt FROM message WHERE token = ?',
    ),
    remove: connection.prepare(
      'UPDATE message SET removed_at = ? WHERE token = ? AND removed_at IS NULL',
    ),
  };
}

function seeing(connection: Connection) {
  return {
    see: connection.prepare(`
      INSERT INTO sighting (token, protocol, last_not_seen, first_seen, folder)
      SELECT token, @reader, nullif(max(coalesce(@lastNotSeen, -1), coalesce((
          SELECT max(looked_at) FROM look
          WHERE look.tenant = message.tenant AND look.mailbox IS message.mailbox AND reader = @reader AND folder = @folder
            AND looked_at >= message.accepted_at AND looked_at < @firstSeen
            AND accepted_since <= message.accepted_at), -1)), -1), @firstSeen, @folder
      FROM message WHERE token = @token
      ON CONFLICT (token, protocol) DO NOTHING`),
    look: connection.prepare(
      'INSERT INTO look (tenant, mailbox, reader, folder, looked_at, accepted_since) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    report: connection.prepare(`
      INSERT INTO delivery_report (token, action, class, status, seen_at)
      SELECT token, @action, @bounced, @status, @seenAt FROM message WHERE token = @token
      ON CONFLICT (token, action, status) DO NOTHING`),
    copy: connection.prepare(`
      INSERT INTO message_copy (token, folder, copies, seen_at)
      SELECT token, @folder, @copies + (removed_at IS NOT NULL), @seenAt FROM message
      WHERE token = @token AND (@copies > 1 OR removed_at < @seenAt - 10000)
      ON CONFLICT (token, folder) DO NOTHING`),
  };
}
