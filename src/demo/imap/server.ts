import type { Duplex } from 'node:stream';
import type { Account } from '../account.ts';
import type { Fault } from '../fault.ts';
import type { MemoryMailbox } from '../mailbox.ts';
import { WireReader } from '../wire.ts';
import * as enter from './enter.ts';
import * as folder from './folder.ts';
import { ParseError, parseTokens, type Token, textOf } from './parse.ts';
import * as selected from './selected.ts';
import { capabilities, ImapSession, tagOf } from './session.ts';

type Command = (session: ImapSession, args: readonly Token[]) => Promise<string>;

const nothing: Command = async () => 'OK done';
const impossible: Command = async () => 'NO [CANNOT] there is only INBOX';

const always: Readonly<Record<string, Command>> = {
  CAPABILITY: enter.capability,
  NOOP: nothing,
  ID: enter.id,
  LOGOUT: enter.logout,
};
const before: Readonly<Record<string, Command>> = {
  LOGIN: enter.login,
  AUTHENTICATE: enter.authenticate,
};
const after: Readonly<Record<string, Command>> = {
  SELECT: folder.select,
  EXAMINE: folder.examine,
  LIST: folder.list('LIST'),
  LSUB: folder.list('LSUB'),
  STATUS: folder.status,
  APPEND: folder.append,
  IDLE: selected.idle,
  SUBSCRIBE: nothing,
  UNSUBSCRIBE: nothing,
  CREATE: impossible,
  DELETE: impossible,
  RENAME: impossible,
};
const inMailbox: Readonly<Record<string, selected.SelectedCommand>> = {
  CHECK: async () => 'OK done',
  SEARCH: selected.search,
  FETCH: selected.fetch,
  STORE: selected.store,
  EXPUNGE: selected.expunge,
  CLOSE: selected.close,
};
/** What a client may still do while the server is out of order. */
const unharmed = new Set(['CAPABILITY', 'ID', 'LOGOUT']);
/** No removal may be told while these are answered (RFC 3501 §7.4.1). */
const numbering = new Set(['FETCH', 'STORE', 'SEARCH']);

/** Serves IMAP4rev1 (RFC 3501) on one connection until it ends; never rejects. */
export async function serveImap(
  stream: Duplex,
  tenant: { mailbox: MemoryMailbox; account: Account; fault: () => Fault },
): Promise<void> {
  const session = new ImapSession(stream, new WireReader(stream, 16 * 1024), tenant);
  await session.send(`* OK [CAPABILITY ${capabilities}] mailminute demo\r\n`);
  try {
    while (!session.ended) {
      const command = await session.command();
      if (command === null) break;
      await answer(session, command);
    }
  } catch {
    await session.send('* BYE line or literal too long\r\n');
  }
  stream.end();
}

async function answer(session: ImapSession, command: string): Promise<void> {
  const tag = tagOf(command);
  let outcome: string;
  try {
    outcome = tag === '*' ? 'BAD tag expected' : await run(session, command.slice(tag.length));
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    outcome = `BAD ${error.message}`;
  }
  await session.send(`${tag} ${outcome}\r\n`);
}

async function run(session: ImapSession, text: string): Promise<string> {
  const tokens = parseTokens(text);
  let name = textOf(tokens[0]).toUpperCase();
  const byUid = name === 'UID';
  if (byUid) name = textOf(tokens[1]).toUpperCase();
  if (byUid && !numbering.has(name) && name !== 'EXPUNGE') return 'BAD unknown command';
  if (session.fault() === 'error' && !unharmed.has(name)) {
    return 'NO [UNAVAILABLE] temporarily out of order';
  }
  const outcome = await dispatch(session, name, tokens.slice(byUid ? 2 : 1), byUid);
  const news = session.view?.sync(!numbering.has(name)) ?? '';
  if (news !== '' && !session.ended) await session.send(news);
  return outcome;
}

async function dispatch(
  session: ImapSession,
  name: string,
  args: readonly Token[],
  byUid: boolean,
): Promise<string> {
  const own = session.authenticated ? after : before;
  const command = named(always, name) ?? named(own, name);
  if (command !== undefined) return command(session, args);
  const selectedCommand = named(inMailbox, name);
  if (selectedCommand !== undefined && session.view !== null) {
    return selectedCommand(session, session.view, args, byUid);
  }
  const known = [before, after, inMailbox].some((commands) => Object.hasOwn(commands, name));
  return known ? 'BAD not now' : 'BAD unknown command';
}

function named<T>(commands: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(commands, name) ? commands[name] : undefined;
}
