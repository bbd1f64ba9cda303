import { type Attempt, runAttempt } from './attempt.ts';
import { type SmtpReply, smtpFault } from './failure/smtp.ts';
import { dotStuffed, plainAddress, probeMessage } from './message.ts';
import type { Probe } from './probe.ts';
import { authenticate } from './smtp/auth.ts';
import { command, ehlo, extensionsOf, readReply } from './smtp/reply.ts';

/** Submission (RFC 6409): greeting, AUTH, and a message to the mailbox itself. */
export const smtp: Probe = (tenant, ask, context) =>
  runAttempt(tenant, 'smtp', ask, context, converse);

async function converse(attempt: Attempt): Promise<null> {
  const { ask } = attempt;
  await attempt.dial('smtp');
  attempt.vouch('connect');
  if (ask.depth === 'connect') return null;
  await login(attempt);
  attempt.vouch('login');
  if (ask.depth === 'login' || ask.message === null) return null;
  await send(attempt, ask.message.token);
  attempt.vouch('roundtrip');
  return null;
}

async function login(attempt: Attempt): Promise<void> {
  attempt.phase('ehlo');
  const hello = await ehlo(attempt.wire);
  if (hello.code !== 250) throw smtpFault(hello, 'other');
  attempt.phase('auth');
  await authenticate(attempt, extensionsOf(hello).get('AUTH') ?? null);
}

/** One command at a time, never pipelined, so that each has its own time and its own answer. */
async function send(attempt: Attempt, token: string): Promise<void> {
  const { wire } = attempt;
  const address = plainAddress(attempt.tenant.mailbox.address);
  const expect = async (line: string, codes: readonly number[]): Promise<void> => {
    const reply = await command(wire, line);
    if (!codes.includes(reply.code)) refuse(attempt, token, reply);
  };
  attempt.phase('mail');
  await expect(`MAIL FROM:<${address}>`, [250]);
  attempt.phase('rcpt');
  await expect(`RCPT TO:<${address}>`, [250, 251]);
  attempt.phase('data');
  await expect('DATA', [354]);
  const message = dotStuffed(probeMessage({ token, address, at: attempt.now() }));
  attempt.phase('accept');
  attempt.sent(token);
  wire.write(message, `[message, ${message.length} bytes]`);
  const reply = await readReply(wire);
  if (reply.code !== 250) refuse(attempt, token, reply);
  attempt.accepted(token, attempt.now());
}

/** The message was refused by an answer of its own. @throws Fault, always */
function refuse(attempt: Attempt, token: string, reply: SmtpReply): never {
  attempt.refused(token, attempt.now());
  throw smtpFault(reply, 'other');
}
