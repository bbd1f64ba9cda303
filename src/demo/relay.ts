import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

/** Above this much unsent data the server's side is paused: memory stays bounded per connection. */
const queueLimit = 256 * 1024;

interface Delayed {
  readonly chunk: Buffer;
  readonly due: number;
}

/**
 * Carries bytes between a client and the server behind the gate, at will late or not at all.
 * It knows no protocol, so hanging and slowness are the same for all four.
 */
export class Relay {
  readonly #client: Socket;
  readonly #server: Duplex | null;
  readonly #delay: () => number;
  readonly #queue: Delayed[] = [];
  #queued = 0;
  #timer: NodeJS.Timeout | null = null;
  #serverEnded = false;
  #silent: boolean;

  /** `server` null: a client that will never hear anything. `delay` in ms, asked for every chunk. */
  constructor(client: Socket, server: Duplex | null, delay: () => number) {
    this.#client = client;
    this.#server = server;
    this.#delay = delay;
    this.#silent = server === null;
    this.#listenToClient();
    if (server !== null) this.#listenToServer(server);
  }

  get silent(): boolean {
    return this.#silent;
  }

  /** From now on the client hears nothing more; what it sends is read and dropped. */
  silence(): void {
    this.#silent = true;
    this.#forget();
    this.#server?.destroy();
    this.#client.resume();
  }

  destroy(): void {
    this.#forget();
    this.#client.destroy();
    this.#server?.destroy();
  }

  #listenToClient(): void {
    const client = this.#client;
    client.on('data', (chunk: Buffer) => {
      if (this.#silent) return;
      if (this.#server?.write(chunk) === false) client.pause();
    });
    // A silent connection whose client has given up must not stay half closed until it is mended.
    client.on('end', () => {
      if (this.#silent) this.destroy();
      else this.#server?.end();
    });
    client.on('drain', () => this.#pump());
    client.on('error', () => this.destroy());
    client.on('close', () => this.destroy());
  }

  #listenToServer(server: Duplex): void {
    server.on('data', (chunk: Buffer) => this.#enqueue(server, chunk));
    server.on('drain', () => this.#client.resume());
    server.on('end', () => {
      this.#serverEnded = true;
      this.#pump();
    });
    server.on('error', () => server.destroy());
    server.on('close', () => {
      if (this.#silent) return;
      this.#serverEnded = true;
      this.#pump();
    });
  }

  #enqueue(server: Duplex, chunk: Buffer): void {
    if (this.#silent) return;
    // Never before what was queued earlier: mending must not let answers overtake each other.
    const due = Math.max(performance.now() + this.#delay(), this.#queue.at(-1)?.due ?? 0);
    this.#queue.push({ chunk, due });
    this.#queued += chunk.length;
    if (this.#queued > queueLimit) server.pause();
    this.#pump();
  }

  #pump(): void {
    if (this.#timer !== null || this.#silent || this.#client.destroyed) return;
    for (let next = this.#queue[0]; next !== undefined; next = this.#queue[0]) {
      const early = next.due - performance.now();
      if (early > 0) {
        this.#timer = setTimeout(() => this.#resumePump(), Math.ceil(early));
        return;
      }
      if (this.#client.writableNeedDrain) return;
      this.#queue.shift();
      this.#queued -= next.chunk.length;
      this.#client.write(next.chunk);
    }
    if (this.#serverEnded) this.#client.end();
    else this.#server?.resume();
  }

  #resumePump(): void {
    this.#timer = null;
    this.#pump();
  }

  #forget(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#queue.length = 0;
    this.#queued = 0;
  }
}
