import { monthPeriod } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import type { BounceCount, FateCount, Route } from '../domain/message.ts';
import type { PushToday } from '../domain/push.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type FateChange, fateStore } from '../store/fates.ts';
import type { Connection } from '../store/open.ts';
import { zoneOf } from './case.ts';
import { openPushBooks } from './push.ts';

/** What became of a tenant's messages. */
export interface MessageSnapshot {
  /** Messages of the month by route and fate: together all that were sent. */
  readonly counts: readonly FateCount[];
  /** Bounced messages of the month. */
  readonly bounces: readonly BounceCount[];
  /** Wall ms since which the oldest pending message of each route, of whatever month, has been awaited. */
  readonly oldestPending: readonly { readonly route: Route; readonly since: number }[];
  /** Null: the tenant has no push service. */
  readonly push: PushToday | null;
}

/** At most so many batches in one turn: a long backlog must not hold up the judge. */
const batchesPerTurn = 4;

/** The ledger of messages: one row and one fate for each that was sent. */
export function openMessageLedger(connection: Connection) {
  const fates = fateStore(connection);
  const pushes = openPushBooks(connection);
  return {
    /** Derives the fates that evidence or time may have changed. Safe at any time, any number of times. */
    settle(tenant: Tenant, now: number): FateChange[] {
      const changes: FateChange[] = [];
      for (let turn = 0; turn < batchesPerTurn; turn += 1) {
        const done = fates.settle(tenant.name, now, tenant.deliveryAllowance);
        changes.push(...done.changes);
        if (!done.more) break;
      }
      return changes;
    },
    snapshot(tenant: Tenant, contract: Contract, month: string, now: number): MessageSnapshot {
      const today = pushes.today(tenant, now);
      const { from, to } = monthPeriod(month, zoneOf(tenant, contract));
      return {
        counts: fates.counts(tenant.name, from, to),
        bounces: fates.bounces(tenant.name, from, to),
        oldestPending: fates.oldestPending(tenant.name),
        push: today && { ...today, counts: pushes.counts(tenant, { from, to }, now) },
      };
    },
  };
}
