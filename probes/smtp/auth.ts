import type { Attempt } from '../attempt.ts';
import { type SmtpReply, smtpFault } from '../failure/smtp.ts';
import { plainBlob, xoauth2Blob } from '../sasl.ts';
import { command } from './reply.ts';

/**
 * AUTH with the mailbox's credential (RFC 4954), by PLAIN before LOGIN, or XOAUTH2 for a token. A server
 * that offers no AUTH at all is taken as one that wants none. Dialling has seen to encryption: the wire
 * is in the clear only where the config says `tls: none`.
 * @param offered mechanisms, upper case; null if AUTH was not offered
 * @throws Fault
 */
export async function authenticate(
  attempt: Attempt,
  offered: readonly string[] | null,
): Promise<void> {
  if (offered === null) return;
  const { kind } = attempt.tenant.mailbox.credential;
  const usable = kind === 'password' ? ['PLAIN', 'LOGIN'] : ['XOAUTH2'];
  const mechanism = usable.find((name) => offered.includes(name));
  if (mechanism === undefined) {
    attempt.fail('auth-not-offered', `no mechanism in common; offered: ${offered.join(' ')}`);
  }
  const reply = mechanism === 'LOGIN' ? await login(attempt) : await oneBlob(attempt, mechanism);
  if (reply.code !== 235) throw smtpFault(reply, 'auth');
}

/** PLAIN (RFC 4616) and XOAUTH2: one blob, with the command or after a 334. */
async function oneBlob(attempt: Attempt, mechanism: string): Promise<SmtpReply> {
  const { wire, tenant } = attempt;
  const { username } = tenant.mailbox;
  const secret = attempt.secret();
  const blob = mechanism === 'PLAIN' ? plainBlob(username, secret) : xoauth2Blob(username, secret);
  const first = await command(wire, `AUTH ${mechanism} ${blob}`, `AUTH ${mechanism} [masked]`);
  if (first.code !== 334) return first;
  // A server that does not know initial responses sends an empty challenge. One with content is
  // XOAUTH2's error, which wants an empty line before the refusal itself.
  const emptyChallenge = first.lines.join('').trim() === '';
  return emptyChallenge ? command(wire, blob, '[masked]') : command(wire, '');
}

/** LOGIN: name and password, each after its 334. */
async function login(attempt: Attempt): Promise<SmtpReply> {
  const { wire, tenant } = attempt;
  const secret = attempt.secret();
  const first = await command(wire, 'AUTH LOGIN');
  if (first.code !== 334) return first;
  const name = Buffer.from(tenant.mailbox.username, 'utf8').toString('base64');
  const second = await command(wire, name, '[user name]');
  if (second.code !== 334) return second;
  return command(wire, Buffer.from(secret, 'utf8').toString('base64'), '[masked]');
}
