import type { Attempt } from '../dialogue.ts';
import { type SmtpReply, smtpFault } from '../failure/smtp.ts';
import { dotStuffed, plainAddress } from '../message.ts';
import { command, readReply } from './reply.ts';

/** A message as it is to leave: plain addresses, CRLF line ends, not dot-stuffed. */
export interface Outgoing {
  readonly token: string;
  readonly sender: string;
  readonly recipient: string;
  readonly text: string;
}

/**
 * MAIL, RCPT, DATA: one command at a time, never pipelined, so that each has its own time and its own
 * answer. @throws Fault
 */
export async function sendMessage(attempt: Attempt, message: Outgoing): Promise<void> {
  const { wire } = attempt;
  const { token } = message;
  const expect = async (line: string, codes: readonly number[]): Promise<void> => {
    const reply = await command(wire, line);
    if (!codes.includes(reply.code)) refuse(attempt, token, reply);
  };
  attempt.phase('mail');
  await expect(`MAIL FROM:<${plainAddress(message.sender)}>`, [250]);
  attempt.phase('rcpt');
  await expect(`RCPT TO:<${plainAddress(message.recipient)}>`, [250, 251]);
  attempt.phase('data');
  await expect('DATA', [354]);
  const stuffed = dotStuffed(message.text);
  attempt.phase('accept');
  attempt.evidence.sent(token);
  wire.write(stuffed, `[message, ${stuffed.length} bytes]`);
  const reply = await readReply(wire);
  if (reply.code !== 250) refuse(attempt, token, reply);
  attempt.evidence.accepted(token, attempt.now());
}

/** The message was refused by an answer of its own. @throws Fault, always */
function refuse(attempt: Attempt, token: string, reply: SmtpReply): never {
  attempt.evidence.refused(token, attempt.now());
  throw smtpFault(reply, 'other');
}
