import type { Duplex } from 'node:stream';
import { type Account, accepts } from './account.ts';
import type { Fault } from './fault.ts';
import type { MemoryMailbox, StoredMessage } from './mailbox.ts';
import { splitMessage } from './message.ts';
import { send, WireReader } from './wire.ts';

interface Tenant {
  readonly mailbox: MemoryMailbox;
  readonly account: Account;
  readonly fault: () => Fault;
}

/** Who is there, and the maildrop as it was at login. No lock: probes may overlap each other. */
interface Session {
  readonly tenant: Tenant;
  username: string | null;
  drop: readonly StoredMessage[] | null;
  readonly deleted: Set<number>;
  ended: boolean;
}

const capabilities = ['USER', 'TOP', 'UIDL', 'RESP-CODES', 'AUTH-RESP-CODE', 'PIPELINING'];

/** Serves POP3 (RFC 1939, RFC 2449) on one connection until it ends; never rejects. */
export async function servePop(stream: Duplex, tenant: Tenant): Promise<void> {
  const session: Session = {
    tenant,
    username: null,
    drop: null,
    deleted: new Set(),
    ended: false,
  };
  const reader = new WireReader(stream, 1024);
  await send(stream, '+OK mailminute demo\r\n');
  try {
    while (!session.ended) {
      const line = await reader.line();
      if (line === null) break;
      await send(stream, answer(session, line));
    }
  } catch {
    await send(stream, '-ERR line too long\r\n');
  }
  stream.end();
}

function answer(session: Session, line: string): string {
  const [name = '', ...args] = line.split(' ');
  const command = name.toUpperCase();
  if (command === 'QUIT') return quit(session);
  if (command === 'CAPA') return multiline('capabilities', capabilities.join('\r\n'));
  if (session.tenant.fault() === 'error') return '-ERR [SYS/TEMP] temporarily out of order\r\n';
  if (session.drop === null) return enter(session, command, line.slice(name.length + 1));
  return transaction(session, session.drop, command, args);
}

function enter(session: Session, command: string, argument: string): string {
  const { account, mailbox, fault } = session.tenant;
  if (command === 'USER') {
    session.username = argument;
    return '+OK\r\n';
  }
  if (command !== 'PASS') return '-ERR log in first\r\n';
  const password = Buffer.from(argument, 'latin1').toString('utf8');
  const known = session.username !== null && accepts(account, session.username, password);
  if (!known || fault() === 'auth') return '-ERR [AUTH] user name or password is wrong\r\n';
  session.drop = mailbox.list();
  return '+OK\r\n';
}

function transaction(
  session: Session,
  drop: readonly StoredMessage[],
  command: string,
  args: readonly string[],
): string {
  const numbered = drop
    .map((message, index) => ({ number: index + 1, message }))
    .filter(({ number }) => !session.deleted.has(number));
  const sum = numbered.reduce((total, { message }) => total + message.text.length, 0);
  const one = numbered.find(({ number }) => String(number) === args[0]);
  switch (command) {
    case 'STAT':
      return `+OK ${numbered.length} ${sum}\r\n`;
    case 'LIST':
      return listing(numbered, args, (message) => String(message.text.length));
    case 'UIDL':
      return listing(numbered, args, (m) => `${session.tenant.mailbox.uidValidity}.${m.uid}`);
    case 'NOOP':
      return '+OK\r\n';
    case 'RSET':
      session.deleted.clear();
      return '+OK\r\n';
    case 'RETR':
      return one === undefined ? missing : multiline('message', one.message.text);
    case 'TOP':
      return one === undefined ? missing : top(one.message, args[1]);
    case 'DELE':
      if (one !== undefined) session.deleted.add(one.number);
      return one === undefined ? missing : '+OK\r\n';
    default:
      return '-ERR unknown command\r\n';
  }
}

const missing = '-ERR no such message\r\n';

function listing(
  numbered: readonly { number: number; message: StoredMessage }[],
  args: readonly string[],
  show: (message: StoredMessage) => string,
): string {
  const rows = numbered.map(({ number, message }) => ({
    number,
    row: `${number} ${show(message)}`,
  }));
  if (args[0] === undefined) return multiline('list', rows.map(({ row }) => row).join('\r\n'));
  const row = rows.find(({ number }) => String(number) === args[0])?.row;
  return row === undefined ? missing : `+OK ${row}\r\n`;
}

function top(message: StoredMessage, count: string | undefined): string {
  if (!/^\d{1,9}$/.test(count ?? '')) return '-ERR line count expected\r\n';
  const { header, body } = splitMessage(message.text);
  return multiline('top', header + body.split('\r\n').slice(0, Number(count)).join('\r\n'));
}

/** RFC 1939 §3: a line that begins with the termination octet gets another one. */
function multiline(title: string, text: string): string {
  const stuffed = text.replace(/^\./gm, '..');
  const end = stuffed === '' || stuffed.endsWith('\r\n') ? '' : '\r\n';
  return `+OK ${title}\r\n${stuffed}${end}.\r\n`;
}

/** Only QUIT deletes (RFC 1939 §6); a session that breaks off deletes nothing. */
function quit(session: Session): string {
  session.ended = true;
  const { drop, deleted, tenant } = session;
  if (drop !== null) {
    tenant.mailbox.remove(
      drop.filter((_message, index) => deleted.has(index + 1)).map((message) => message.uid),
    );
  }
  return '+OK bye\r\n';
}
