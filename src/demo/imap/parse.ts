/** What a client's command is made of (RFC 3501 §9). Text is Latin-1, one char a byte. */
export type Token =
  | { readonly kind: 'atom'; readonly text: string }
  | { readonly kind: 'string'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly Token[] };

/** The command is not IMAP; answered with BAD. */
export class ParseError extends Error {
  override readonly name = 'ParseError';
}

const depthLimit = 10;

/** Splits a command's arguments; literals stand in the text as `{n}` CRLF and n octets. @throws ParseError */
export function parseTokens(text: string): Token[] {
  const parser = new Parser(text);
  const tokens = parser.tokens(0);
  if (!parser.atEnd) throw new ParseError('unexpected )');
  return tokens;
}

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  /** Up to the closing parenthesis (left to the caller) or the end. */
  tokens(depth: number): Token[] {
    if (depth > depthLimit) throw new ParseError('nested too deeply');
    const tokens: Token[] = [];
    for (;;) {
      while (this.#text[this.#at] === ' ') this.#at++;
      if (this.atEnd || this.#text[this.#at] === ')') return tokens;
      tokens.push(this.#token(depth));
    }
  }

  #token(depth: number): Token {
    const first = this.#text[this.#at];
    if (first === '"') return { kind: 'string', text: this.#quoted() };
    if (first === '{') return { kind: 'string', text: this.#literal() };
    if (first !== '(') return { kind: 'atom', text: this.#atom() };
    this.#at++;
    const items = this.tokens(depth + 1);
    if (this.#text[this.#at] !== ')') throw new ParseError('missing )');
    this.#at++;
    return { kind: 'list', items };
  }

  #quoted(): string {
    const found = this.#match(/"((?:[^"\\\r\n]|\\["\\])*)"/y, 'string without end');
    return (found[1] ?? '').replace(/\\(["\\])/g, '$1');
  }

  #literal(): string {
    const length = Number(this.#match(/\{(\d{1,9})\+?\}\r\n/y, 'faulty literal')[1]);
    const text = this.#text.slice(this.#at, this.#at + length);
    if (text.length < length) throw new ParseError('short literal');
    this.#at += length;
    return text;
  }

  /** A section specification in brackets belongs to its atom, spaces and parentheses included. */
  #atom(): string {
    return this.#match(/(?:[^\s()"{[]|\[[^\]\r\n]*\])+/y, 'unexpected character')[0];
  }

  #match(pattern: RegExp, complaint: string): RegExpExecArray {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) throw new ParseError(complaint);
    this.#at = pattern.lastIndex;
    return found;
  }
}

/** Text of an atom or string. @throws ParseError for a list or nothing. */
export function textOf(token: Token | undefined): string {
  if (token === undefined || token.kind === 'list') throw new ParseError('argument expected');
  return token.text;
}

/** The items of a list, or the one token itself: `FETCH 1 UID` and `FETCH 1 (UID)` mean the same. */
export function itemsOf(token: Token | undefined): readonly Token[] {
  if (token === undefined) throw new ParseError('argument expected');
  return token.kind === 'list' ? token.items : [token];
}

/** Text as an IMAP string: quoted where that is allowed, else a literal. */
export function imapString(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text) && text.length <= 1000) {
    return `"${text.replace(/["\\]/g, '\\$&')}"`;
  }
  return `{${text.length}}\r\n${text}`;
}
