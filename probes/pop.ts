import { type Attempt, runAttempt } from './attempt.ts';
import { Fault } from './failure.ts';
import { finisher } from './finish.ts';
import { PopClient } from './pop/client.ts';
import { type Entry, type Listing, readListing } from './pop/mailbox.ts';
import { Search } from './pop/search.ts';
import { type Capabilities, login, readCapabilities } from './pop/session.ts';
import type { Probe, ProbeOutcome } from './probe.ts';

/** Pauses between the looks for the round's message, ms; the last one repeats. */
const pauses = [10, 50, 150, 500, 1500, 4000] as const;
/** How long acceptance is waited for, and how long the message is looked for after it; ms. */
const acceptanceLimit = 5000;
const watchLimit = 10_000;
/** A mailbox of this size is not listed again in quick succession. */
const large = 10_000;

/** POP3 (RFC 1939): greeting, login, the anchor, and the round's message. Never RETR. */
export const pop: Probe = (tenant, ask, context) =>
  runAttempt(tenant, 'pop', ask, context, converse);

/** What one session's login, listing and search came to. */
interface Look {
  readonly client: PopClient;
  readonly listing: Listing;
  readonly search: Search;
  /** Whether the round's message was found. */
  readonly seen: boolean;
  /** Wall ms at which it was surely not there yet; null if nothing is known. */
  readonly lastNotSeen: number | null;
}

async function converse(attempt: Attempt): Promise<ProbeOutcome['finish']> {
  const tap = await attempt.dial('pop');
  attempt.evidence.vouch('connect');
  if (attempt.ask.depth === 'connect') return null;
  attempt.phase('capability');
  let client = new PopClient(tap);
  const offered = await readCapabilities(client);
  const acceptedAt = await acceptance(attempt);
  const token = acceptedAt === null ? null : (attempt.ask.message?.token ?? null);
  // Our own waiting may outlast the server's patience before a login; that is no failure of its.
  if (!client.alive) {
    // Nor is it still our waiting: a redial that fails is the server's.
    attempt.phase('auth');
    client = new PopClient(await attempt.dial('pop', { timed: false }));
  }
  let look = await firstLook(attempt, client, offered, token);
  attempt.evidence.vouch('login');
  if (token !== null && acceptedAt !== null && !look.seen) {
    attempt.phase('visible');
    look = await watch(attempt, offered, token, acceptedAt, look);
  }
  if (look.seen) attempt.evidence.vouch('roundtrip');
  const keeps =
    attempt.tenant.imap === null && look.client.tap === attempt.tap && look.client.alive;
  return keeps ? deletion(attempt, look) : null;
}

/** Wall ms of the round's acceptance; null without a round, or if it is late or refused. */
async function acceptance(attempt: Attempt): Promise<number | null> {
  const { depth, message } = attempt.ask;
  if (depth !== 'roundtrip' || message === null) return null;
  attempt.phase('wait');
  message.ready?.();
  const accepted = message.accepted.catch(() => null);
  // The deadline may have passed, and its timer be late.
  const patience = Math.max(0, Math.min(acceptanceLimit, attempt.remaining() / 2));
  return attempt.within(patience, accepted);
}

/** The session that was dialled with its time taken: every step has a phase of its own. */
async function firstLook(
  attempt: Attempt,
  client: PopClient,
  offered: Capabilities,
  token: string | null,
): Promise<Look> {
  const { memory } = attempt;
  attempt.phase('auth');
  const before = await login(attempt, client, offered);
  attempt.phase('uidl');
  const listing = await readListing(client, memory, breadth(attempt, offered));
  const times = { before, listedAt: attempt.now(), lastNotSeen: null };
  const search = new Search(attempt, client, listing);
  if (token !== null) attempt.phase('visible');
  const looked = token === null ? null : await searched(attempt, search, token, times);
  attempt.phase('anchor');
  await search.readAnchor();
  // Older messages take time that is not the new one's: it goes to reading in general.
  if (looked?.seen !== false) await searched(attempt, search, null, times);
  const notSeen = looked?.complete === true && !looked.seen;
  return {
    client,
    listing,
    search,
    seen: looked?.seen === true,
    lastNotSeen: notSeen ? before : null,
  };
}

