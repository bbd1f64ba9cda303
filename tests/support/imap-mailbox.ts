/** One message of the scripted mailbox; `raw` has a header, an empty line and a body. */
interface StoredMessage {
  readonly uid: number;
  readonly raw: string;
  readonly flags: Set<string>;
}

/** The one mailbox of a scripted IMAP server. */
export class StoredMailbox {
  readonly messages: StoredMessage[] = [];
  uidNext = 1;

  add(raw: string, flags: readonly string[]): number {
    const uid = this.uidNext++;
    this.messages.push({ uid, raw, flags: new Set(flags) });
    return uid;
  }

  numberOf(message: StoredMessage): number {
    return this.messages.indexOf(message) + 1;
  }

  /** `n:*` gives the last message too, as the RFC has it. */
  named(by: 'uid' | 'sequence', set: string): StoredMessage[] {
    const numbers = this.messages.map(({ uid }, index) => (by === 'uid' ? uid : index + 1));
    const last = numbers.at(-1) ?? 0;
    const ranges = set.split(',').map((range) => {
      const ends = range.split(':').map((end) => (end === '*' ? last : Number(end)));
      return [Math.min(...ends), Math.max(...ends)] as const;
    });
    return this.messages.filter((_message, index) => {
      const number = numbers[index] ?? 0;
      return ranges.some(([from, to]) => number >= from && number <= to);
    });
  }

  /** Knows `DELETED` and any `HEADER Message-ID "…"`; all of the latter are alternatives. */
  search(key: string): StoredMessage[] {
    if (key.trim() === 'DELETED') {
      return this.messages.filter(({ flags }) => flags.has('\\Deleted'));
    }
    const ids = [...key.matchAll(/"([^"]*)"/g)].map((match) => match[1] ?? '');
    return this.messages.filter(({ raw }) => ids.some((id) => raw.includes(`Message-ID: ${id}`)));
  }

  /** Removes one by one; the numbers they had when they went. */
  expunge(messages: readonly StoredMessage[]): number[] {
    return messages
      .filter(({ flags }) => flags.has('\\Deleted'))
      .map((message) => {
        const number = this.numberOf(message);
        this.messages.splice(number - 1, 1);
        return number;
      });
  }
}
