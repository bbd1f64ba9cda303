import { ownAddresses } from '../../src/domain/tenant.ts';
import type { Attempt } from '../dialogue.ts';
import { isPosted } from '../message.ts';
import { recognise } from '../recognise.ts';
import { fetchHeaders, searchUids } from './fetch.ts';
import { quoted } from './folders.ts';
import type { Lookout } from './lookout.ts';
import { type OpenFolder, openFolder } from './mailbox.ts';
import { deleteMessages, removeCopies, removeMessages } from './removal.ts';
import type { Session } from './session.ts';
import { watchMemoryOf } from './watch.ts';

/** A session of the message watch, with the inbox open; `junk` is what was seen in Junk before. */
export interface WatchedMailbox {
  readonly attempt: Attempt;
  readonly session: Session;
  readonly inbox: OpenFolder;
  readonly lookout: Lookout;
  readonly junk: Lookout | null;
}

/** What carries our token and is older than this is a leftover, whoever has forgotten it, ms. */
const leftoverAge = 25 * 3_600_000;
/** A search through a whole mailbox is a load for its server: not more often than this, ms. */
const sweepEvery = 6 * 3_600_000;
/** At most this many leftovers go at once. */
const leftoverLimit = 200;

/**
 * Removes messages of ours wherever they lie, the delivery reports about them, and, with `hygiene`, old
 * leftovers. Pushes each token that is gone. Nothing that is not ours is touched. @throws Fault
 */
export async function clearAway(
  open: WatchedMailbox,
  tokens: readonly string[],
  hygiene: boolean,
  gone: string[],
): Promise<void> {
  const { attempt, session, inbox, junk } = open;
  const memory = watchMemoryOf(attempt.memory);
  const sweeps = hygiene && attempt.now() - memory.sweptAt >= sweepEvery;
  if (sweeps) memory.sweptAt = attempt.now();
  const inJunk = tokens.filter((token) => junk?.has(token) === true);
  if (!inbox.readOnly) {
    await removeReports(open, new Set(tokens));
    const others = tokens.filter((token) => !inJunk.includes(token));
    if (sweeps) await sweep(attempt, session);
    await removeProbes(open, others, gone);
  }
  const { junk: name } = memory;
  if (junk === null || typeof name !== 'string' || (inJunk.length === 0 && !sweeps)) return;
  const folder = await openFolder(attempt, session, `SELECT ${quoted(name)}`);
  if (typeof folder === 'string' || folder.readOnly) return;
  if (folder.uidValidity !== junk.uidValidity) return;
  const uids = inJunk.flatMap((token) => [...junk.uidsOf(token)]);
  if (await deleteMessages(session, uids)) gone.push(...inJunk);
  if (sweeps) await sweep(attempt, session);
}

/**
 * Removes messages of ours from the inbox that is open, and the copies that a webmail kept of what it sent;
 * another folder may be open then. Pushes each token that is gone. @throws Fault
 */
export async function removeProbes(
  { attempt, session, inbox, lookout }: WatchedMailbox,
  tokens: readonly string[],
  gone: string[],
): Promise<void> {
  const removed: string[] = [];
  try {
    await removeMessages(session, inbox, lookout, tokens, removed);
  } finally {
    gone.push(...removed.filter((token) => !isPosted(token)));
  }
  const posted = removed.filter(isPosted);
  const { address } = attempt.tenant.mailbox;
  if (posted.length > 0 && (await removeCopies(session, address, posted))) gone.push(...posted);
}

async function removeReports(
  { attempt, session }: WatchedMailbox,
  tokens: ReadonlySet<string>,
): Promise<void> {
  const { reports } = watchMemoryOf(attempt.memory);
  const uids = [...reports].flatMap(([uid, token]) =>
    token !== null && tokens.has(token) ? [uid] : [],
  );
  if (!(await deleteMessages(session, uids))) return;
  for (const uid of uids) reports.set(uid, null);
}

/** `BEFORE` knows days only (RFC 9051 §6.4.4), so a leftover goes between 25 and 49 hours after it came. */
async function sweep(attempt: Attempt, session: Session): Promise<void> {
  const limit = new Date(attempt.now() - leftoverAge).toUTCString();
  const [day, month, year] = limit.slice(5, 16).split(' ');
  const key = `BEFORE ${Number(day)}-${month}-${year} SUBJECT "mailminute probe"`;
  const found = (await searchUids(session, key)) ?? [];
  if (found.length === 0) return;
  const ours: number[] = [];
  const addresses = ownAddresses(attempt.tenant);
  const set = found.slice(0, leftoverLimit).join(',');
  await fetchHeaders(session, 'uid', set, ({ uid, header }) => {
    if (recognise(header, ...addresses).token !== null && found.includes(uid)) ours.push(uid);
  });
  await deleteMessages(session, ours);
}
