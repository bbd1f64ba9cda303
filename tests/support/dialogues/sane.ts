import type { Plan, Said } from './terms.ts';

/** A message of the mailbox, which all connections of a dialogue share. */
export interface Kept {
  readonly uid: number;
  readonly header: string;
  deleted: boolean;
}

/** The state of one dialogue's server beyond a connection. */
export interface Mailbox {
  readonly kept: Kept[];
  /** NOOPs or logins so far: the round's message comes at one of them. */
  looks: number;
  /** The round's message was put in. */
  came: boolean;
}

/** One connection's well-behaved half: what it is told, it answers. Text is latin1: a byte a character. */
export abstract class Sane {
  readonly plan: Plan;
  readonly mailbox: Mailbox;
  /** Within TLS. */
  secured: boolean;
  protected readonly speak: (said: Said) => void;
  #input = '';

  constructor(plan: Plan, mailbox: Mailbox, speak: (said: Said) => void) {
    this.plan = plan;
    this.mailbox = mailbox;
    this.speak = speak;
    this.secured = plan.tls === 'implicit';
  }

  abstract greet(): void;

  feed(text: string): void {
    this.#input += text;
    for (;;) {
      const length = this.lengthOfNext(this.#input);
      if (length === null || length > this.#input.length) return;
      const taken = this.#input.slice(0, length);
      this.#input = this.#input.slice(length);
      this.hear(taken);
    }
  }

  /** Characters of the next line, its end included; IMAP also has literals. Null: not known yet. */
  protected lengthOfNext(input: string): number | null {
    const end = input.indexOf('\n');
    return end < 0 ? null : end + 1;
  }

  protected abstract hear(line: string): void;
}

export const token = 'a1b2c3d4e5f6';
export const olderToken = 'f6e5d4c3b2a1';

const anchorHeader =
  'Message-ID: <anchor@mailminute.acme.example>\r\nSubject: mailminute anchor\r\nX-Mailminute-Anchor: 1\r\n\r\n';

const probeHeader = `Received: from a.example by b.example; Mon, 1 Jan 2024 00:00:00 +0000\r\nMessage-ID: <${token}@acme.example>\r\nSubject: mailminute probe ${token}\r\nFrom: <probe@acme.example>\r\nX-Mailminute-Token: ${token}\r\n\r\n`;

/** The mailbox as the plan has it at the beginning. */
export function mailboxOf({ anchored }: Plan): Mailbox {
  const headers = [...(anchored ? [anchorHeader] : []), 'Subject: of somebody else\r\n\r\n'];
  const kept = headers.map((header, index) => ({ uid: 11 + index, header, deleted: false }));
  return { kept, looks: 0, came: false };
}

/** Puts the round's message in when its time has come; false if it is there already, or is not to come. */
export function deliver(mailbox: Mailbox, plan: Plan): boolean {
  if (mailbox.came || !plan.accepted) return false;
  mailbox.came = true;
  put(mailbox, probeHeader);
  return true;
}

/** Stores a message; its UID. */
export function put(mailbox: Mailbox, header: string): number {
  const uid = (mailbox.kept.at(-1)?.uid ?? 10) + 1;
  mailbox.kept.push({ uid, header, deleted: false });
  return uid;
}
