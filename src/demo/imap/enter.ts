import { accepts, plainCredentials } from '../account.ts';
import { type Token, textOf } from './parse.ts';
import { capabilities, type ImapSession } from './session.ts';

const refused = 'NO [AUTHENTICATIONFAILED] user name or password is wrong';

export async function capability(session: ImapSession): Promise<string> {
  await session.send(`* CAPABILITY ${capabilities}\r\n`);
  return 'OK done';
}

/** RFC 2971: what the client says of itself is not kept. */
export async function id(session: ImapSession): Promise<string> {
  await session.send('* ID ("name" "mailminute demo")\r\n');
  return 'OK done';
}

export async function logout(session: ImapSession): Promise<string> {
  await session.send('* BYE see you\r\n');
  session.ended = true;
  return 'OK done';
}

export async function login(session: ImapSession, args: readonly Token[]): Promise<string> {
  const [username, password] = [textOf(args[0]), textOf(args[1])];
  return admit(session, username, Buffer.from(password, 'latin1').toString('utf8'));
}

export async function authenticate(session: ImapSession, args: readonly Token[]): Promise<string> {
  if (textOf(args[0]).toUpperCase() !== 'PLAIN') return 'NO [CANNOT] unknown mechanism';
  let answer = args[1] === undefined ? null : textOf(args[1]);
  if (answer === null) {
    await session.send('+ \r\n');
    answer = await session.reader.line();
    if (answer === null || answer === '*') return 'BAD cancelled';
  }
  const credentials = plainCredentials(answer);
  if (credentials === null) return 'BAD faulty response';
  return admit(session, credentials.username, credentials.password);
}

function admit(session: ImapSession, username: string, password: string): string {
  if (session.fault() === 'auth' || !accepts(session.account, username, password)) return refused;
  session.authenticated = true;
  return `OK [CAPABILITY ${capabilities}] welcome`;
}
