import { imapFault } from '../failure/imap.ts';
import type { Lookout } from './lookout.ts';
import type { OpenInbox } from './mailbox.ts';
import type { Session } from './session.ts';

/** UIDs in one command: a line stays below a thousand octets (RFC 2683 §3.2.1.5). */
const batch = 80;

/**
 * Deletes the messages with these tokens and pushes each token that is gone, also those of which
 * nothing was there. Never expunges what is not ours. @throws Fault; what was pushed stays true
 */
export async function removeMessages(
  session: Session,
  inbox: OpenInbox,
  lookout: Lookout,
  tokens: readonly string[],
  gone: string[],
): Promise<void> {
  if (inbox.readOnly) return;
  const unknown = tokens.filter((token) => !lookout.has(token));
  let surveyed = true;
  if (unknown.length > 0) {
    await session.order('NOOP');
    surveyed = await lookout.survey(unknown);
  }
  const present = tokens.filter((token) => lookout.has(token));
  if (surveyed) gone.push(...unknown.filter((token) => !lookout.has(token)));
  const uids = present.flatMap((token) => [...lookout.uidsOf(token)]);
  for (let from = 0; from < uids.length; from += batch) {
    const set = uids.slice(from, from + batch).join(',');
    await session.order(`UID STORE ${set} +FLAGS.SILENT (\\Deleted)`, { quiet: true });
    if (session.offers('UIDPLUS')) await session.order(`UID EXPUNGE ${set}`, { quiet: true });
  }
  if (uids.length === 0) return;
  // RFC 4315 §2.1: without UID EXPUNGE, EXPUNGE takes everything that carries the flag.
  if (!session.offers('UIDPLUS')) {
    if (!(await allAreOurs(session, new Set(uids)))) return;
    await session.order('EXPUNGE', { quiet: true });
  }
  gone.push(...present);
}

async function allAreOurs(session: Session, ours: ReadonlySet<number>): Promise<boolean> {
  let answered = false;
  let others = false;
  const answer = await session.ask('UID SEARCH DELETED', {
    onUntagged: (reply) => {
      if (reply.kind !== 'data') return;
      if (reply.name === 'SEARCH') answered = true;
      if (reply.name === 'SEARCH' && !reply.values.every((uid) => ours.has(Number(uid)))) {
        others = true;
      }
    },
  });
  if (answer.status !== 'OK') throw imapFault(answer.line, 'other');
  return answered && !others;
}
