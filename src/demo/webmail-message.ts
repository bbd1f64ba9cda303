import { randomUUID } from 'node:crypto';
import { mailDate } from './message.ts';

/**
 * A message from and to the tenant's one mailbox, as the webmail writes it (RFC 5322).
 * Latin-1, one char a byte, lines end with CRLF. `at`: wall ms.
 */
export function writtenMessage(address: string, subject: string, text: string, at: number): string {
  const lines = [
    `From: <${address}>`,
    `To: <${address}>`,
    `Subject: ${encoded(subject)}`,
    `Date: ${mailDate(at)}`,
    `Message-ID: <${randomUUID()}@webmail.demo.example>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: 8bit',
    '',
    ...text.split(/\r\n|\r|\n/),
    '',
  ];
  return Buffer.from(lines.join('\r\n'), 'utf8').toString('latin1');
}

/** Bytes of an encoded word's text: its 75 characters (RFC 2047 §2) less the frame, as base64. */
const wordBytes = 45;

/** One line of ASCII: control characters, and with them every other header field, are no text. */
function encoded(subject: string): string {
  const line = subject.replace(/\p{Cc}+/gu, ' ').trim();
  if (/^[ -~]{0,900}$/.test(line)) return line;
  const words: string[] = [];
  for (const char of line) {
    const last = words.at(-1);
    if (last !== undefined && Buffer.byteLength(last + char) <= wordBytes) {
      words[words.length - 1] = last + char;
    } else words.push(char);
  }
  return words.map((word) => `=?utf-8?b?${Buffer.from(word).toString('base64')}?=`).join('\r\n ');
}
