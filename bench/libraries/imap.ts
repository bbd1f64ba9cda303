import { setTimeout as sleep } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';
import { messageIdOf } from '../../probes/message.ts';
import type { Seen, Target } from '../target.ts';

/** The product's own pauses between its looks, ms. */
const pauses = [5, 10, 20, 40, 80, 160, 320, 640, 1000] as const;
const headers = ['message-id', 'subject', 'x-mailminute-token', 'content-type', 'auto-submitted'];

export interface Session {
  readonly seen: Seen;
  /** Deletes the message and logs out. */
  finish(): Promise<void>;
}

/**
 * Sees one message arrive with imapflow, in the least work that it can be done with: NOOP, and a search
 * only when the number of messages has changed.
 */
export async function watch(
  target: Target,
  token: string,
  accepted: Promise<number>,
): Promise<Session> {
  const client = clientOf(target);
  await client.connect();
  await client.mailboxOpen('INBOX');
  const before = Date.now();
  await accepted;
  const { uid, ...seen } = await look(client, messageIdOf(token, target.address), before);
  await client.fetchOne(`${uid}`, { uid: true, headers }, { uid: true });
  return {
    seen,
    async finish() {
      await client.messageDelete(`${uid}`, { uid: true });
      await client.logout();
    },
  };
}

function clientOf(target: Target): ImapFlow {
  const { host, port, ca } = target.imap;
  const client = new ImapFlow({
    host,
    port,
    secure: true,
    auth: { user: target.username, pass: target.password },
    ...(ca === null ? {} : { tls: { ca } }),
    logger: false,
    disableAutoIdle: true,
  });
  // Without a listener a late error would end the process; what matters rejects as well.
  client.on('error', () => {});
  return client;
}

async function look(client: ImapFlow, id: string, before: number): Promise<Seen & { uid: number }> {
  let lastNotSeen = before;
  let known = -1;
  for (const pause of pauses) {
    const sent = Date.now();
    await client.noop();
    const heard = Date.now();
    const count = client.mailbox === false ? 0 : client.mailbox.exists;
    if (count !== known) {
      known = count;
      const uids = await client.search({ header: { 'message-id': id } }, { uid: true });
      const uid = Array.isArray(uids) ? uids[0] : undefined;
      if (uid !== undefined) return { uid, firstSeen: heard, lastNotSeen };
    }
    lastNotSeen = sent;
    await sleep(pause);
  }
  throw new Error('the message did not come');
}
