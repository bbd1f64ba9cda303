import type { Tap } from '../attempt/tap.ts';
import type { SmtpReply } from '../failure/smtp.ts';

/** A whole reply as the tap has framed it: the last line's code is the reply's. */
export function smtpReply(lines: readonly string[]): SmtpReply {
  const code = Number(lines.at(-1)?.slice(0, 3) ?? 0);
  return { code, lines: lines.map((line) => line.slice(4)) };
}

/** Our name for EHLO: the address literal of our end (RFC 5321 §4.1.3). */
export function ownName(tap: Tap): string {
  const address = tap.localAddress.replace(/^::ffff:/, '');
  const literal = address.includes(':') ? `IPv6:${address}` : address;
  return `[${literal || '127.0.0.1'}]`;
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
