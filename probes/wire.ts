import type { Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { TLSSocket } from 'node:tls';
import { Fault, faultOf } from './failure.ts';
import { sayFarewell } from './farewell.ts';
import { Inbox } from './inbox.ts';
import type { Transcript } from './transcript.ts';

/** Bytes that may still be received, shared by a connection's wires before and after STARTTLS. */
export interface Budget {
  left: number;
}

export interface WireOptions {
  readonly transcript: Transcript;
  /** Aborts every read; its reason (a `Fault`) is what the read rejects with. */
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Called when a request leaves. */
  readonly mark: () => void;
  /** Longest line, bytes. Default 64 KiB. */
  readonly lineLimit?: number;
}

export interface ReadOptions {
  /** Keep the line out of the transcript: bulk listings, other people's mail. */
  readonly quiet?: boolean;
}

const unreadLimit = 256 * 1024;
/** Lines read in a row before the event loop has its turn: thousands lie in one buffer. */
const readsPerTurn = 500;

/**
 * Lines and bytes over a connected socket, for one reader at a time. Owns the socket: whoever holds a
 * wire must end it by `farewell()` or `destroy()`. What was received is read before an end is reported.
 */
export class Wire {
  readonly #socket: Socket;
  readonly #options: WireOptions;
  readonly #lineLimit: number;
  readonly #inbox = new Inbox();
  #fault: Fault | null = null;
  #reading = false;
  #readsInARow = 0;
  #wake: (() => void) | null = null;

  constructor(socket: Socket, options: WireOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#lineLimit = options.lineLimit ?? 64 * 1024;
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('close', this.#onEnd);
    socket.on('error', this.#onError);
    options.signal.addEventListener('abort', this.#onAbort, { once: true });
    if (options.signal.aborted) this.#onAbort();
    else if (socket.errored !== null) this.#onError(socket.errored);
    else if (socket.destroyed || socket.readableEnded) this.#onEnd();
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Our own end of the connection; empty once it is closed. */
  get localAddress(): string {
    return this.#socket.localAddress ?? '';
  }

  /** False as soon as the peer's end, an error or an abort is known. */
  get alive(): boolean {
    return this.#fault === null;
  }

  /**
   * The next line without its line end.
   * @throws Fault connection-closed, connection-reset, protocol-error (too long, too much), timeout.
   */
  async readLine(options: ReadOptions = {}): Promise<string> {
    const line = await this.#read(() => this.#takeLine());
    if (options.quiet !== true) this.#options.transcript.theirs(line);
    return line;
  }

  /** Exactly `count` bytes (an IMAP literal); the caller bounds `count`. Not in the transcript. @throws Fault */
  async readBytes(count: number): Promise<Buffer> {
    return this.#read(() => this.#inbox.takeBytes(count));
  }

  /**
   * Waits at most `milliseconds` for a line, without taking it: for unsolicited news (IDLE), where no
   * answer is due and none is no failure. True also when the next read would throw.
   */
  async lineReady(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    this.#enter();
    try {
      for (;;) {
        const due = this.#inbox.hasLine() || this.#inbox.length > this.#lineLimit;
        if (due || this.#fault !== null) return true;
        const left = until - performance.now();
        if (left <= 0) return false;
        await this.#change(left);
      }
    } finally {
      this.#reading = false;
    }
  }

  /**
   * Sends text as it is (the caller ends lines with CRLF); the transcript gets `redacted` instead if
   * given. Never throws: if the peer is gone, the next read says how, after what it had still said.
   */
  write(text: string | Uint8Array, redacted?: string): void {
    const shown = redacted ?? (typeof text === 'string' ? text : `[${text.length} bytes]`);
    for (const line of shown.replace(/\r?\n$/, '').split(/\r?\n/))
      this.#options.transcript.ours(line);
    this.#options.mark();
    if (this.#fault === null && this.#socket.writable) this.#socket.write(text);
  }

  /** Bytes received and not read yet. */
  get unread(): number {
    return this.#inbox.length + this.#socket.readableLength;
  }

  /** Gives the socket away (STARTTLS); the wire is dead afterwards. The socket stays guarded against `error`. */
  detach(): Socket {
    this.#release();
    this.#socket.pause();
    this.#fault ??= new Fault('internal-error', 'the wire was given away');
    return this.#socket;
  }

  /** Ends at once; a pending read rejects. */
  destroy(): void {
    this.#end(new Fault('connection-closed', 'ended by ourselves'));
    this.#release();
    this.#socket.destroy();
  }

  /**
   * Says a last word (`QUIT`), waits for any answer at most `milliseconds`, closes. Outside of the
   * attempt: no phase, no failure, never rejects.
   */
  async farewell(text: string, milliseconds = 1000): Promise<void> {
    const socket = this.#socket;
    const gone = this.#fault !== null || !socket.writable;
    this.#end(new Fault('connection-closed', 'ended by ourselves'));
    this.#release();
    if (gone) socket.destroy();
    else await sayFarewell(socket, text, milliseconds);
  }

  #takeLine(): string | null {
    const line = this.#inbox.takeLine();
    if (line === null ? this.#inbox.openLength > this.#lineLimit : line.length > this.#lineLimit) {
      throw new Fault('protocol-error', `a line of more than ${this.#lineLimit} bytes`);
    }
    return line;
  }

  async #read<T>(take: () => T | null): Promise<T> {
    this.#enter();
    try {
      // The other attempts' deadlines and the pages must not wait for a server that talks without end.
      this.#readsInARow += 1;
      if (this.#readsInARow % readsPerTurn === 0) await nextTurn();
      for (;;) {
        const taken = take();
        if (taken !== null) return taken;
        if (this.#fault !== null) throw this.#fault;
        await this.#change(null);
      }
    } finally {
      this.#reading = false;
    }
  }

  #enter(): void {
    if (this.#reading) throw new Error('two readers on one wire');
    this.#reading = true;
  }

  /** Lets the socket flow and sleeps until something happened, or until `milliseconds` have passed. */
  #change(milliseconds: number | null): Promise<void> {
    return new Promise((resolve) => {
      const timer = milliseconds === null ? null : setTimeout(() => this.#rouse(), milliseconds);
      this.#wake = () => {
        if (timer !== null) clearTimeout(timer);
        resolve();
      };
      this.#socket.resume();
    });
  }

  #rouse(): void {
    const wake = this.#wake;
    this.#wake = null;
    wake?.();
  }

  #end(fault: Fault): void {
    this.#fault ??= fault;
    this.#rouse();
  }

  #release(): void {
    const socket = this.#socket;
    socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    // The error listener stays: a late reset without one would end the process.
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }

  readonly #onData = (chunk: Buffer): void => {
    const budget = this.#options.budget;
    budget.left -= chunk.length;
    if (budget.left < 0) {
      this.#end(new Fault('protocol-error', 'the server sends more than a connection may receive'));
      this.#socket.destroy();
      return;
    }
    this.#inbox.append(chunk);
    // Nobody reads that much ahead: stop the peer by TCP's own window instead of growing.
    if (this.#inbox.length > unreadLimit) this.#socket.pause();
    this.#rouse();
  };

  readonly #onEnd = (): void => {
    this.#end(new Fault('connection-closed', 'the server closed the connection'));
  };

  readonly #onError = (error: Error): void => {
    const fault = faultOf(error);
    const known = fault.reason !== 'internal-error';
    this.#end(known ? fault : new Fault('connection-reset', fault.message, { code: fault.code }));
  };

  readonly #onAbort = (): void => {
    this.#inbox.clear();
    this.#end(faultOf(this.#options.signal.reason));
    this.#socket.destroy();
  };
}
