import type { Attempt } from '../dialogue.ts';
import { imapFault } from '../failure/imap.ts';
import { plainBlob, xoauth2Blob } from '../sasl.ts';
import { type Answer, type Argument, Session } from './session.ts';

/** Longer initial responses go after a continuation: common servers take 8192 octets a line. */
const initialResponseLimit = 4096;

/**
 * From the greeting to the authenticated state (RFC 9051 §6.1.1, §6.2). Phases `capability` and `auth`.
 * @throws Fault
 */
export async function logIn(attempt: Attempt): Promise<Session> {
  attempt.phase('capability');
  const [line = ''] = attempt.greeting;
  // Before STARTTLS anyone on the way could have said it (RFC 9051 §6.2.1).
  const trusted = attempt.tenant.imap?.tls !== 'starttls';
  const session = await Session.over(attempt.tap, trusted ? line : '* OK ready');
  if (session.capabilities === null) await session.order('CAPABILITY');
  if (!/^\* PREAUTH\b/i.test(line)) await authenticate(attempt, session);
  if (session.capabilities !== null) return session;
  attempt.phase('capability');
  await session.order('CAPABILITY');
  return session;
}

async function authenticate(attempt: Attempt, session: Session): Promise<void> {
  attempt.phase('auth');
  const answer = await present(attempt, session);
  if (answer.status !== 'OK') throw imapFault(answer.line, 'auth');
  if (answer.code !== 'CAPABILITY') session.forgetCapabilities();
}

function present(attempt: Attempt, session: Session): Promise<Answer> {
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
  return session.ask('LOGIN', { attributes: [word(username), word(secret)] });
}

/** AUTHENTICATE with one client response, at once where SASL-IR allows (RFC 4959). */
function sasl(
  session: Session,
  mechanism: string,
  encoded: string,
  afterwards: string,
): Promise<Answer> {
  const atOnce = session.offers('SASL-IR') && encoded.length <= initialResponseLimit;
  let left = atOnce ? null : encoded;
  const atPlus = (): string => {
    const text = left ?? afterwards;
    left = null;
    return text;
  };
  const command = atOnce ? `AUTHENTICATE ${mechanism} ${encoded}` : `AUTHENTICATE ${mechanism}`;
  return session.ask(command, { atPlus });
}

/** Quoted where printable ASCII, else a literal, which waits for the server's go-ahead (RFC 9051 §4.3). */
function word(text: string): Argument {
  return { type: /^[\x20-\x7e]*$/.test(text) ? 'STRING' : 'LITERAL', value: text };
}
