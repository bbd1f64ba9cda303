import { dayPeriod } from '../domain/calendar.ts';
import type { Interval } from '../domain/interval.ts';
import { type PushBudget, type PushCounts, type PushMonth, pushBooks } from '../domain/push.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { Connection } from '../store/open.ts';
import { pushStore } from '../store/push.ts';

/** What is on record of the tenants' push services. */
export function openPushBooks(connection: Connection) {
  const pushes = pushStore(connection);
  return {
    /** Null: the tenant has no push service, and had none in the period. */
    month(tenant: Tenant, { from, to }: Interval, now: number): PushMonth | null {
      const { name } = tenant;
      const recipients = pushes.recipients(name, from, to);
      if (tenant.push === undefined && recipients.length === 0) return null;
      const unsent = pushes.notSentBy(name, from, to);
      const total = (rows: typeof unsent) => rows.reduce((sum, { messages }) => sum + messages, 0);
      return {
        books: pushBooks(pushes.sent(name, from, to), pushes.outcomes(name, from, to, now)),
        notSent: total(unsent),
        notSentThrottled: total(unsent.filter(({ reason }) => reason === 'throttled')),
        budget: tenant.push?.budget ?? null,
        daysUsedUp: pushes.daysUsedUp(name, from, to),
        recipients,
      };
    },
    /** What became of the messages of a period. */
    counts: ({ name }: Tenant, { from, to }: Interval, now: number): PushCounts =>
      pushes.outcomes(name, from, to, now),
    /** Null: the tenant has no push service. */
    today({ name, push, zone }: Tenant, now: number): PushBudget | null {
      if (push === undefined) return null;
      const { from, to } = dayPeriod(now, zone);
      const { budget } = push;
      return { budget, left: Math.max(0, budget - pushes.sent(name, from, to)) };
    },
  };
}
