/**
 * The values within one IMAP response (RFC 9051 §4, §9), read from its line and its literals. Pure.
 * Tolerant: what is left open is closed at the end. Bounded in depth and number; lengths are the caller's.
 */

/** One response as it came: the pieces of its line in turn with the literals between them. */
export type Part = string | Uint8Array;

/** An atom or number as written, a quoted string or a literal as text, `null` for NIL, or a list. */
export type Value = string | null | readonly Value[];

/** What came is not IMAP. Never carries what came: that may hold a secret which the server repeats. */
export class MalformedReply extends Error {
  override readonly name = 'MalformedReply';
}

const maximumDepth = 20;
const maximumValues = 50_000;

/**
 * The octets of the literal that this line announces, or null when the response ends with it.
 * Texts for people never continue in a literal, whatever they end with: `* OK ready {5}` is whole,
 * and waiting for five more octets would hang (RFC 9051 §9, `resp-text`).
 */
export function announcedLiteral(line: string, first: boolean): number | null {
  if (first && (line.startsWith('+') || /^\S+[ \t]+(?:OK|NO|BAD|BYE|PREAUTH)\b/i.test(line))) {
    return null;
  }
  const digits = /~?\{(\d{1,15})\+?\}$/.exec(line)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** The values of a response, lists nested. A list left open is closed at the end. */
export function readValues(parts: readonly Part[]): readonly Value[] {
  const top: Value[] = [];
  const open: Value[][] = [top];
  let count = 0;
  const add = (value: Value): void => {
    if (++count > maximumValues) throw new MalformedReply('too many values in one response');
    open.at(-1)?.push(value);
  };
  const cursor = new Cursor(parts);
  for (let token = cursor.next(); token !== null; token = cursor.next()) {
    if (token.kind === 'value') add(token.value);
    else if (token.kind === 'open') {
      if (open.length > maximumDepth) throw new MalformedReply('lists nested too deeply');
      const list: Value[] = [];
      add(list);
      open.push(list);
    } else if (open.length > 1) open.pop();
  }
  return top;
}

type Token =
  | { readonly kind: 'open' }
  | { readonly kind: 'close' }
  | { readonly kind: 'value'; readonly value: string | null };

/** Walks over the parts of one response, token by token. */
class Cursor {
  readonly #parts: readonly Part[];
  #part = 0;
  #at = 0;

  constructor(parts: readonly Part[]) {
    this.#parts = parts;
  }

  next(): Token | null {
    for (; this.#part < this.#parts.length; this.#nextPart()) {
      const part = this.#parts[this.#part];
      if (part === undefined) return null;
      if (typeof part !== 'string') {
        this.#nextPart();
        return { kind: 'value', value: Buffer.from(part).toString('utf8') };
      }
      while (part[this.#at] === ' ' || part[this.#at] === '\t') this.#at++;
      if (this.#at >= part.length) continue;
      const character = part[this.#at];
      if (character === '(' || character === ')') {
        this.#at++;
        return { kind: character === '(' ? 'open' : 'close' };
      }
      if (character === '"') return { kind: 'value', value: this.#quoted(part) };
      const atom = this.#atom(part);
      if (atom !== '') return { kind: 'value', value: atom.toUpperCase() === 'NIL' ? null : atom };
    }
    return null;
  }

  #nextPart(): void {
    this.#part++;
    this.#at = 0;
  }

  #quoted(line: string): string {
    let text = '';
    for (this.#at++; this.#at < line.length && line[this.#at] !== '"'; this.#at++) {
      if (line[this.#at] === '\\') this.#at++;
      text += line[this.#at] ?? '';
    }
    this.#at++;
    return text;
  }

  /**
   * An atom may hold a section, `BODY[HEADER.FIELDS (MESSAGE-ID)]<0>`: blanks and parentheses up to
   * the closing bracket belong to it. Names of fields in it may be quoted or even literals (RFC 9051
   * §9, `header-list`), so it can run over several parts.
   */
  #atom(line: string): string {
    const start = this.#at;
    while (this.#at < line.length && !/[ \t()"[]/.test(line[this.#at] ?? '')) this.#at++;
    const head = line.slice(start, this.#at);
    if (line[this.#at] === '[') return head + this.#section();
    if (this.#at === line.length && announcedLiteral(head, false) !== null) return '';
    return head;
  }

  #section(): string {
    let text = '';
    for (; this.#part < this.#parts.length; this.#nextPart()) {
      const part = this.#parts[this.#part];
      if (typeof part !== 'string') continue;
      const end = part.indexOf(']', this.#at);
      if (end >= 0) {
        const tail = /^[^ \t()"]*/.exec(part.slice(end))?.[0] ?? ']';
        text += part.slice(this.#at, end) + tail;
        this.#at = end + tail.length;
        return text;
      }
      text += part.slice(this.#at);
    }
    return text;
  }
}
