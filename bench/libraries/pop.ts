import { setTimeout as sleep } from 'node:timers/promises';
import Pop3Command from 'node-pop3';
import type { Seen, Target } from '../target.ts';

/** The product's own pauses between its sessions, ms. */
const pauses = [10, 50, 150, 500, 1500] as const;

/** Sees one message with node-pop3: fresh sessions after its acceptance, until it is listed. */
export async function watch(
  target: Target,
  token: string,
  accepted: Promise<number>,
): Promise<Seen> {
  let lastNotSeen: number | null = null;
  await accepted;
  for (const pause of pauses) {
    const began = Date.now();
    const firstSeen = await session(target, token);
    if (firstSeen !== null) return { firstSeen, lastNotSeen };
    lastNotSeen = began;
    await sleep(pause);
  }
  throw new Error('the message did not come');
}

/** Login, UIDL, and the newest header; wall ms at which it was listed. */
async function session(target: Target, token: string): Promise<number | null> {
  const { host, port, ca } = target.pop;
  const client = new Pop3Command({
    host,
    port,
    tls: true,
    user: target.username,
    password: target.password,
    timeout: 10_000,
    // An address as servername breaks RFC 6066 §3: by itself the library sends it.
    servername: '',
    tlsOptions: { ...(ca === null ? {} : { ca }), servername: '' } as object,
  });
  client.on('error', () => {});
  const list = await client.UIDL();
  const listedAt = Date.now();
  const newest = list.at(-1);
  const number = Array.isArray(newest) ? Number(newest[0]) : Number.NaN;
  const header = Number.isInteger(number) ? await client.TOP(number, 0) : '';
  // Not waited for, as the product does not wait either.
  client.QUIT().catch(() => {});
  return header.includes(token) ? listedAt : null;
}
