import { type Framing, textOf } from '../attempt/tap.ts';
import { popFault } from '../failure/pop.ts';

/** Commands that are answered by several lines (RFC 1939 §3, RFC 2449 §5). */
export const severalLines = /^(?:CAPA|UIDL|LIST|TOP \d+ \d+|RETR \d+)$/i;
const end = Buffer.from('.\r\n');

/**
 * Replies of POP3. A library gets a status line apart, then the lines of a listing in blocks, then the
 * final dot apart; every line with CRLF, and stuffed dots as they came.
 */
export function popFraming(): Framing {
  const asked: string[] = [];
  /** After AUTH, until an answer that asks for nothing more. */
  let secret = false;
  let listing = false;

  function shown(line: string): string {
    if (/^PASS /i.test(line)) return 'PASS [masked]';
    if (/^AUTH /i.test(line)) secret = true;
    else if (secret) return '[masked]';
    return line;
  }

  return {
    lineLimit: 64 * 1024,
    sent(text) {
      const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
      asked.push(...lines);
      return lines.map(shown);
    },
    heard(bytes) {
      const line = textOf(bytes);
      const give = bytes.at(-2) === 0x0d ? bytes : Buffer.from(`${line}\r\n`, 'utf8');
      if (listing && line === '.') {
        listing = false;
        return { give: end, reply: ['.'], bulk: true, apart: true };
      }
      if (listing) return { give, reply: null, bulk: true };
      const isOk = /^\+OK\b/i.test(line);
      const asks = /^\+(?: |$)/.test(line);
      if (!isOk && !asks && !/^-ERR\b/i.test(line)) throw popFault(line, 'other');
      if (!asks) secret = false;
      const command = asked.shift() ?? '';
      listing = isOk && severalLines.test(command);
      // A message's own line of UIDL is a part of a listing as well.
      const bulk = isOk && /^UIDL \d+$/i.test(command);
      return { give, reply: [line], bulk, apart: true };
    },
  };
}
