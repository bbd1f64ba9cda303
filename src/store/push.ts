import { doubtfulFor } from '../domain/message.ts';
import {
  type PushCounts,
  type PushEvidence,
  type PushOutcome,
  pushOutcomeOf,
  pushOutcomes,
} from '../domain/push.ts';
import type { Reason } from '../domain/reason.ts';
import type { Connection } from './open.ts';

interface OutcomeRow extends Omit<PushEvidence, 'refused' | 'handedOn' | 'fresh'> {
  readonly refused: 0 | 1;
  readonly handedOn: 0 | 1;
  readonly fresh: 0 | 1;
  readonly messages: number;
}

/** What was begun by the push services' accounts, and what became of it. All instants are wall ms. */
export function pushStore(connection: Connection) {
  const sql = statements(connection);
  return {
    /**
     * Before a message leaves: it counts against the budget from now on, even if we are killed meanwhile.
     * @param mailbox address of the recipient
     */
    begun(tenant: string, token: string, mailbox: string, at: number): void {
      sql.add.run({ tenant, kind: 'begun', token, mailbox, reason: null, at });
    },
    /** It never left. `reason` null: we were told to stop. */
    notSent(tenant: string, token: string, reason: Reason | null, at: number): void {
      sql.add.run({ tenant, kind: 'not-sent', token, mailbox: null, reason, at });
    },
    /** The budget of the day in [from, to) is used up; true if that is told for the first time. */
    usedUp(
      tenant: string,
      day: { readonly from: number; readonly to: number },
      at: number,
    ): boolean {
      if (this.daysUsedUp(tenant, day.from, day.to) > 0) return false;
      sql.add.run({ tenant, kind: 'budget-used', token: null, mailbox: null, reason: null, at });
      return true;
    },
    /** Messages begun in [from, to) without those that never left. */
    sent(tenant: string, from: number, to: number): number {
      return (sql.sent.get({ tenant, from, to }) as { messages: number }).messages;
    },
    /** Wall ms of the last beginning; null: there was none. */
    lastBegun(tenant: string): number | null {
      return (sql.last.get({ tenant }) as { at: number | null }).at;
    },
    /** What became of the messages that were begun in [from, to) and left, or may have. */
    outcomes(tenant: string, from: number, to: number, now: number): PushCounts {
      const counts = Object.fromEntries(pushOutcomes.map((one) => [one, 0])) as Record<
        PushOutcome,
        number
      >;
      const since = now - doubtfulFor;
      for (const row of sql.outcomes.all({ tenant, from, to, since }) as OutcomeRow[]) {
        const { refused, handedOn, fresh, messages, ...rest } = row;
        const evidence = {
          ...rest,
          refused: refused === 1,
          handedOn: handedOn === 1,
          fresh: fresh === 1,
        };
        counts[pushOutcomeOf(evidence)] += messages;
      }
      return counts;
    },
    /** Messages begun in [from, to) that never left, by reason. */
    notSentBy(
      tenant: string,
      from: number,
      to: number,
    ): { reason: Reason | null; messages: number }[] {
      return sql.notSent.all({ tenant, from, to }) as {
        reason: Reason | null;
        messages: number;
      }[];
    },
    /** How many times in [from, to) a day's budget was used up. */
    daysUsedUp(tenant: string, from: number, to: number): number {
      return (sql.usedUp.get({ tenant, from, to }) as { days: number }).days;
    },
    /** Addresses that were written to in [from, to). */
    recipients(tenant: string, from: number, to: number): string[] {
      return sql.recipients.all({ tenant, from, to }) as string[];
    },
  };
}
export type PushStore = ReturnType<typeof pushStore>;

const within = 'tenant = @tenant AND at >= @from AND at < @to';
const left = `NOT EXISTS (SELECT 1 FROM push_event AS ended
  WHERE ended.token = push_event.token AND ended.kind = 'not-sent')`;

function statements(connection: Connection) {
  return {
    add: connection.prepare(`
      INSERT INTO push_event (tenant, kind, token, mailbox, reason, at)
      VALUES (@tenant, @kind, @token, @mailbox, @reason, @at)`),
    sent: connection.prepare(
      `SELECT count(*) AS messages FROM push_event WHERE ${within} AND kind = 'begun' AND ${left}`,
    ),
    last: connection.prepare(
      `SELECT max(at) AS at FROM push_event WHERE tenant = @tenant AND kind = 'begun'`,
    ),
    usedUp: connection.prepare(
      `SELECT count(*) AS days FROM push_event WHERE ${within} AND kind = 'budget-used'`,
    ),
    recipients: connection
      .prepare(`SELECT DISTINCT mailbox FROM push_event WHERE ${within} AND kind = 'begun'`)
      .pluck(),
    notSent: connection.prepare(`
      SELECT ended.reason, count(*) AS messages FROM push_event
        JOIN push_event AS ended ON ended.token = push_event.token AND ended.kind = 'not-sent'
      WHERE push_event.tenant = @tenant AND push_event.at >= @from AND push_event.at < @to
        AND push_event.kind = 'begun'
      GROUP BY ended.reason`),
    outcomes: connection.prepare(`
      SELECT fate, message.refused_at IS NOT NULL AS refused, refusal,
        (SELECT class FROM delivery_report WHERE delivery_report.token = push_event.token
          AND action = 'failed' ORDER BY id LIMIT 1) AS bounce,
        EXISTS (SELECT 1 FROM delivery_report WHERE delivery_report.token = push_event.token
          AND action IN ('delivered', 'relayed')) AS handedOn,
        push_event.at >= @since AS fresh,
        count(*) AS messages
      FROM push_event LEFT JOIN message USING (token)
        LEFT JOIN message_fate ON message_fate.token = push_event.token
      WHERE push_event.tenant = @tenant AND push_event.at >= @from AND push_event.at < @to
        AND kind = 'begun' AND ${left}
      GROUP BY 1, 2, 3, 4, 5, 6`),
  };
}
