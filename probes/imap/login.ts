import type { Attempt } from '../dialogue.ts';
import { imapFault } from '../failure/imap.ts';
import { plainBlob, xoauth2Blob } from '../sasl.ts';
import type { StatusReply } from './reply.ts';
import type { Piece, Session } from './session.ts';

/** Longer initial responses go after a continuation: common servers take 8192 octets a line. */
const initialResponseLimit = 4096;

/**
 * From the greeting to the authenticated state (RFC 9051 §6.1.1, §6.2). Phases `capability` and `auth`.
 * @throws Fault
 */
export async function logIn(attempt: Attempt, session: Session): Promise<void> {
  attempt.phase('capability');
  const [line = ''] = attempt.greeting;
  // Before STARTTLS anyone on the way could have said it (RFC 9051 §6.2.1).
  const trusted = attempt.tenant.imap?.tls !== 'starttls';
  if (trusted) session.greeted(line);
  if (session.capabilities === null) await session.order('CAPABILITY');
  if (!/^\* PREAUTH\b/i.test(line)) await authenticate(attempt, session);
  if (session.capabilities !== null) return;
  attempt.phase('capability');
  await session.order('CAPABILITY');
}

async function authenticate(attempt: Attempt, session: Session): Promise<void> {
  attempt.phase('auth');
  const answer = await present(attempt, session);
  if (answer.status !== 'OK') throw imapFault(answer.line, 'auth');
  if (answer.code !== 'CAPABILITY') session.forgetCapabilities();
}

function present(attempt: Attempt, session: Session): Promise<StatusReply> {
  const { username, credential } = attempt.tenant.mailbox;
  const secret = attempt.secret();
  if (credential.kind === 'access-token') {
    if (!session.offers('AUTH=XOAUTH2')) {
      attempt.fail('auth-not-offered', 'the server does not offer AUTH=XOAUTH2');
    }
    // A refusal comes as a challenge first, which an empty line answers.
    return sasl(session, 'XOAUTH2', xoauth2Blob(username, secret), '');
  }
  if (session.offers('AUTH=PLAIN')) return sasl(session, 'PLAIN', plainBlob(username, secret), '*');
  if (session.offers('LOGINDISABLED')) {
    attempt.fail('auth-not-offered', 'the server allows neither AUTH=PLAIN nor LOGIN');
  }
  const { line, pieces } = withWords('LOGIN', [username, secret]);
  return session.ask(line, { pieces, shown: 'LOGIN [credentials]' });
}

/** AUTHENTICATE with one client response, at once where SASL-IR allows (RFC 4959). */
function sasl(
  session: Session,
  mechanism: string,
  encoded: string,
  afterwards: string,
): Promise<StatusReply> {
  if (session.offers('SASL-IR') && encoded.length <= initialResponseLimit) {
    const shown = `AUTHENTICATE ${mechanism} [credentials]`;
    return session.ask(`AUTHENTICATE ${mechanism} ${encoded}`, { afterwards, shown });
  }
  const pieces = [{ text: `${encoded}\r\n`, shown: '[credentials]' }];
  return session.ask(`AUTHENTICATE ${mechanism}`, { pieces, afterwards });
}

/**
 * A command with words of any content: quoted where printable ASCII, else as literals, each of which
 * waits for the server's go-ahead (RFC 9051 §4.3). The pieces are not for the transcript.
 */
function withWords(
  command: string,
  words: readonly string[],
): { readonly line: string; readonly pieces: readonly Piece[] } {
  const lines = [command];
  for (const word of words) {
    const last = lines.length - 1;
    if (/^[\x20-\x7e]*$/.test(word)) {
      lines[last] += ` "${word.replace(/["\\]/g, '\\$&')}"`;
    } else {
      lines[last] += ` {${Buffer.byteLength(word)}}`;
      lines.push(word);
    }
  }
  const [line = command, ...rest] = lines;
  return { line, pieces: rest.map((text) => ({ text: `${text}\r\n`, shown: '[credentials]' })) };
}
