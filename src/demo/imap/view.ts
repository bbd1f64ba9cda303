import type { MemoryMailbox, StoredMessage } from '../mailbox.ts';
import { ParseError } from './parse.ts';

/** A message as a session knows it: its sequence number there and what is stored. */
export interface Seen {
  readonly sequence: number;
  readonly message: StoredMessage;
}

/**
 * A session's own picture of the selected mailbox. It changes only when the client is told
 * (RFC 3501 §7.4.1): sequence numbers must not shift under a FETCH, STORE or SEARCH.
 */
export class MailboxView {
  readonly readOnly: boolean;
  readonly #mailbox: MemoryMailbox;
  #uids: number[];

  constructor(mailbox: MemoryMailbox, readOnly: boolean) {
    this.#mailbox = mailbox;
    this.readOnly = readOnly;
    this.#uids = mailbox.list().map((message) => message.uid);
  }

  get size(): number {
    return this.#uids.length;
  }

  /** Brings the picture up to date and gives the untagged lines that say so. */
  sync(mayExpunge: boolean): string {
    let lines = '';
    if (mayExpunge) {
      for (let index = this.#uids.length - 1; index >= 0; index--) {
        if (this.#mailbox.get(this.#uids[index] ?? 0) !== null) continue;
        this.#uids.splice(index, 1);
        lines += `* ${index + 1} EXPUNGE\r\n`;
      }
    }
    const last = this.#uids.at(-1) ?? 0;
    const arrived = this.#mailbox.list().filter((message) => message.uid > last);
    if (arrived.length === 0) return lines;
    this.#uids.push(...arrived.map((message) => message.uid));
    return `${lines}* ${this.#uids.length} EXISTS\r\n`;
  }

  /** The messages that the client knows and that still exist. */
  messages(): Seen[] {
    return this.#uids.flatMap((uid, index) => {
      const message = this.#mailbox.get(uid);
      return message === null ? [] : [{ sequence: index + 1, message }];
    });
  }

  /** Those of them that a sequence set names, by UID or by sequence number. @throws ParseError */
  named(set: string, byUid: boolean): Seen[] {
    const known = this.messages();
    const last = byUid ? (this.#uids.at(-1) ?? 0) : this.#uids.length;
    const contains = sequenceSet(set, last);
    return known.filter((seen) => contains(byUid ? seen.message.uid : seen.sequence));
  }
}

export function isSequenceSet(text: string): boolean {
  return /^(\d{1,10}|\*)(:(\d{1,10}|\*))?(,(\d{1,10}|\*)(:(\d{1,10}|\*))?)*$/.test(text);
}

/** RFC 3501 §9 `sequence-set`: `*` is the last one, a range may be written backwards. */
function sequenceSet(text: string, last: number): (number: number) => boolean {
  if (!isSequenceSet(text)) throw new ParseError('faulty sequence set');
  const place = (part: string): number => (part === '*' ? last : Number(part));
  const ranges = text.split(',').map((range) => {
    const [from = '', to = from] = range.split(':');
    return [place(from), place(to)].sort((a, b) => a - b);
  });
  return (number) => ranges.some(([from = 0, to = 0]) => from <= number && number <= to);
}
