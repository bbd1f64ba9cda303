import type { Memory } from '../probes/probe.ts';
import type { LookedForMessage, ProbePorts } from '../probes/round.ts';
import { lostAfter, readersOf, recipientOf } from './assess/case.ts';
import type { Clock } from './domain/clock.ts';
import type { Protocol } from './domain/protocol.ts';
import { deepestDepth, type Tenant } from './domain/tenant.ts';
import type { MessageStore } from './store/messages.ts';

/** A reader looks for at most this many older messages at once. */
const mostPending = 50;
/** A message that some reader has not seen for so long is removed all the same, ms: mailboxes stay small. */
const keptFor = 75 * 60_000;
/** A message whose 250 never came may be in the mailbox all the same; it is looked for in this time, ms. */
const doubtful = { after: 60_000, until: 10 * 60_000 };

type MessagePorts = Pick<ProbePorts, 'memory' | 'pending' | 'removable' | 'removed' | 'posting'>;

/** What probes need to know of the messages sent before. */
export function messagePorts(messages: MessageStore, clock: Clock): MessagePorts {
  /** By the tenant as its plan has it, one for each mailbox: another one of its name is another mailbox. */
  const memories = new WeakMap<Tenant, Map<Protocol, Memory>>();
  /** Monotonic ms of the last message that each mailbox's webmail sent. Not known at the start: then one is due. */
  const posted = new Map<string, number>();
  const nameOf = ({ name, mailbox }: Tenant) => `${name} ${mailbox.address}`;
  const elapsed = () => clock.monotonic() / 1000;
  return {
    memory(tenant: Tenant, protocol: Protocol): Memory {
      const own = memories.get(tenant) ?? new Map<Protocol, Memory>();
      memories.set(tenant, own);
      const memory = own.get(protocol) ?? { anchor: null };
      own.set(protocol, memory);
      return memory;
    },
    pending(tenant: Tenant, protocol: Protocol): readonly LookedForMessage[] {
      if (!readersOf(tenant).includes(protocol)) return [];
      const since = clock.wall() - lostAfter;
      const newestSeen =
        messages.newestSeenBy(tenant.name, protocol, since, recipientOf(tenant)) ?? -Infinity;
      return messages
        .awaitedBy(tenant.name, protocol, since, mostPending, recipientOf(tenant))
        .map((message) => ({ ...message, excused: message.acceptedAt < newestSeen }));
    },
    removable(tenant: Tenant): readonly string[] {
      const now = clock.wall();
      const readers = readersOf(tenant).length;
      return (
        messages
          .left(tenant.name, now - lostAfter, recipientOf(tenant))
          .filter(({ acceptedAt, sentAt, seenBy }) =>
            acceptedAt === null
              ? now - sentAt > doubtful.after && now - sentAt < doubtful.until
              : seenBy >= readers || now - sentAt > keptFor,
          )
          // A lost message is never found: it must not take the place of those that are there.
          .sort((a, b) => b.seenBy - a.seenBy)
          .map(({ token }) => token)
          .slice(0, mostPending)
      );
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
  };
}
