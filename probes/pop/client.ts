import type { Readable } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Pop3Command from 'node-pop3';
import type { Tap } from '../attempt/tap.ts';
import { popFault } from '../failure/pop.ts';
import { Fault, faultOf } from '../failure.ts';
import { severalLines } from './framing.ts';

type Stage = 'auth' | 'other';

/** What node-pop3 keeps to itself, and its own `connect` sets. */
interface Inner {
  _socket: Tap | null;
  _stream: Readable | null;
  _command: string;
  _updateStream(): Readable;
  _endStream(): void;
}

/** What the library rejects a command with: the server's own line, whatever has come after it. */
class Refusal extends Error {}

/**
 * node-pop3 over a tap. Its own `connect` (0.11.0) dials by itself, and again when the connection is lost; it
 * takes a chunk for a reply, so that a split terminator hangs it, and an `-ERR` for a greeting ends the
 * process. Here the tap hands it whole replies; commands, answers and listings are the library's.
 */
class TappedPop extends Pop3Command {
  readonly #lost: () => Fault;
  #together: string[] | null = null;
  #whole: (() => void) | null = null;

  constructor(tap: Tap, lost: () => Fault) {
    super({ host: 'tap', user: '', password: '' });
    this.#lost = lost;
    this.#inner._socket = tap;
    // A refused command leaves a listener behind (0.11.0); no session has more than some dozens.
    this.setMaxListeners(0);
    this.on('error', () => undefined);
    tap.on('data', (piece: Buffer) => this.#hear(piece));
    tap.once('end', () => this.#lose()).once('close', () => this.#lose());
  }

  override async connect(): Promise<void> {
    throw this.#lost();
  }

  /** Many commands in one go (RFC 2449 §6.6), which the library's `command` cannot; their status lines. */
  async together(tap: Tap, commands: readonly string[]): Promise<readonly string[]> {
    const lines: string[] = [];
    this.#together = lines;
    const whole = new Promise<void>((resolve) => {
      this.#whole = () => {
        if (lines.length === commands.length) resolve();
      };
    });
    tap.write(commands.map((command) => `${command}\r\n`).join(''));
    try {
      await Promise.race([whole, new Promise((_, reject) => this.once('error', reject))]);
      return lines;
    } finally {
      this.#together = null;
      this.#whole = null;
    }
  }

  get #inner(): Inner {
    return this as unknown as Inner;
  }

  #hear(piece: Buffer): void {
    const inner = this.#inner;
    if (inner._stream !== null) {
      if (piece.length === 3 && piece[0] === 0x2e && piece[1] === 0x0d) inner._endStream();
      else inner._stream.push(piece);
      return;
    }
    const line = piece.toString('utf8').trimEnd();
    if (this.#together !== null) {
      this.#together.push(line);
      this.#whole?.();
    } else if (line.startsWith('-')) {
      this.emit('error', new Refusal(line));
    } else {
      const hasLines = /^\+OK/i.test(line) && severalLines.test(inner._command);
      // What is said beyond that answers nothing: a listing begun by it would never end.
      inner._command = '';
      const stream = hasLines ? inner._updateStream() : null;
      // A loss may come before anybody reads it.
      stream?.on('error', () => undefined);
      this.emit('response', line.slice(4), stream);
    }
  }

  #lose(): void {
    const inner = this.#inner;
    if (inner._socket === null) return;
    inner._socket = null;
    const fault = this.#lost();
    const stream = inner._stream;
    inner._stream = null;
    stream?.destroy(fault);
    this.emit('error', fault);
  }
}

/** One POP3 session: what is asked, and each answer judged as the tap saw it. */
export class PopClient {
  readonly tap: Tap;
  readonly #library: TappedPop;

  constructor(tap: Tap) {
    this.tap = tap;
    this.#library = new TappedPop(
      tap,
      () => tap.fault ?? new Fault('connection-closed', 'the connection has ended'),
    );
    tap.adopt(null);
  }

  get alive(): boolean {
    return this.tap.alive;
  }

  /** One command with a one-line answer; what it says after its `+OK`. @throws Fault */
  async command(words: string, stage: Stage = 'other'): Promise<string> {
    const [text] = await this.#asked(words, stage);
    return text;
  }

  /**
   * The lines of a longer answer, dots unstuffed (RFC 1939 §3), as they come: the memory that it takes does
   * not grow with the mailbox. `quiet`: not in the transcript. @throws Fault, or what `visit` throws
   */
  async lines(words: string, quiet: boolean, visit: (line: string) => void): Promise<void> {
    this.tap.quiet = quiet;
    try {
      const [, stream] = await this.#asked(words, 'other');
      if (stream === null) return;
      for await (const block of stream) {
        const text = String(block);
        for (const line of text.slice(0, -2).split('\r\n'))
          visit(line.startsWith('.') ? line.slice(1) : line);
        // The other attempts' deadlines and the pages must not wait for a server that talks without end.
        await nextTurn();
      }
    } catch (error) {
      throw this.#judged(error, 'other');
    } finally {
      this.tap.quiet = false;
    }
  }

  /** Many commands sent at once, where the server offers PIPELINING; their status lines. @throws Fault */
  async together(commands: readonly string[]): Promise<readonly string[]> {
    this.tap.quiet = true;
    try {
      return await this.tap.until(this.#library.together(this.tap, commands));
    } catch (error) {
      throw error instanceof Fault ? error : (this.tap.fault ?? faultOf(error));
    } finally {
      this.tap.quiet = false;
    }
  }

  async #asked(words: string, stage: Stage): Promise<[string, AsyncIterable<unknown> | null]> {
    try {
      if (!this.tap.alive) await this.#library.connect();
      return await this.tap.until(this.#library.command(words));
    } catch (error) {
      throw this.#judged(error, stage);
    }
  }

  #judged(error: unknown, stage: Stage): Fault {
    const line = error instanceof Refusal ? error.message : this.tap.answer?.[0];
    if (line?.startsWith('-')) return popFault(line, stage);
    if (error instanceof Fault) return error;
    return this.tap.fault ?? faultOf(error);
  }
}
