import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { Fault, faultOf } from '../failure.ts';
import type { Transcript } from '../transcript.ts';

/** Bytes that may still be received, shared by a connection's taps before and after STARTTLS. */
export interface Budget {
  left: number;
}

/** What becomes of one line that the server has said. */
export interface Framed {
  /** What the library is to read now; null: nothing yet, or not at all. */
  readonly give: Buffer | null;
  /** The reply that is whole with this line, line by line; null while it goes on. */
  readonly reply: readonly string[] | null;
  /** A listing, or mail of others: not for the transcript while the tap is `quiet`. */
  readonly bulk: boolean;
  /** So many bytes follow as they are (an IMAP literal). */
  readonly literal?: number;
  /** The library wants it apart from what comes before and after it. */
  readonly apart?: boolean;
}

/**
 * One protocol's way of cutting what a server says into replies, and of setting right what no library
 * would read. One object a connection: it remembers what was asked.
 */
export interface Framing {
  /** Longest line, bytes. */
  readonly lineLimit: number;
  /** What leaves, whole lines: as the transcript may show them, without any secret. */
  sent(text: string): readonly string[];
  /** One line with its line end as it came. @throws Fault when it is not of this protocol */
  heard(line: Buffer): Framed;
}

export interface TapOptions {
  readonly framing: Framing;
  readonly transcript: Transcript;
  /** Ends the tap; its reason (a `Fault`) is what the dialogue ends with. */
  readonly signal: AbortSignal;
  readonly budget: Budget;
  /** Called when a request leaves. */
  readonly mark: () => void;
  /** Wall ms. */
  readonly now: () => number;
}

/** Replies that wait for somebody to read them, bytes: then the peer is stopped by TCP's own window. */
const unreadLimit = 256 * 1024;

/**
 * Sits between a socket that we have dialled, timed and encrypted, and the library that speaks over it:
 * passes bytes on at once, stamps requests and replies at the wire, keeps the transcript, bounds what
 * comes, and ends when the attempt ends. Until a library reads (`adopt`), we say and read lines ourselves.
 * Owns the socket: whoever holds a tap must end it by `farewell()` or `destroy()`.
 */
export class Tap extends Duplex {
  /** Keep bulk out of the transcript: listings, other people's mail. */
  quiet = false;
  /** Told of each line that leaves, as the transcript shows it, before it is marked. */
  onSent: ((shown: string) => void) | null = null;
  readonly #socket: Socket;
  readonly #options: TapOptions;
  #fault: Fault | null = null;
  /** Nobody reads any more: the last word is being said, or the socket was given away. */
  #released = false;
  #adopted = false;
  #line: Buffer[] = [];
  #lineLength = 0;
  #literal = 0;
  #gives: Buffer[] = [];
  #unread: (readonly string[])[] = [];
  #unreadBytes = 0;
  /** Bytes of whole lines since the last whole reply: one that goes on, or what answers nothing. */
  #strayBytes = 0;
  #answer: readonly string[] | null = null;
  #heardAt: number;
  #out: Buffer[] = [];
  #wake: (() => void) | null = null;
  readonly #ended = Promise.withResolvers<never>();

