import type { ProbePorts } from '../probes/ports.ts';
import { runWatch } from '../probes/round.ts';
import { readersOf, recipientOf } from './assess/case.ts';
import { isNearlyFull } from './domain/quota.ts';
import type { ProbeResult } from './domain/result.ts';
import type { Tenant } from './domain/tenant.ts';
import type { Logger } from './log.ts';
import { startMessageWatch, type WatchedReader } from './schedule/message-watch.ts';
import type { MessageStore } from './store/messages.ts';
import type { createWork } from './work.ts';

export interface WatchingPorts {
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly probing: Omit<ProbePorts, 'signal' | 'probes'>;
  readonly probes: () => ProbePorts['probes'];
  readonly messages: MessageStore;
  /** A tenant as it is probed, once for each of its mailboxes. */
  readonly mailboxes: (name: string) => readonly Tenant[];
  readonly may: (tenant: Tenant, protocol: WatchedReader['protocol']) => boolean;
  readonly work: ReturnType<typeof createWork>;
}

/** Watches every message until it is seen by every reader, or is lost; keeps the mailboxes clean. */
export function watchMessages(tenants: readonly Tenant[], ports: WatchingPorts) {
  const { timer, probing, messages, work } = ports;
  const watches = new Map<Tenant, readonly ReturnType<typeof startMessageWatch>[]>();
  let turn = 0;

  function begin(owner: Tenant): void {
    watches.set(
      owner,
      ports.mailboxes(owner.name).map((one) => watchMailbox(one, owner)),
    );
  }

  function watchMailbox(tenant: Tenant, owner: Tenant) {
    const readers = readersOf(tenant).map((protocol) => ({ tenant: tenant.name, protocol }));
    return startMessageWatch(readers, {
      clock: probing.clock,
      timer,
      may: ({ protocol }) => ports.may(tenant, protocol),
      missing: ({ protocol }) => ({
        acceptedAt: probing.pending(tenant, protocol, true).map(({ acceptedAt }) => acceptedAt),
        lastLook: messages.lastLook(tenant.name, protocol, 'inbox', recipientOf(tenant)),
      }),
      look({ protocol }, session) {
        turn += 1;
        return new Promise((resolve) => {
          work.begin(owner, (signal) =>
            runWatch(tenant, protocol, turn, session, {
              ...probing,
              probes: ports.probes(),
              signal,
            }).finally(resolve),
          );
        });
      },
    });
  }

  for (const tenant of tenants) begin(tenant);
  return {
    /** Something is known that was not known before about the tenant of this name. */
    wake(name: string): void {
      for (const watch of [...watches.values()].flat()) watch.wake(name);
    },
    begin,
    /** Begins nothing more for a tenant; what is under way is not touched. */
    end(tenant: Tenant): void {
      for (const watch of watches.get(tenant) ?? []) watch.stop();
      watches.delete(tenant);
    },
    stop(): void {
      for (const watch of [...watches.values()].flat()) watch.stop();
    },
  };
}

/** Tells once when a mailbox comes near its limit: from there on mail is refused, and that is the customer's. */
export function quotaNotice(logger: Logger): (result: ProbeResult) => void {
  const nearlyFull = new Set<string>();
  return ({ tenant, mailbox = '', quota = [] }) => {
    if (quota.length === 0) return;
    const key = `${tenant} ${mailbox}`;
    if (!isNearlyFull(quota)) {
      nearlyFull.delete(key);
      return;
    }
    if (nearlyFull.has(key)) return;
    nearlyFull.add(key);
    logger.warn(
      { tenant, mailbox, quota },
      'the probe mailbox is nearly full: make room, or raise its limit',
    );
  };
}