/** Older messages that are missing may be anywhere. */
function breadth({ ask, tenant }: Attempt, { pipelining }: Capabilities) {
  // Without IMAP, messages are removed by POP, and leftovers of ours are found in the whole listing.
  const newestSuffice = ask.message !== null && ask.pending.length === 0 && tenant.imap !== null;
  return { newestSuffice, pipelining };
}

interface LookTimes {
  /** Wall ms before the snapshot was taken. */
  readonly before: number;
  /** Wall ms when the listing was there: what it lists was visible then, however long headers take. */
  readonly listedAt: number;
  /** Of the round's token. */
  readonly lastNotSeen: number | null;
}

/** Looks for the token and the pending ones, and puts down what is seen. */
async function searched(
  attempt: Attempt,
  search: Search,
  token: string | null,
  times: LookTimes,
): Promise<{ readonly seen: boolean; readonly complete: boolean }> {
  const tokens = new Set(attempt.ask.pending.map((message) => message.token));
  if (token !== null) tokens.add(token);
  let seen = false;
  const complete = await search.look(tokens, token, (found) => {
    const own = found === token;
    seen ||= own;
    const lastNotSeen = own ? times.lastNotSeen : null;
    attempt.evidence.sight({ token: found, lastNotSeen, firstSeen: times.listedAt });
  });
  if (complete) attempt.evidence.looked(times.before);
  return { seen, complete };
}

/** Looks again and again, each time in a fresh session, until the message is there or time is up. */
async function watch(
  attempt: Attempt,
  offered: Capabilities,
  token: string,
  acceptedAt: number,
  first: Look,
): Promise<Look> {
  const margin = Math.min(5000, attempt.tenant.attemptDeadline / 6);
  let look = first;
  for (let round = 0; !look.seen; round += 1) {
    const least = Math.max(offered.loginDelay, look.listing.count > large ? 1500 : 0);
    const pause = Math.max(least, pauses[Math.min(round, pauses.length - 1)] ?? 4000);
    const left = acceptedAt + watchLimit - attempt.now();
    if (pause > Math.min(left, attempt.remaining() - margin)) break;
    await attempt.tap.farewell('QUIT\r\n');
    await attempt.sleep(pause);
    const next = await lookAgain(attempt, offered, token, look);
    if (next === 'throttled') break;
    if (next !== 'in-use') look = next;
  }
  return look;
}

/** One more session. Its time belongs to `visible` as a whole. @throws Fault */
async function lookAgain(
  attempt: Attempt,
  offered: Capabilities,
  token: string,
  last: Look,
): Promise<Look | 'throttled' | 'in-use'> {
  try {
    const client = new PopClient(await attempt.dial('pop', { timed: false }));
    const before = await login(attempt, client, offered);
    const listing = await readListing(client, attempt.memory, breadth(attempt, offered));
    const search = new Search(attempt, client, listing);
    const { lastNotSeen } = last;
    const times = { before, listedAt: attempt.now(), lastNotSeen };
    const { seen, complete } = await searched(attempt, search, token, times);
    return { client, listing, search, seen, lastNotSeen: complete && !seen ? before : lastNotSeen };
  } catch (error) {
    // Both come of our own haste: the first session has logged in and read.
    if (error instanceof Fault && error.reason === 'throttled') return 'throttled';
    if (error instanceof Fault && error.code === '[IN-USE]') return 'in-use';
    throw error;
  }
}

/** DELE in the session that is still open; gone is only what the server's answer to QUIT commits. */
function deletion(attempt: Attempt, look: Look): NonNullable<ProbeOutcome['finish']> {
  const { client, search } = look;
  return finisher(client.tap, 'QUIT\r\n', async (tokens, gone) => {
    if (tokens.length === 0) return;
    const found = new Map<string, Entry>();
    await search.look(new Set(tokens), null, (token, entry) => found.set(token, entry));
    for (const [token, { uid, number }] of found) {
      if (uid === attempt.memory.anchor) found.delete(token);
      else await client.command(`DELE ${number}`);
    }
    if (found.size === 0) return;
    await client.command('QUIT');
    gone.push(...found.keys());
  });
}
