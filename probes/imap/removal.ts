import { imapFault } from '../failure/imap.ts';
import { subjectOf } from '../message.ts';
import { recognise } from '../recognise.ts';
import { fetchHeaders, type HeaderKey, searchHeaders } from './fetch.ts';
import { foldersFor, quoted } from './folders.ts';
import type { Lookout } from './lookout.ts';
import type { OpenFolder } from './mailbox.ts';
import type { Session } from './session.ts';

/** UIDs in one command: a line stays below a thousand octets (RFC 2683 §3.2.1.5). */
const batch = 80;

/**
 * Deletes the messages with these tokens and pushes each token that is gone, also those of which
 * nothing was there. Never expunges what is not ours. @throws Fault; what was pushed stays true
 */
export async function removeMessages(
  session: Session,
  inbox: OpenFolder,
  lookout: Lookout,
  tokens: readonly string[],
  gone: string[],
): Promise<void> {
  if (inbox.readOnly || tokens.length === 0) return;
  const unknown = tokens.filter((token) => !lookout.has(token));
  let surveyed = true;
  if (unknown.length > 0) {
    await session.order('NOOP');
    surveyed = await lookout.survey(unknown);
  }
  const present = tokens.filter((token) => lookout.has(token));
  if (surveyed) gone.push(...unknown.filter((token) => !lookout.has(token)));
  const uids = present.flatMap((token) => [...lookout.uidsOf(token)]);
  if (await deleteMessages(session, uids)) gone.push(...present);
}

/**
 * Deletes these messages of ours from the opened folder, and no others. False if they are only marked,
 * as others are: without UID EXPUNGE those would go with them. @throws Fault
 */
export async function deleteMessages(session: Session, uids: readonly number[]): Promise<boolean> {
  for (let from = 0; from < uids.length; from += batch) {
    const set = uids.slice(from, from + batch).join(',');
    await session.order(`UID STORE ${set} +FLAGS.SILENT (\\Deleted)`, { quiet: true });
    if (session.offers('UIDPLUS')) await session.order(`UID EXPUNGE ${set}`, { quiet: true });
  }
  if (uids.length === 0) return true;
  // RFC 4315 §2.1: without UID EXPUNGE, EXPUNGE takes everything that carries the flag.
  if (!session.offers('UIDPLUS')) {
    if (!(await allAreOurs(session, new Set(uids)))) return false;
    await session.order('EXPUNGE', { quiet: true });
  }
  return true;
}

/**
 * A webmail keeps a copy of what it sends: deletes those of these messages, and leaves another mailbox open.
 * @returns false if a copy may still be there. @throws Fault
 */
export async function removeCopies(
  session: Session,
  address: string,
  tokens: readonly string[],
): Promise<boolean> {
  let complete = true;
  for (const folder of await foldersFor(session, '\\Sent', sentNames)) {
    const opened = await session.ask(`SELECT ${quoted(folder)}`);
    if (opened.status !== 'OK' || opened.code === 'READ-ONLY') {
      complete = false;
      continue;
    }
    const keys = tokens.map((token): HeaderKey => ['Subject', subjectOf(token)]);
    const found = (await searchHeaders(session, keys)) ?? [];
    const ours: number[] = [];
    for (let from = 0; from < found.length; from += batch) {
      const set = found.slice(from, from + batch).join(',');
      await fetchHeaders(session, 'uid', set, ({ uid, header }) => {
        const { token } = recognise(header, address);
        if (token !== null && tokens.includes(token)) ours.push(uid);
      });
    }
    if (ours.length > 0) complete = (await deleteMessages(session, ours)) && complete;
  }
  return complete;
}

/** Where the server does not tell which folder it is; the last two are 已发送 and 已发送邮件. */
const sentNames = [
  'sent',
  'sent items',
  'sent messages',
  'sent mail',
  '&xfjt0zab-',
  '&xfjt0zabkk5o9g-',
];

async function allAreOurs(session: Session, ours: ReadonlySet<number>): Promise<boolean> {
  let answered = false;
  let others = false;
  const answer = await session.ask('UID SEARCH DELETED', {
    on: {
      SEARCH: ({ values }) => {
        answered = true;
        if (!values.every((uid) => ours.has(Number(uid)))) others = true;
      },
    },
  });
  if (answer.status !== 'OK') throw imapFault(answer.line, 'other');
  return answered && !others;
}
