import { type Framed, type Framing, textOf } from '../attempt/tap.ts';
import { imapFault } from '../failure/imap.ts';
import { Fault } from '../failure.ts';

/** A server that ignores a search's key answers with every UID, all on one line. */
const lineLimit = 192 * 1024;
const literalLimit = 256 * 1024;
/** Literals of one response; the names of fields in a FETCH may be literals as well. */
const literalsLimit = 64;
/** Depth of lists. */
const nestingLimit = 20;
/** Untagged responses to one command: all of them, and those that a library reads, which takes it 20 µs each. */
const responsesLimit = 100_000;
const readLimit = 20_000;
/** What no dialogue of ours goes by does not reach the library. */
const unread =
  /^\* (?:\d+ RECENT|FLAGS |LSUB |NAMESPACE |ID |STATUS |X|\d+ FETCH \((?:UID \d+ )?FLAGS \([^()]*\)\)$)/i;
const unreadStatus =
  /^\* OK \[(?:PERMANENTFLAGS|UNSEEN|HIGHESTMODSEQ|NOMODSEQ|MAILBOXID|CLOSED)\b[^\]]*\]/i;

const status = /^(\S+)[ \t]+(OK|NO|BAD|BYE|PREAUTH)(?=[ \t]|$)/i;
/** A refusal that speaks of the login, whoever it is addressed to. */
const refusal =
  /^\*[ \t]+(?:NO|BAD)[ \t]+\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|UNAVAILABLE|PRIVACYREQUIRED|EXPIRED|CONTACTADMIN|LIMIT)\]/i;

/**
 * Responses of IMAP (RFC 9051 §7). A reply is the line that answers the command, or its "+", or the
 * greeting; a BYE ends the dialogue. What
 * imapflow 2.1.2 stumbles over is set right: line ends, blanks, codes that are never closed, texts that
 * look like the announcement of a literal, a refusal of the login without its tag.
 */
export function imapFraming(): Framing {
  let literals = 0;
  let responses = 0;
  let passed = 0;
  let tag = '';
  let verb = '';

  function sent(text: string): string[] {
    const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
    // Until it is answered, what follows belongs to it: what looks like a command is a password or a message.
    if (/^(?:LOGIN|AUTHENTICATE)/.test(verb)) return lines.map(() => '[credentials]');
    if (verb === 'APPEND') return ['[the message]'];
    return lines.map((line) => {
      const found = /^(\S+) (LOGIN|AUTHENTICATE \S+|[A-Z]+)(.*)$/s.exec(line);
      if (found === null) return line;
      tag = found[1] ?? '';
      verb = found[2] ?? '';
      responses = 0;
      passed = 0;
      if (/^(?:LOGIN|AUTHENTICATE)/.test(verb))
        return `${tag} ${verb}${found[3] === '' ? '' : ' [credentials]'}`;
      return line.replace(/BODY\.PEEK\[HEADER\.FIELDS \([^)]{40,}\)\]/, '[identifying fields]');
    });
  }

  /** One more that the library is to read. @throws Fault when there is no end of it */
  function pass(): void {
    passed += 1;
    if (passed > readLimit)
      throw new Fault('protocol-error', `more than ${readLimit} responses to one command`);
  }

  /** The rest of a response after a literal. */
  function tail(line: string): Framed {
    return { ...announced(line), reply: null, bulk: true };
  }

  function announced(line: string): { readonly give: Buffer; readonly literal: number } {
    const found = /~?\{(\d+)\+?\}$/.exec(line);
    if (found === null) {
      literals = 0;
      return { give: Buffer.from(`${line}\r\n`, 'utf8'), literal: 0 };
    }
    const size = Number(found[1]);
    if (size > literalLimit) throw new Fault('protocol-error', `a literal of ${size} bytes`);
    literals += 1;
    if (literals > literalsLimit)
      throw new Fault('protocol-error', 'too many literals in one response');
    return { give: Buffer.from(`${line.slice(0, found.index)}{${size}}\r\n`), literal: size };
  }

  function heard(bytes: Buffer): Framed {
    const raw = textOf(bytes);
    if (literals > 0) return tail(raw);
    const line = raw.replace(
      /^(\S+)[ \t]+(\d+[ \t]+)?/,
      (_, first, number = '') => `${first} ${number.trim()}${number === '' ? '' : ' '}`,
    );
    responses += 1;
    if (responses > responsesLimit)
      throw new Fault('protocol-error', `no answer among ${responsesLimit} responses`);
    if (line.startsWith('+')) {
      pass();
      return { give: whole(`+ ${line.slice(1).trim()}`), reply: [line], bulk: false };
    }
    const found = status.exec(line);
    if (found !== null) return statusLine(line, found[1] ?? '', (found[2] ?? '').toUpperCase());
    if (!line.startsWith('* '))
      throw new Fault('protocol-error', 'neither tagged, untagged nor a continuation');
    if (!/^\* (?:\d{1,15} )?[^\s()\d]/.test(line))
      throw new Fault('protocol-error', 'an untagged response without a name');
    if (nesting(line) > nestingLimit) throw new Fault('protocol-error', 'lists nested too deeply');
    if (unread.test(line) && !/\}$/.test(line)) return { give: null, reply: null, bulk: true };
    pass();
    const mended = line.replace(/HEADER\.FIELDS\(/gi, 'HEADER.FIELDS (');
    return { ...announced(mended), reply: null, bulk: true };
  }

  /** Texts for people never continue in a literal, whatever they end with (RFC 9051 §9, `resp-text`). */
  function statusLine(line: string, addressee: string, word: string): Framed {
    if (addressee === '*' && word === 'BYE') throw imapFault(line, 'other');
    const login = /^(?:LOGIN|AUTHENTICATE)/.test(verb);
    const untagged = addressee === '*' && login && refusal.test(line);
    const reply = untagged ? line.replace('*', tag) : line;
    const closed = /\[[^\]]*$/.test(reply) && /^\S+ \S+ \[/.test(reply) ? `${reply}]` : reply;
    const answers = untagged || addressee === tag;
    if (answers) verb = '';
    // An answer to a command that we do not wait for, or to none, is not ours.
    else if (addressee !== '*' || unreadStatus.test(line))
      return { give: null, reply: null, bulk: false };
    pass();
    // Before the first command it is the greeting.
    return { give: whole(closed), reply: answers || tag === '' ? [reply] : null, bulk: false };
  }

  return { lineLimit, sent, heard };
}

/** A line that announces nothing, whatever it ends with. */
function whole(line: string): Buffer {
  return Buffer.from(`${/\}$/.test(line) ? `${line} ` : line}\r\n`, 'utf8');
}

function nesting(line: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < line.length; at += 1) {
    const character = line.charCodeAt(at);
    if (quoted && character === 0x5c) at += 1;
    else if (character === 0x22) quoted = !quoted;
    else if (quoted) continue;
    else if (character === 0x28) deepest = Math.max(deepest, ++depth);
    else if (character === 0x29) depth -= 1;
  }
  return deepest;
}
