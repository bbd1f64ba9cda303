import { splitMessage } from './message.ts';

/** One stored message. `text` is Latin-1, one char a byte, lines end with CRLF. */
export interface StoredMessage {
  readonly uid: number;
  readonly text: string;
  readonly header: string;
  readonly flags: ReadonlySet<string>;
  /** Wall ms. */
  readonly receivedAt: number;
}

/** Longest message that is taken, bytes. */
export const messageLimit = 1024 * 1024;
const countLimit = 1_000;
const totalLimit = 64 * 1024 * 1024;

/**
 * The tenant's one mailbox, in memory and bounded; every protocol reads and writes this one.
 * When it is full the oldest message of other people goes first: the probe's anchor and the messages
 * that it waits for stay as long as anything else can go.
 */
export class MemoryMailbox {
  /** RFC 9051 §2.3.1.1: a new mailbox needs a new validity; whole seconds fit its 32 bits. */
  readonly uidValidity: number;
  readonly #now: () => number;
  readonly #messages = new Map<number, StoredMessage>();
  readonly #watchers = new Set<() => void>();
  #held: string[] = [];
  #holding = false;
  #uidNext = 1;
  #total = 0;

  /** `now`: wall ms. */
  constructor(now: () => number) {
    this.#now = now;
    this.uidValidity = Math.max(1, Math.floor(now() / 1000));
  }

  get uidNext(): number {
    return this.#uidNext;
  }

  /** Oldest first. */
  list(): readonly StoredMessage[] {
    return [...this.#messages.values()];
  }

  get(uid: number): StoredMessage | null {
    return this.#messages.get(uid) ?? null;
  }

  /** From SMTP: visible at once, or when the hold ends. False: no more can be held. */
  deliver(text: string): boolean {
    if (!this.#holding) this.append(text, new Set());
    else if (this.#held.length >= countLimit || this.#heldBytes() + text.length > totalLimit) {
      return false;
    } else this.#held.push(text);
    return true;
  }

  /** Adds a message and tells the watchers. Returns its UID. */
  append(text: string, flags: ReadonlySet<string>, receivedAt = this.#now()): number {
    const uid = this.#uidNext++;
    const { header } = splitMessage(text);
    this.#messages.set(uid, { uid, text, header, flags, receivedAt });
    this.#total += text.length;
    this.#makeRoom(uid);
    this.#tell();
    return uid;
  }

  setFlags(uid: number, flags: ReadonlySet<string>): void {
    const message = this.#messages.get(uid);
    if (message !== undefined) this.#messages.set(uid, { ...message, flags });
  }

  remove(uids: Iterable<number>): void {
    for (const uid of uids) this.#drop(uid);
    this.#tell();
  }

  /** Mail accepted from now on stays out of the mailbox until `release`. */
  hold(): void {
    this.#holding = true;
  }

  release(): void {
    this.#holding = false;
    const held = this.#held;
    this.#held = [];
    for (const text of held) this.append(text, new Set());
  }

  /** Calls back after every arrival and removal, until the returned function is called. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #heldBytes(): number {
    return this.#held.reduce((sum, text) => sum + text.length, 0);
  }

  #makeRoom(newest: number): void {
    while (this.#messages.size > countLimit || this.#total > totalLimit) {
      const candidates = this.list().filter((message) => message.uid !== newest);
      const victim = candidates.find((message) => !isOwn(message)) ?? candidates[0];
      if (victim === undefined) return;
      this.#drop(victim.uid);
    }
  }

  #drop(uid: number): void {
    this.#total -= this.#messages.get(uid)?.text.length ?? 0;
    this.#messages.delete(uid);
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher();
  }
}

/** Mail that the probe sent carries a field of its own. */
function isOwn(message: StoredMessage): boolean {
  return /^x-mailminute/im.test(message.header);
}
