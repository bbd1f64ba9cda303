import { Fault } from '../failure.ts';
import type { Wire } from '../wire.ts';
import { command, nextLine } from './session.ts';

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

/** UIDL, streamed: the memory it takes does not grow with the mailbox. @throws Fault */
export async function readListing(wire: Wire, anchor: string | null): Promise<Listing> {
  await command(wire, 'UIDL');
  const first: Entry[] = [];
  const newest: Entry[] = [];
  let count = 0;
  let hasAnchor = false;
  for (;;) {
    const line = await nextLine(wire, true);
    if (line === null) break;
    const entry = entryOf(line);
    count += 1;
    if (count > listingLimit) throw new Fault('protocol-error', `over ${listingLimit} messages`);
    hasAnchor ||= entry.uid === anchor;
    if (first.length < keptFirst) first.push(entry);
    else newest.push(entry);
    // In blocks, so that dropping costs nothing per line.
    if (newest.length >= 2 * keptNewest) newest.splice(0, keptNewest);
  }
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
export async function readHeader(wire: Wire, number: number): Promise<string | null> {
  wire.write(`TOP ${number} 0\r\n`);
  const first = await wire.readLine();
  if (/^-ERR\b/i.test(first)) return null;
  if (!/^\+OK\b/i.test(first)) throw new Fault('protocol-error', `not an answer to TOP: ${first}`);
  let header = '';
  for (let read = 0; read < headerLines; read += 1) {
    const line = await nextLine(wire, true);
    if (line === null) return header;
    if (header.length < headerLimit) header += `${line}\r\n`;
  }
  throw new Fault('protocol-error', `a header of more than ${headerLines} lines`);
}
