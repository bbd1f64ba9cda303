import { Fault } from '../failure.ts';
import type { Memory } from '../probe.ts';
import type { PopClient } from './client.ts';
import { type PopMemory, popMemoryOf } from './memory.ts';

export interface Entry {
  readonly number: number;
  readonly uid: string;
}

export interface Listing {
  /** The mailbox's whole size. */
  readonly count: number;
  /** The newest first, as far as they are kept. */
  readonly entries: readonly Entry[];
  /** True if the UIDL that was asked for is among all, kept or not. */
  readonly hasAnchor: boolean;
}

const keptNewest = 200;
/** Some servers number the newest first. */
const keptFirst = 10;
const listingLimit = 200_000;
const headerLimit = 64 * 1024;
const headerLines = 10_000;

/** In a large mailbox only so many of the newest are listed, where that is enough. */
export const newestAlone = 24;

/**
 * The mailbox's messages, the newest at least. A large mailbox is not listed again and again: while no
 * older message is missing, its newest messages are enough, if mail is numbered by arrival and the last
 * listing reaches into them, so that nothing that came since is left out. @throws Fault
 */
export async function readListing(
  client: PopClient,
  memory: Memory,
  { newestSuffice, pipelining }: { readonly newestSuffice: boolean; readonly pipelining: boolean },
): Promise<Listing> {
  const known = popMemoryOf(memory);
  const newest =
    newestSuffice && pipelining ? await readNewest(client, memory.anchor, known) : null;
  const listing = newest ?? (await readWhole(client, memory.anchor, known));
  known.listed = new Set(listing.entries.map(({ uid }) => uid));
  return listing;
}

/** UIDL of single messages, sent at once (RFC 2449 §6.6); null where that does not suffice. @throws Fault */
async function readNewest(
  client: PopClient,
  anchor: string | null,
  { listed, anchorAt, byArrival }: PopMemory,
): Promise<Listing | null> {
  // An anchor that has not been come across (it may lie far back) cannot be asked for; nor need it be.
  if (!byArrival || (anchor !== null && anchorAt === null)) return null;
  const [counted] = (await client.command('STAT')).split(' ');
  const count = /^\d{1,10}$/.test(counted ?? '') ? Number(counted) : 0;
  if (count <= keptNewest) return null;
  const numbers = Array.from({ length: newestAlone }, (_, index) => count - index);
  const asked = anchor === null ? numbers : [...numbers, anchorAt];
  const lines = await client.together(asked.map((number) => `UIDL ${number}`));
  if (!lines.every((line) => /^\+OK /i.test(line))) return null;
  const found = lines.map((line) => entryOf(line.slice(4)));
  const entries = found.slice(0, newestAlone);
  const hasAnchor = anchor !== null;
  const isWhereItWas = !hasAnchor || found.at(-1)?.uid === anchor;
  const reaches = entries.some(({ uid }) => listed.has(uid));
  return isWhereItWas && reaches ? { count, entries, hasAnchor } : null;
}

/** UIDL, streamed: the memory it takes does not grow with the mailbox. @throws Fault */
async function readWhole(
  client: PopClient,
  anchor: string | null,
  known: PopMemory,
): Promise<Listing> {
  const first: Entry[] = [];
  const newest: Entry[] = [];
  let count = 0;
  let hasAnchor = false;
  known.anchorAt = null;
  await client.lines('UIDL', true, (line) => {
    const entry = entryOf(line);
    count += 1;
    if (count > listingLimit) throw new Fault('protocol-error', `over ${listingLimit} messages`);
    if (entry.uid === anchor) {
      hasAnchor = true;
      known.anchorAt = entry.number;
    }
    if (first.length < keptFirst) first.push(entry);
    else newest.push(entry);
    // In blocks, so that dropping costs nothing per line.
    if (newest.length >= 2 * keptNewest) newest.splice(0, keptNewest);
  });
  const entries = [...newest.slice(-keptNewest).reverse(), ...first.reverse()];
  return { count, entries, hasAnchor };
}

function entryOf(line: string): Entry {
  const found = /^(\d{1,10}) +([\x21-\x7e]{1,255}) *$/.exec(line);
  const [, number, uid] = found ?? [];
  if (uid === undefined) throw new Fault('protocol-error', `not a line of UIDL: ${line}`);
  return { number: Number(number), uid };
}

/**
 * The header of one message by TOP with no line of the body, kept out of the transcript: it may be
 * anyone's. Null where the server refuses this one message. @throws Fault
 */
export async function readHeader(client: PopClient, number: number): Promise<string | null> {
  let header = '';
  let read = 0;
  try {
    await client.lines(`TOP ${number} 0`, true, (line) => {
      read += 1;
      if (read > headerLines)
        throw new Fault('protocol-error', `a header of more than ${headerLines} lines`);
      if (header.length < headerLimit) header += `${line}\r\n`;
    });
    return header;
  } catch (error) {
    if (client.alive && client.tap.answer?.[0]?.startsWith('-') === true) return null;
    throw error;
  }
}
