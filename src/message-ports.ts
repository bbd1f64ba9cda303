import type { LookedForMessage, ProbePorts } from '../probes/ports.ts';
import type { Memory } from '../probes/probe.ts';
import { readersOf, recipientOf } from './assess/case.ts';
import type { Clock } from './domain/clock.ts';
import { watchedFor } from './domain/delay-sums.ts';
import { doubtfulFor, lookPause } from './domain/message.ts';
import { isReading, type Protocol, type ReadingProtocol } from './domain/protocol.ts';
import { isFull } from './domain/quota.ts';
import type { ProbeResult } from './domain/result.ts';
import { deepestDepth, type Tenant } from './domain/tenant.ts';
import type { LeftMessage } from './store/awaited-messages.ts';
import type { MessageStore } from './store/messages.ts';

/** A reader looks for at most this many older messages at once. */
const mostPending = 50;
/** A message that some reader has not seen for so long is removed all the same, ms: mailboxes stay small. */
const keptFor = 75 * 60_000;
/** Leftovers of so many days are removed by the store's memory; older ones by the sweep, ms. */
const rememberedFor = 7 * watchedFor;

type Ports = 'memory' | 'pending' | 'removable' | 'removed' | 'full' | 'posting';

/** What probes need to know of the messages sent before, and of the mailbox. */
export function messagePorts(messages: MessageStore, clock: Clock) {
  /** By the tenant as its plan has it, one for each mailbox: another one of its name is another mailbox. */
  const memories = new WeakMap<Tenant, Map<Protocol, Memory>>();
  /** Monotonic ms of the last message that each mailbox's webmail sent. Not known at the start: then one is due. */
  const posted = new Map<string, number>();
  const nameOf = ({ name, mailbox }: Tenant) => `${name} ${mailbox.address}`;
  const elapsed = () => clock.monotonic() / 1000;
  const fullMailboxes = new Set<string>();

  /** Those whose 250 never came may be there all the same; nobody is blamed for their absence. */
  function doubtful(tenant: Tenant, now: number): LookedForMessage[] {
    return messages
      .left(tenant.name, now - doubtfulFor, recipientOf(tenant))
      .filter(({ acceptedAt, seenBy }) => acceptedAt === null && seenBy === 0)
      .map(({ token, sentAt }) => ({ token, acceptedAt: sentAt, excused: true }));
  }

  /** Messages to others: what comes back of them comes to this mailbox. */
  function elsewhere(tenant: Tenant, protocol: ReadingProtocol): LookedForMessage[] {
    if (protocol !== 'imap') return [];
    const pending = messages.pendingElsewhere(tenant.name, mostPending, recipientOf(tenant));
    return pending.map(({ token, acceptedAt }) => ({ token, acceptedAt, excused: true }));
  }

  function isDue(tenant: Tenant, protocol: ReadingProtocol, acceptedAt: number): boolean {
    const now = clock.wall();
    const last =
      messages.lastLook(tenant.name, protocol, 'inbox', recipientOf(tenant)) ?? -Infinity;
    return now - last >= (lookPause(now - acceptedAt) ?? Infinity);
  }

  const ports: Pick<ProbePorts, Ports> = {
    memory(tenant: Tenant, protocol: Protocol): Memory {
      const own = memories.get(tenant) ?? new Map<Protocol, Memory>();
      memories.set(tenant, own);
      const memory = own.get(protocol) ?? { anchor: null };
      own.set(protocol, memory);
      return memory;
    },
    pending(tenant: Tenant, protocol: Protocol, watch: boolean): readonly LookedForMessage[] {
      if (!isReading(protocol) || !readersOf(tenant).includes(protocol)) return [];
      const now = clock.wall();
      const since = now - watchedFor;
      const newestSeen =
        messages.newestSeenBy(tenant.name, protocol, since, recipientOf(tenant)) ?? -Infinity;
      const awaited = messages.awaitedBy(
        tenant.name,
        protocol,
        since,
        mostPending,
        recipientOf(tenant),
      );
      // A look speaks of all messages since the oldest that was asked for: none may be left out between.
      const full = awaited.length === mostPending;
      const oldest = full ? (awaited.at(-1)?.acceptedAt ?? 0) : -Infinity;
      const others = [
        ...doubtful(tenant, now),
        ...(watch ? elsewhere(tenant, protocol) : []),
      ].filter(({ acceptedAt }) => acceptedAt >= oldest);
      return [
        ...awaited.map(({ token, acceptedAt, route }) => ({
          token,
          acceptedAt,
          // What comes from outside is evidence of delay and fate, never of an outage.
          excused: route !== 'loop' || acceptedAt < newestSeen,
        })),
        ...others,
      ].filter(
        ({ excused, acceptedAt }) => watch || !excused || isDue(tenant, protocol, acceptedAt),
      );
    },
    removable(tenant: Tenant, watch: boolean, present: readonly string[]): readonly string[] {
      const now = clock.wall();
      const readers = readersOf(tenant).length;
      const isOver = ({ acceptedAt, sentAt, seenBy, astray }: LeftMessage): boolean => {
        if (astray) return watch;
        if (seenBy === 0) return false;
        return acceptedAt === null || seenBy >= readers || now - sentAt > keptFor;
      };
      const over = messages
        .left(tenant.name, now - rememberedFor, recipientOf(tenant))
        .filter(isOver);
      const back = present.filter((token) => messages.isRemoved(token));
      return [...new Set([...over.map(({ token }) => token), ...back])].slice(0, mostPending);
    },
    posting: {
      due(tenant: Tenant): boolean {
        if (deepestDepth(tenant, 'webmail') !== 'send') return false;
        const last = posted.get(nameOf(tenant)) ?? -Infinity;
        return elapsed() - last >= (tenant.webmail?.sendInterval ?? Infinity);
      },
      done: (tenant: Tenant) => void posted.set(nameOf(tenant), elapsed()),
    },
    removed(_tenant: Tenant, tokens: readonly string[]): void {
      for (const token of tokens) messages.removed(token, clock.wall());
    },
    full: (tenant) => fullMailboxes.has(nameOf(tenant)),
  };
  return {
    ...ports,
    /** Learns from a stored result. */
    observe({ tenant, mailbox = '', quota = [] }: ProbeResult): void {
      const full = isFull(quota);
      if (full === true) fullMailboxes.add(`${tenant} ${mailbox}`);
      else if (full === false) fullMailboxes.delete(`${tenant} ${mailbox}`);
    },
  };
}
