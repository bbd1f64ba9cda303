import type { Mask } from './mask.ts';

const lineLimit = 512;
const headLimit = 3 * 1024;
const tailLimit = 5 * 1024 - 64; // 64 for the note about what was left out

/** Control, bidirectional and line-separating characters could forge lines in a log or a terminal. */
const unsafe = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

function escaped(text: string): string {
  return text.replace(unsafe, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
  });
}

/** One line of text that is safe to store and show: masked first, then escaped, then bounded. */
export function safeLine(text: string, mask: Mask, limit: number = lineLimit): string {
  const safe = escaped(mask(text));
  return safe.length <= limit ? safe : `${safe.slice(0, limit - 1)}…`;
}

/**
 * The dialogue of one attempt: `> ` ours, `< ` theirs, `# ` our remarks. At most 8 KiB, 512 characters
 * a line: the first lines and the last are kept, the middle is left out and said to be.
 */
export class Transcript {
  readonly #mask: Mask;
  readonly #head: string[] = [];
  readonly #tail: string[] = [];
  #headSize = 0;
  #tailSize = 0;
  #leftOut = 0;

  constructor(mask: Mask) {
    this.#mask = mask;
  }

  ours(line: string): void {
    this.#add(`> ${line}`);
  }

  theirs(line: string): void {
    this.#add(`< ${line}`);
  }

  remark(line: string): void {
    this.#add(`# ${line}`);
  }

  toString(): string {
    const middle = this.#leftOut === 0 ? [] : [`# ${this.#leftOut} lines left out`];
    return [...this.#head, ...middle, ...this.#tail].join('\n');
  }

  #add(text: string): void {
    const line = safeLine(text, this.#mask);
    const size = line.length + 1;
    if (this.#tail.length === 0 && this.#headSize + size <= headLimit) {
      this.#head.push(line);
      this.#headSize += size;
      return;
    }
    this.#tail.push(line);
    this.#tailSize += size;
    while (this.#tailSize > tailLimit) {
      this.#tailSize -= (this.#tail.shift()?.length ?? 0) + 1;
      this.#leftOut += 1;
    }
  }
}
