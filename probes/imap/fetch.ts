import { imapFault } from '../failure/imap.ts';
import type { Session } from './session.ts';
import type { Untagged, Value } from './untagged.ts';

/** One message's place and the fields that show whether it is ours. */
export interface FetchedHeader {
  readonly uid: number;
  /** The message sequence number at the time of the answer. */
  readonly sequence: number;
  /** The header fields asked for, as they stand in the message. */
  readonly header: string;
  /** Wall ms at which the answer came. */
  readonly at: number;
}

/** What `recognise` goes by. */
const fields = [
  'MESSAGE-ID',
  'SUBJECT',
  'FROM',
  'X-MAILMINUTE-TOKEN',
  'X-MAILMINUTE-ANCHOR',
  'CONTENT-TYPE',
  'AUTO-SUBMITTED',
  'RETURN-PATH',
].join(' ');

/**
 * Looks at the identifying header fields of messages, one by one as they come: nothing is kept here,
 * however many there are. `set` is of UIDs, or of sequence numbers if `by` says so. @throws Fault
 */
export async function fetchHeaders(
  session: Session,
  by: 'uid' | 'sequence',
  set: string,
  visit: (found: FetchedHeader) => void,
): Promise<void> {
  const verb = by === 'uid' ? 'UID FETCH' : 'FETCH';
  const answer = await session.ask(`${verb} ${set} (UID BODY.PEEK[HEADER.FIELDS (${fields})])`, {
    quiet: true,
    on: {
      FETCH: (response) => {
        const uid = uidOf(response);
        const header = fetchAttribute(response, 'BODY[HEADER.FIELDS');
        // Without both it is news of flags that nobody asked for.
        if (uid === null || typeof header !== 'string') return;
        visit({ uid, sequence: response.number ?? 0, header, at: session.heardAt });
      },
    },
  });
  // Somebody else removed a message meanwhile, and we get what is left (RFC 5530 §3).
  if (answer.status === 'OK' || answer.code === 'EXPUNGEISSUED') return;
  throw imapFault(answer.line, 'other');
}

/** Bytes of `Received` fields that are read of one message. */
const receivedLimit = 16 * 1024;

/**
 * The `Received` fields of these messages, the beginning of them, without marking them as read. A server
 * that refuses tells nothing. @throws Fault when the dialogue ends
 */
export async function fetchReceived(
  session: Session,
  uids: readonly number[],
  visit: (uid: number, header: string) => void,
): Promise<void> {
  const wanted = `UID BODY.PEEK[HEADER.FIELDS (RECEIVED)]<0.${receivedLimit}>`;
  await session.ask(`UID FETCH ${uids.join(',')} (${wanted})`, {
    quiet: true,
    on: {
      FETCH: (response) => {
        const uid = uidOf(response);
        const header = fetchAttribute(response, 'BODY[HEADER.FIELDS');
        if (uid !== null && typeof header === 'string') visit(uid, header.slice(0, receivedLimit));
      },
    },
  });
}

/** The value after this attribute's name in a FETCH response; undefined if it is not in there. */
export function fetchAttribute({ values }: Untagged, name: string): Value | undefined {
  const [list] = values;
  if (!Array.isArray(list)) return undefined;
  for (let at = 0; at + 1 < list.length; at += 2) {
    const key: unknown = list[at];
    if (typeof key !== 'string') continue;
    const wanted = key.toUpperCase();
    if (name.includes('[') ? wanted.startsWith(name) : wanted === name) return list[at + 1];
  }
  return undefined;
}

function uidOf(response: Untagged): number | null {
  const value = fetchAttribute(response, 'UID');
  return typeof value === 'string' && /^[1-9]\d{0,9}$/.test(value) ? Number(value) : null;
}

/** At most this many UIDs are taken from one search: a server that ignores the key returns them all. */
const searchLimit = 500;

/** A text that a field of the header has in it. */
export type HeaderKey = readonly [field: 'Message-ID' | 'Subject', text: string];

/**
 * UIDs of messages with one of these texts in their header, newest last; null when the server
 * refuses the search. Some servers ignore the key or find nothing: what is found must be looked at,
 * and what is not found may still be there. @throws Fault when the dialogue ends
 */
export async function searchHeaders(
  session: Session,
  wanted: readonly HeaderKey[],
): Promise<readonly number[] | null> {
  const uids = new Set<number>();
  // RFC 2683 §3.2.1.5: a client's line should stay below a thousand octets.
  for (let from = 0; from < wanted.length; from += 8) {
    const keys = wanted.slice(from, from + 8).map(([field, text]) => `HEADER ${field} "${text}"`);
    const key = keys.reduceRight((rest, one) => `OR ${one} ${rest}`);
    const found = await searchUids(session, key);
    if (found === null) return null;
    for (const uid of found) uids.add(uid);
  }
  return [...uids].sort((one, other) => one - other).slice(-searchLimit);
}

/** UIDs that a search gives, newest last; null when the server refuses it. @throws Fault */
export async function searchUids(session: Session, key: string): Promise<readonly number[] | null> {
  const uids = new Set<number>();
  const answer = await session.ask(`UID SEARCH ${key}`, {
    quiet: true,
    on: {
      SEARCH: ({ values }) => {
        for (const word of values) addUid(Number(word), uids);
      },
      // IMAP4rev2 servers may answer so unasked (RFC 9051 §7.3.4).
      ESEARCH: ({ values }) => {
        const set = values[values.indexOf('ALL') + 1];
        if (typeof set === 'string' && values.includes('ALL')) addSet(set, uids);
      },
    },
  });
  if (answer.status !== 'OK') return null;
  return [...uids].sort((one, other) => one - other).slice(-searchLimit);
}

/**
 * The first so many bytes of a message, without marking it as read; null when it is gone. Kept out of
 * the transcript. @throws Fault
 */
export async function fetchText(
  session: Session,
  uid: number,
  limit: number,
): Promise<Uint8Array | null> {
  let text: string | null = null;
  await session.ask(`UID FETCH ${uid} (UID BODY.PEEK[]<0.${limit}>)`, {
    quiet: true,
    on: {
      FETCH: (response) => {
        if (uidOf(response) !== uid) return;
        const value = fetchAttribute(response, 'BODY[]');
        if (typeof value === 'string') text = value;
      },
    },
  });
  return text === null ? null : Buffer.from(text, 'utf8');
}

function addUid(uid: number, uids: Set<number>): void {
  if (Number.isSafeInteger(uid) && uid > 0 && uids.size < 100_000) uids.add(uid);
}

function addSet(set: string, uids: Set<number>): void {
  for (const range of set.split(',')) {
    const [from = Number.NaN, to = from] = range.split(':').map(Number);
    for (let uid = from; uid <= to && uid < from + searchLimit; uid += 1) addUid(uid, uids);
  }
}
