import { fetchItems } from './fetch.ts';
import { canonicalFlag } from './folder.ts';
import { itemsOf, ParseError, type Token, textOf } from './parse.ts';
import { search as find } from './search.ts';
import type { ImapSession } from './session.ts';
import type { MailboxView, Seen } from './view.ts';

const readOnly = 'NO [READ-ONLY] mailbox is open for reading only';
/** How many flags a message can have. */
const flagLimit = 50;

/** A command of the selected state; `byUid` when it came with the prefix UID. */
export type SelectedCommand = (
  session: ImapSession,
  view: MailboxView,
  args: readonly Token[],
  byUid: boolean,
) => Promise<string>;

/** New mail may be told before a search is answered: its numbers only grow (RFC 3501 §7.4.1). */
export const search: SelectedCommand = async (session, view, args, byUid) => {
  const news = view.sync(false);
  const found = find(view, args).map((seen) => (byUid ? seen.message.uid : seen.sequence));
  await session.send(`${news}* SEARCH${found.map((number) => ` ${number}`).join('')}\r\n`);
  return 'OK done';
};

export const fetch: SelectedCommand = async (session, view, args, byUid) => {
  const named = view.named(textOf(args[0]), byUid);
  const asked = itemsOf(args[1]);
  const withUid = asked.some((item) => textOf(item).toUpperCase() === 'UID');
  const items = fetchItems(
    byUid && !withUid ? [{ kind: 'atom', text: 'UID' } as const, ...asked] : asked,
  );
  const marks = !view.readOnly && items.some((item) => item.marksSeen);
  for (const { sequence, message } of named) {
    let current = session.mailbox.get(message.uid) ?? message;
    let told = '';
    if (marks && !current.flags.has('\\Seen')) {
      session.mailbox.setFlags(current.uid, new Set([...current.flags, '\\Seen']));
      current = session.mailbox.get(current.uid) ?? current;
      told = ` FLAGS (${[...current.flags].join(' ')})`;
    }
    const data = items.map((item) => item.render(current)).join(' ');
    await session.send(`* ${sequence} FETCH (${data}${told})\r\n`);
  }
  return 'OK done';
};

export const store: SelectedCommand = async (session, view, args, byUid) => {
  if (view.readOnly) return readOnly;
  const operation = /^([+-]?)FLAGS(\.SILENT)?$/i.exec(textOf(args[1]));
  if (operation === null) throw new ParseError('unknown STORE item');
  const given = args
    .slice(2)
    .flatMap((token) => itemsOf(token))
    .map((token) => canonicalFlag(textOf(token)));
  for (const { sequence, message } of view.named(textOf(args[0]), byUid)) {
    const flags = changed(message.flags, operation[1] ?? '', given);
    if (flags.size > flagLimit) return 'NO [LIMIT] too many flags';
    session.mailbox.setFlags(message.uid, flags);
    if (operation[2] !== undefined) continue;
    const uid = byUid ? `UID ${message.uid} ` : '';
    await session.send(`* ${sequence} FETCH (${uid}FLAGS (${[...flags].join(' ')}))\r\n`);
  }
  return 'OK done';
};

function changed(
  flags: ReadonlySet<string>,
  sign: string,
  given: readonly string[],
): ReadonlySet<string> {
  if (sign === '+') return new Set([...flags, ...given]);
  if (sign === '-') return new Set([...flags].filter((flag) => !given.includes(flag)));
  return new Set(given);
}

/** UID EXPUNGE takes the set of what may go (RFC 4315 §2.1); EXPUNGE takes everything marked. */
export const expunge: SelectedCommand = async (session, view, args, byUid) => {
  if (view.readOnly) return readOnly;
  remove(session, byUid ? view.named(textOf(args[0]), true) : view.messages());
  await session.send(view.sync(true));
  return 'OK done';
};

/** CLOSE also removes what is marked as deleted, without a word (RFC 3501 §6.4.2). */
export const close: SelectedCommand = async (session, view) => {
  if (!view.readOnly) remove(session, view.messages());
  session.view = null;
  return 'OK done';
};

function remove(session: ImapSession, candidates: readonly Seen[]): void {
  const marked = candidates.filter(({ message }) => message.flags.has('\\Deleted'));
  session.mailbox.remove(marked.map(({ message }) => message.uid));
}

/** IDLE (RFC 2177): tells of arrivals and removals as they happen, until the client says DONE. */
export async function idle(session: ImapSession): Promise<string> {
  const tell = (): void => {
    const news = session.view?.sync(true) ?? '';
    if (news !== '') void session.send(news);
  };
  await session.send('+ idling\r\n');
  const stop = session.mailbox.watch(tell);
  try {
    tell();
    const line = await session.reader.line();
    if (line === null) session.ended = true;
    return line?.toUpperCase() === 'DONE' ? 'OK done' : 'BAD DONE expected';
  } finally {
    stop();
  }
}