  constructor(socket: Socket, options: TapOptions) {
    // Objects: what is given apart is read apart.
    super({ readableObjectMode: true, readableHighWaterMark: 64 });
    this.#socket = socket;
    this.#options = options;
    this.#heardAt = options.now();
    this.#ended.promise.catch(() => undefined);
    // Libraries have listeners of their own; a late error without any would end the process.
    this.on('error', () => undefined);
    // Some libraries see a connection's loss by its close alone.
    this.once('end', () => setImmediate(() => this.destroy()));
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

  /** Why it has ended; null while it lives. Known as soon as the peer's end, an error or an abort is. */
  get fault(): Fault | null {
    return this.#fault;
  }

  get alive(): boolean {
    return this.#fault === null && !this.destroyed;
  }

  /** The last whole reply since the last request left; null while there is none. */
  get answer(): readonly string[] | null {
    return this.#answer;
  }

  /** When the server was last heard, wall ms. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Bytes received and not read yet, before a library reads. */
  get unread(): number {
    return this.#unreadBytes + this.#strayBytes + this.#lineLength + this.#socket.readableLength;
  }

  /**
   * Sends a line of our own (CRLF included). Never throws: if the peer is gone, the next read says how,
   * after what it had still said.
   */
  say(text: string): void {
    this.#leaves(Buffer.from(text, 'utf8'));
  }

  /** The next whole reply, before a library reads. @throws Fault, also the framing's */
  async reply(): Promise<readonly string[]> {
    for (;;) {
      const reply = this.#unread.shift();
      if (reply !== undefined) {
        this.#unreadBytes -= sizeOf(reply);
        return reply;
      }
      if (!this.alive) throw this.#fault ?? new Fault('connection-closed', 'ended by ourselves');
      await this.#change(null);
    }
  }

  /**
   * Waits at most so long (ms) for a reply, without taking it, where none is due. True also when the next
   * read would throw.
   */
  async ready(milliseconds: number): Promise<boolean> {
    const until = performance.now() + milliseconds;
    for (;;) {
      if (this.#unread.length > 0 || !this.alive) return true;
      const left = until - performance.now();
      if (left <= 0) return false;
      await this.#change(left);
    }
  }

  /** From here on a library reads, this greeting first if it wants one. */
  adopt(greeting: string | null): void {
    this.#adopted = true;
    this.#answer = null;
    this.#unread = [];
    this.#unreadBytes = 0;
    if (greeting !== null) this.push(Buffer.from(greeting, 'utf8'));
  }

  /** Ends the dialogue for this reason. */
  fail(fault: Fault): void {
    this.#end(fault);
    this.#socket.destroy();
    this.destroy();
  }

  /** Waits for a library's work until the attempt is over. @throws the fault of the attempt, or what the library threw */
  async until<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined);
    return Promise.race([work, this.#ended.promise]);
  }

  /** Gives the socket away (STARTTLS); the tap is dead afterwards. The socket stays guarded against `error`. */
  detach(): Socket {
    this.#release();
    this.#socket.pause();
    this.#fault ??= new Fault('internal-error', 'the tap was given away');
    return this.#socket;
  }

  /**
   * Says a last word (`QUIT`), waits for any answer at most `milliseconds`, closes. Outside of the attempt:
   * no phase, no failure, never rejects. The libraries' own farewells wait for a state that they may never reach.
   */
  async farewell(text: string, milliseconds = 1000): Promise<void> {
    const socket = this.#socket;
    const gone = !this.alive || !socket.writable;
    this.#release();
    if (!gone) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, milliseconds);
        const done = (): void => {
          clearTimeout(timer);
          resolve();
        };
        socket.once('data', done).once('end', done).once('close', done);
        socket.resume();
        socket.write(text);
      });
    }
    this.destroy();
  }

  // What libraries call on a socket; the attempt's one deadline and the dialling see to all of it.
  setTimeout(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  setNoDelay(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    // What a library writes in one go leaves in one segment: else the server waits for the second (+40 ms).
    if (this.#out.push(chunk) === 1) process.nextTick(this.#flush);
    done();
  }

  override _final(done: () => void): void {
    this.#flush();
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#release();
    this.#socket.destroy();
    this.#rouse();
    done(error);
  }

  readonly #flush = (): void => {
    const out = this.#out;
    this.#out = [];
    const [first] = out;
    if (first !== undefined) this.#leaves(out.length === 1 ? first : Buffer.concat(out));
  };

  #leaves(bytes: Buffer): void {
    for (const shown of this.#options.framing.sent(bytes.toString('utf8'))) {
      this.onSent?.(shown);
      this.#options.transcript.ours(shown);
    }
    this.#answer = null;
    this.#options.mark();
    if (!this.#released && this.#fault === null && this.#socket.writable) this.#socket.write(bytes);
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
    if (this.#options.signal.aborted) this.#ended.reject(this.#fault);
  }

  #release(): void {
    this.#released = true;
    this.#socket.off('data', this.#onData).off('end', this.#onEnd).off('close', this.#onEnd);
    // The error listener stays: a late reset without one would end the process.
    this.#options.signal.removeEventListener('abort', this.#onAbort);
  }

  #take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length) {
      if (this.#literal > 0) {
        const size = Math.min(this.#literal, chunk.length - at);
        this.#literal -= size;
        this.#gives.push(chunk.subarray(at, at + size));
        at += size;
        continue;
      }
      const feed = chunk.indexOf(0x0a, at);
      const stop = feed < 0 ? chunk.length : feed + 1;
      this.#line.push(chunk.subarray(at, stop));
      this.#lineLength += stop - at;
      at = stop;
      const { lineLimit } = this.#options.framing;
      if (this.#lineLength > lineLimit + 2)
        throw new Fault('protocol-error', `a line of more than ${lineLimit} bytes`);
      if (feed >= 0) this.#takeLine();
    }
  }

  #takeLine(): void {
    const [first = Buffer.alloc(0)] = this.#line;
    const line = this.#line.length === 1 ? first : Buffer.concat(this.#line);
    this.#line = [];
    this.#lineLength = 0;
    // What cannot be read is evidence as well: it is shown before the framing judges it.
    const shown = (): void => this.#options.transcript.theirs(textOf(line));
    let framed: Framed;
    try {
      framed = this.#options.framing.heard(line);
    } catch (error) {
      shown();
      throw error;
    }
    if (!(framed.bulk && this.quiet)) shown();
    if (framed.apart === true) this.#give();
    if (framed.give !== null) this.#gives.push(framed.give);
    if (framed.apart === true) this.#give();
    this.#literal = framed.literal ?? 0;
    this.#strayBytes = framed.reply === null ? this.#strayBytes + line.length : 0;
    if (framed.reply === null) return;
    this.#answer = framed.reply;
    if (this.#adopted) return;
    this.#unread.push(framed.reply);
    this.#unreadBytes += sizeOf(framed.reply);
  }

  #give(): void {
    const gives = this.#gives;
    this.#gives = [];
    const [first] = gives;
    if (first === undefined || !this.#adopted || this.#released) return;
    if (!this.push(gives.length === 1 ? first : Buffer.concat(gives))) this.#socket.pause();
  }

  readonly #onData = (chunk: Buffer): void => {
    const { budget, now } = this.#options;
    this.#heardAt = now();
    budget.left -= chunk.length;
    try {
      if (budget.left < 0)
        throw new Fault('protocol-error', 'the server sends more than a connection may receive');
      this.#take(chunk);
      this.#give();
    } catch (error) {
      // What was whole before counts: a refusal followed by nonsense is a refusal.
      this.#give();
      this.#end(faultOf(error));
      this.#socket.destroy();
    }
    if (this.#unreadBytes > unreadLimit) this.#socket.pause();
    this.#rouse();
  };

  readonly #onEnd = (): void => {
    this.#end(new Fault('connection-closed', 'the server closed the connection'));
    this.#hangUp();
  };

  readonly #onError = (error: Error): void => {
    const fault = faultOf(error);
    const known = fault.reason !== 'internal-error';
    this.#end(known ? fault : new Fault('connection-reset', fault.message, { code: fault.code }));
    this.#hangUp();
  };

  /** The library reads what was received, and then the end. Half a line is no part of it. */
  #hangUp(): void {
    if (this.#released || this.readableEnded || this.destroyed) return;
    if (this.#line.length > 0) this.#options.transcript.theirs(textOf(Buffer.concat(this.#line)));
    this.#line = [];
    this.#options.signal.removeEventListener('abort', this.#onAbort);
    this.push(null);
  }

  readonly #onAbort = (): void => {
    this.#end(faultOf(this.#options.signal.reason));
    this.#socket.destroy();
    this.destroy();
  };
}

function sizeOf(reply: readonly string[]): number {
  return reply.reduce((size, line) => size + line.length + 2, 0);
}

/** A line without its line end. */
export function textOf(line: Buffer): string {
  let end = line.length;
  if (end > 0 && line[end - 1] === 0x0a) end -= 1;
  while (end > 0 && line[end - 1] === 0x0d) end -= 1;
  return line.toString('utf8', 0, end);
}
