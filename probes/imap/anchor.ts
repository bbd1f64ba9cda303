import type { Attempt } from '../dialogue.ts';
import { imapFault } from '../failure/imap.ts';
import { faultOf } from '../failure.ts';
import { anchorMessage } from '../message.ts';
import { recognise } from '../recognise.ts';
import { fetchHeaders, searchHeaders } from './fetch.ts';
import type { OpenFolder } from './mailbox.ts';
import type { Session } from './session.ts';

/** Where the anchor is looked for when the search finds nothing: it is among the oldest. */
const oldest = 50;

/**
 * Reads the header of the one message of ours that stays in the mailbox, so that reading is proven even
 * while nothing can be delivered; finds it or places it where it is missing. Phase `anchor`. @throws Fault
 */
export async function readAnchor(
  attempt: Attempt,
  session: Session,
  inbox: OpenFolder,
): Promise<void> {
  attempt.phase('anchor');
  const { memory } = attempt;
  const known = remembered(memory.anchor, inbox);
  if (known !== null && known > 0) {
    if ((await anchorIn(attempt, session, 'uid', `${known}`)) !== null) return;
    memory.anchor = null;
  }
  const uid =
    (await search(attempt, session)) ?? (known === 0 ? null : await place(attempt, session, inbox));
  if (uid !== null && inbox.uidValidity !== null) memory.anchor = `${inbox.uidValidity}:${uid}`;
}

/** The UID; 0 when an anchor was placed and could not be found: then no second one is placed. */
function remembered(anchor: string | null, inbox: OpenFolder): number | null {
  const [validity, uid] = (anchor ?? '').split(':');
  if (validity !== `${inbox.uidValidity}` || uid === undefined) return null;
  return /^\d{1,10}$/.test(uid) ? Number(uid) : null;
}

async function anchorIn(
  attempt: Attempt,
  session: Session,
  by: 'uid' | 'sequence',
  set: string,
): Promise<number | null> {
  const { address } = attempt.tenant.mailbox;
  let anchor: number | null = null;
  await fetchHeaders(session, by, set, ({ uid, header }) => {
    if (recognise(header, address).anchor) anchor ??= uid;
  });
  return anchor;
}

async function search(attempt: Attempt, session: Session): Promise<number | null> {
  if (session.exists === 0) return null;
  const id = /^Message-ID: (\S+)/m.exec(textOf(attempt))?.[1] ?? '';
  const uids = (await searchHeaders(session, [['Message-ID', id]])) ?? [];
  if (uids.length > 0) {
    const found = await anchorIn(attempt, session, 'uid', uids.slice(0, oldest).join(','));
    if (found !== null) return found;
  }
  // Some servers' search finds nothing, whatever is there.
  return anchorIn(attempt, session, 'sequence', `1:${Math.min(session.exists, oldest)}`);
}

/**
 * Stores the anchor (RFC 9051 §6.3.12) and reads it; its UID, 0 if it cannot be found again, or null if
 * the server does not take it: SELECT then has to do as proof.
 */
async function place(
  attempt: Attempt,
  session: Session,
  inbox: OpenFolder,
): Promise<number | null> {
  const text = Buffer.from(textOf(attempt), 'utf8');
  const answer = await session.ask('APPEND INBOX (\\Seen)', {
    attributes: [{ type: 'LITERAL', value: text }],
  });
  if (answer.status !== 'OK') {
    const fault = faultOf(imapFault(answer.line, 'other'));
    // A full or closed mailbox is not a broken one; what passes by itself is a failure.
    if (fault.reason === 'rejected' || fault.reason === 'mailbox-full') return null;
    throw fault;
  }
  // RFC 4315 §3: APPENDUID uidvalidity uid.
  const uid = answer.code === 'APPENDUID' ? answer.codeWords[1] : undefined;
  await session.order('NOOP');
  const set = uid !== undefined && /^\d{1,10}$/.test(uid) ? uid : `${inbox.uidNext}:*`;
  return (await anchorIn(attempt, session, 'uid', set)) ?? 0;
}

function textOf(attempt: Attempt): string {
  return anchorMessage({ address: attempt.tenant.mailbox.address, at: attempt.now() });
}
