import { imapFault } from '../failure/imap.ts';
import { Fault } from '../failure.ts';
import type { Transcript } from '../transcript.ts';
import type { Wire } from '../wire.ts';
import { type DataReply, parseReply, type Reply, type StatusReply } from './reply.ts';
import { announcedLiteral, MalformedReply, type Part } from './values.ts';

/** What is sent in one go; the next piece of a command waits for the server's `+`. */
export interface Piece {
  readonly text: string | Uint8Array;
  /** What the transcript shows instead. */
  readonly shown?: string;
}

interface CommandOptions {
  /** The pieces after the first line, each sent at a continuation request, line ends included. */
  readonly pieces?: readonly Piece[];
  /** Sent (with CRLF) at continuation requests beyond the pieces; else these are ignored. */
  readonly afterwards?: string;
  readonly onUntagged?: (reply: DataReply | StatusReply) => void;
  /** What the transcript shows instead of the command. */
  readonly shown?: string;
  /** Keep the answers out of the transcript: headers of mail, long lists. */
  readonly quiet?: boolean;
}

/** Number of messages, and when the server said so. */
export interface Growth {
  readonly exists: number;
  /** Wall ms. */
  readonly at: number;
  /** How many messages had been removed in this session by then: numbers move with each. */
  readonly expunged: number;
}

const literalLimit = 256 * 1024;
const partsLimit = 1000;
const repliesLimit = 100_000;

/**
 * Commands and answers over one connection (RFC 9051 §2.2). One command at a time; follows what the
 * server says unasked: the number of messages and the capabilities.
 */
export class Session {
  readonly #wire: Wire;
  readonly #now: () => number;
  readonly #transcript: Transcript;
  #count = 0;
  #capabilities: ReadonlySet<string> | null = null;
  #exists = 0;
  #growth: Growth | null = null;
  #expunged = 0;

  /** `now` gives wall ms. */
  constructor(wire: Wire, transcript: Transcript, now: () => number) {
    this.#wire = wire;
    this.#transcript = transcript;
    this.#now = now;
  }

  /** Names in capitals; null while the server has not told them, or after a change of state. */
  get capabilities(): ReadonlySet<string> | null {
    return this.#capabilities;
  }

  /** True when the server is known to offer it. */
  offers(capability: string): boolean {
    return this.#capabilities?.has(capability) ?? false;
  }

  /** What was offered may differ after STARTTLS and after the login (RFC 9051 §6.1.1). */
  forgetCapabilities(): void {
    this.#capabilities = null;
  }

  get exists(): number {
    return this.#exists;
  }

  /** Messages in the mailbox as last announced and not yet looked at; null if nothing came. */
  get growth(): Growth | null {
    return this.#growth;
  }

  get expunged(): number {
    return this.#expunged;
  }

  takeGrowth(): Growth | null {
    const growth = this.#growth;
    this.#growth = null;
    return growth;
  }

  /** Follows an untagged response or a greeting. @throws Fault for a BYE: the server ends the dialogue. */
  follow(reply: Reply): void {
    if (reply.kind === 'continuation') return;
    if (reply.kind === 'status') {
      if (reply.code === 'CAPABILITY') this.#capabilities = capitals(reply.codeWords);
      if (reply.tag === null && reply.status === 'BYE') throw imapFault(reply.line, 'other');
    } else if (reply.name === 'CAPABILITY') this.#capabilities = capitals(reply.values);
    else if (reply.name === 'EXISTS' && reply.number !== null) {
      if (reply.number > this.#exists) {
        this.#growth = { exists: reply.number, at: this.#now(), expunged: this.#expunged };
      }
      this.#exists = reply.number;
    } else if (reply.name === 'EXPUNGE' && this.#exists > 0) {
      this.#exists -= 1;
      this.#expunged += 1;
    }
  }

  /** Follows the greeting, which was read before the session began. @throws Fault */
  greeted(line: string): void {
    this.follow(parsed([line]));
  }

  /**
   * Sends a command and reads up to its tagged answer, which is returned whatever it says.
   * @throws Fault when the dialogue ends, or is not IMAP, or passes a limit.
   */
  async ask(command: string, options: CommandOptions = {}): Promise<StatusReply> {
    const tag = this.begin(command, options.shown);
    return this.answer(tag, options);
  }

  /** As `ask`, but NO and BAD are faults. */
  async order(command: string, options: CommandOptions = {}): Promise<StatusReply> {
    const answer = await this.ask(command, options);
    if (answer.status !== 'OK') throw imapFault(answer.line, 'other');
    return answer;
  }

  /** Sends the first line of a command; its tag. */
  begin(command: string, shown?: string): string {
    this.#count += 1;
    const tag = `m${this.#count}`;
    this.send(`${tag} ${command}\r\n`, shown === undefined ? undefined : `${tag} ${shown}`);
    return tag;
  }

  send(text: string | Uint8Array, shown?: string): void {
    this.#wire.write(text, shown);
  }

  /** Reads up to the answer of this tag. @throws Fault */
  async answer(tag: string, options: CommandOptions = {}): Promise<StatusReply> {
    const pieces = [...(options.pieces ?? [])];
    for (let read = 0; read < repliesLimit; read += 1) {
      const reply = await this.next(options.quiet === true);
      if (reply.kind === 'continuation') {
        const piece = pieces.shift();
        if (piece !== undefined) this.send(piece.text, piece.shown);
        else if (options.afterwards !== undefined) this.send(`${options.afterwards}\r\n`);
      } else if (reply.kind === 'status' && reply.tag !== null) {
        // An answer to a command that we did not wait for, or to none, is not ours.
        if (reply.tag === tag) return reply;
      } else options.onUntagged?.(reply);
    }
    throw new Fault('protocol-error', `no answer among ${repliesLimit} responses`);
  }

  /** The next response, literals included; already followed. @throws Fault */
  async next(quiet = false): Promise<Reply> {
    const parts: Part[] = [];
    for (;;) {
      const line = await this.#wire.readLine({ quiet });
      const length = announcedLiteral(line, parts.length === 0);
      parts.push(line);
      if (length === null) break;
      if (length > literalLimit) {
        throw new Fault('protocol-error', `a literal of ${length} bytes`);
      }
      if (parts.length > partsLimit) {
        throw new Fault('protocol-error', 'too many literals in one response');
      }
      parts.push(await this.#wire.readBytes(length));
    }
    const reply = parsed(parts);
    // How a command ended belongs to the dialogue, also where what it listed does not.
    if (quiet && reply.kind === 'status') this.#transcript.theirs(reply.line);
    this.follow(reply);
    return reply;
  }

  /** Waits for a response to begin, without taking it. */
  ready(milliseconds: number): Promise<boolean> {
    return this.#wire.lineReady(milliseconds);
  }
}

function parsed(parts: readonly Part[]): Reply {
  try {
    return parseReply(parts);
  } catch (error) {
    if (error instanceof MalformedReply) throw new Fault('protocol-error', error.message);
    throw error;
  }
}

function capitals(words: readonly unknown[]): ReadonlySet<string> {
  const names = words.filter((word) => typeof word === 'string');
  return new Set(names.map((name) => name.toUpperCase()));
}
