import type { SmtpReply } from '../failure/smtp.ts';
import { Fault } from '../failure.ts';
import type { Wire } from '../wire.ts';

const replyLimit = 128;
/** Characters of one reply: a fault's text is searched for words, and megabytes of it would stall us. */
const textLimit = 64 * 1024;

/** One whole reply (RFC 5321 §4.2.1). @throws Fault protocol-error if what came is none. */
export async function readReply(wire: Wire): Promise<SmtpReply> {
  const lines: string[] = [];
  let length = 0;
  for (;;) {
    const line = await wire.readLine();
    length += line.length;
    if (length > textLimit) {
      throw new Fault('protocol-error', `a reply of more than ${textLimit} characters`);
    }
    const found = /^([2-5]\d\d)(?:([ -])(.*))?$/s.exec(line);
    if (found === null) throw new Fault('protocol-error', `not an SMTP reply: ${line}`);
    lines.push(found[3] ?? '');
    if (found[2] !== '-') return { code: Number(found[1]), lines };
    if (lines.length >= replyLimit) {
      throw new Fault('protocol-error', `a reply of more than ${replyLimit} lines`);
    }
  }
}

/** Sends one command and reads its reply. `redacted` is what the transcript shows instead. @throws Fault */
export async function command(wire: Wire, line: string, redacted?: string): Promise<SmtpReply> {
  wire.write(`${line}\r\n`, redacted);
  return readReply(wire);
}

/** EHLO with this name, or with the address literal of our end (RFC 5321 §4.1.3). @throws Fault */
export async function ehlo(wire: Wire, name?: string): Promise<SmtpReply> {
  if (name !== undefined) return command(wire, `EHLO ${name}`);
  const address = wire.localAddress.replace(/^::ffff:/, '');
  const literal = address.includes(':') ? `IPv6:${address}` : address;
  return command(wire, `EHLO [${literal || '127.0.0.1'}]`);
}

/** Keywords of an EHLO reply, upper case, with their parameters. */
export function extensionsOf(reply: SmtpReply): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  for (const line of reply.lines.slice(1)) {
    // `AUTH=LOGIN` is an old spelling that some hosts still send beside the right one.
    const [keyword = '', ...parameters] = line.toUpperCase().replace('AUTH=', 'AUTH ').split(/\s+/);
    found.set(keyword, [...(found.get(keyword) ?? []), ...parameters]);
  }
  return found;
}
