import type { Framing } from '../attempt/tap.ts';
import { textOf } from '../attempt/tap.ts';
import { Fault } from '../failure.ts';

const replyLimit = 128;
/** Characters of one reply: a fault's text is searched for words, and megabytes of it would stall us. */
const textLimit = 64 * 1024;

/**
 * Replies of SMTP (RFC 5321 §4.2.1). A library gets whole ones alone: one whose code changes halfway is
 * the last code's, a bare `334` gets its blank, and PIPELINING is kept from it, so that MAIL, RCPT and
 * DATA each have their own time and their own answer.
 */
export function smtpFraming(): Framing {
  let lines: string[] = [];
  let length = 0;
  let code = '';
  /** After AUTH, until a reply that asks for nothing more: what we say is a secret. */
  let secret = false;
  let command = '';
  /** After the go-ahead for DATA, which some answer with 250: what we say is the message. */
  let message = false;

  function sent(text: string): string[] {
    if (message) return [`[message, ${Buffer.byteLength(text)} bytes]`];
    return text
      .replace(/\r?\n$/, '')
      .split(/\r?\n/)
      .map((line) => {
        command = line;
        const auth = /^AUTH \S+(?= |$)/i.exec(line)?.[0];
        if (auth === undefined) return secret ? '[masked]' : line;
        secret = true;
        return line.length > auth.length ? `${auth} [masked]` : line;
      });
  }

  return {
    lineLimit: 64 * 1024,
    sent,
    heard(bytes) {
      const line = textOf(bytes);
      length += line.length;
      if (length > textLimit)
        throw new Fault('protocol-error', `a reply of more than ${textLimit} characters`);
      const found = /^([2-5]\d\d)(?:([ -])(.*))?$/s.exec(line);
      if (found === null) throw new Fault('protocol-error', `not an SMTP reply: ${line}`);
      lines.push(line);
      code = found[1] ?? '';
      const more = found[2] === '-';
      if (more && lines.length >= replyLimit)
        throw new Fault('protocol-error', `a reply of more than ${replyLimit} lines`);
      if (more) return { give: null, reply: null, bulk: false };
      const reply = lines;
      const wasCode = code;
      lines = [];
      length = 0;
      if (wasCode !== '334') secret = false;
      message = command === 'DATA' && /^[23]/.test(wasCode);
      command = '';
      const read = reply
        .map((one, index) => {
          const separator = index === reply.length - 1 ? ' ' : '-';
          return `${wasCode}${separator}${one.slice(4)}\r\n`;
        })
        .filter((one, index) => index === reply.length - 1 || !/^250-PIPELINING\b/i.test(one))
        .map((one) => one.replace(/^(250 )PIPELINING\b.*/i, '$1OK'));
      return { give: Buffer.from(read.join(''), 'utf8'), reply, bulk: false };
    },
  };
}
