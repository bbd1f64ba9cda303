import { once } from 'node:events';
import type { Duplex } from 'node:stream';

/** The peer broke a limit; the dialogue cannot go on. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

/** Reads lines and counted bytes from a connection; whatever ends the connection reads as null. */
export class WireReader {
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #lineLimit: number;
  #buffer: Buffer = Buffer.alloc(0);

  /** `lineLimit`: longest line in bytes, without its end. */
  constructor(stream: Duplex, lineLimit: number) {
    this.#chunks = stream[Symbol.asyncIterator]();
    this.#lineLimit = lineLimit;
  }

  /** The next line without its end, as Latin-1 (one char a byte). @throws WireError when too long. */
  async line(): Promise<string | null> {
    for (;;) {
      const end = this.#buffer.indexOf(0x0a);
      if (end > this.#lineLimit + 1 || (end < 0 && this.#buffer.length > this.#lineLimit)) {
        throw new WireError('line too long');
      }
      if (end >= 0) {
        const line = this.#buffer.toString('latin1', 0, end);
        this.#buffer = this.#buffer.subarray(end + 1);
        return line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (!(await this.#more())) return null;
    }
  }

  /** Exactly `count` bytes as Latin-1. The caller bounds the count. */
  async bytes(count: number): Promise<string | null> {
    while (this.#buffer.length < count) {
      if (!(await this.#more())) return null;
    }
    const taken = this.#buffer.toString('latin1', 0, count);
    this.#buffer = this.#buffer.subarray(count);
    return taken;
  }

  async #more(): Promise<boolean> {
    try {
      const next = await this.#chunks.next();
      if (next.done === true) return false;
      this.#buffer = Buffer.concat([this.#buffer, next.value]);
      return true;
    } catch {
      return false;
    }
  }
}

/** Writes Latin-1 text and waits while the peer is behind; quietly nothing once the connection is gone. */
export async function send(stream: Duplex, text: string): Promise<void> {
  if (stream.destroyed || stream.writableEnded) return;
  if (stream.write(Buffer.from(text, 'latin1'))) return;
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  stream.once('close', stop);
  try {
    await once(stream, 'drain', { signal: gone.signal });
  } catch {
    // The connection ended while we waited: the reader will say so.
  } finally {
    stream.off('close', stop);
  }
}
