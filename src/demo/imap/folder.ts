import { messageLimit } from '../mailbox.ts';
import { itemsOf, ParseError, type Token, textOf } from './parse.ts';
import type { ImapSession } from './session.ts';
import { MailboxView } from './view.ts';

const flags = '\\Answered \\Flagged \\Deleted \\Seen \\Draft';
const absent = 'NO [NONEXISTENT] there is only INBOX';

const isInbox = (token: Token | undefined): boolean => textOf(token).toUpperCase() === 'INBOX';

export const select = (session: ImapSession, args: readonly Token[]): Promise<string> =>
  open(session, args, false);
export const examine = (session: ImapSession, args: readonly Token[]): Promise<string> =>
  open(session, args, true);

async function open(
  session: ImapSession,
  args: readonly Token[],
  readOnly: boolean,
): Promise<string> {
  session.view = null;
  if (!isInbox(args[0])) return absent;
  const { mailbox } = session;
  const view = new MailboxView(mailbox, readOnly);
  session.view = view;
  await session.send(
    [
      `* FLAGS (${flags})`,
      `* OK [PERMANENTFLAGS (${readOnly ? '' : `${flags} \\*`})] flags that stay`,
      `* ${view.size} EXISTS`,
      '* 0 RECENT',
      `* OK [UIDVALIDITY ${mailbox.uidValidity}] valid`,
      `* OK [UIDNEXT ${mailbox.uidNext}] next`,
      '',
    ].join('\r\n'),
  );
  return `OK [READ-${readOnly ? 'ONLY' : 'WRITE'}] done`;
}

/** LIST and LSUB: the one mailbox, or (empty pattern) the hierarchy's separator. */
export function list(name: 'LIST' | 'LSUB') {
  return async (session: ImapSession, args: readonly Token[]): Promise<string> => {
    const pattern = textOf(args[0]) + textOf(args[1]);
    if (textOf(args[1]) === '') await session.send(`* ${name} (\\Noselect) "/" ""\r\n`);
    else if (matchesInbox(pattern)) await session.send(`* ${name} (\\HasNoChildren) "/" INBOX\r\n`);
    return 'OK done';
  };
}

/** `*` and `%` stand for anything here: there is no hierarchy. Compared piece by piece, in linear time. */
function matchesInbox(pattern: string): boolean {
  const pieces = pattern.toUpperCase().split(/[*%]/);
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return first === 'INBOX';
  if (!'INBOX'.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = 'INBOX'.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return 'INBOX'.slice(at).endsWith(last);
}

export async function status(session: ImapSession, args: readonly Token[]): Promise<string> {
  if (!isInbox(args[0])) return absent;
  const messages = session.mailbox.list();
  const values: Readonly<Record<string, number>> = {
    MESSAGES: messages.length,
    RECENT: 0,
    UIDNEXT: session.mailbox.uidNext,
    UIDVALIDITY: session.mailbox.uidValidity,
    UNSEEN: messages.filter((message) => !message.flags.has('\\Seen')).length,
  };
  const found = itemsOf(args[1]).map((item) => {
    const name = textOf(item).toUpperCase();
    if (!Object.hasOwn(values, name)) throw new ParseError('unknown STATUS item');
    return `${name} ${values[name]}`;
  });
  await session.send(`* STATUS INBOX (${found.join(' ')})\r\n`);
  return 'OK done';
}

/** APPEND (RFC 3501 §6.3.11) with UIDPLUS's answer (RFC 4315 §3); a date that is given is not kept. */
export async function append(session: ImapSession, args: readonly Token[]): Promise<string> {
  if (!isInbox(args[0])) return absent;
  const given = args[1]?.kind === 'list' ? args[1].items.map(textOf) : [];
  const text = textOf(args.at(-1));
  if (args.length < 2 || text === '') return 'BAD message expected';
  if (text.length > messageLimit) return 'NO [TOOBIG] message too long';
  const uid = session.mailbox.append(text, new Set(given.map(canonicalFlag)));
  return `OK [APPENDUID ${session.mailbox.uidValidity} ${uid}] done`;
}

/** System flags are case-insensitive (RFC 3501 §2.3.2): kept in the usual spelling. */
export function canonicalFlag(flag: string): string {
  if (!/^\\?[^\s(){}%*"\\\]]{1,64}$/.test(flag)) throw new ParseError('faulty flag');
  return flags.split(' ').find((known) => known.toLowerCase() === flag.toLowerCase()) ?? flag;
}
