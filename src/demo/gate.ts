import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Relay } from './relay.ts';

/** How the way to a server is: free, closed, dead quiet, or late. */
export type Passage = 'open' | 'refuse' | 'hang' | 'slow';

const host = '127.0.0.1';
const maximumConnections = 100;
/** A quiet connection is dropped after this long, ms (RFC 9051 §5.4 asks for at least 30 minutes). */
const idleLimit = 31 * 60_000;
const slowness = 2_000;

/**
 * The one listener of a protocol. Connections are relayed to the server behind it, so that a fault of
 * the way (refused, hanging, slow) needs nothing of the server and strikes open connections as well.
 */
export class Gate {
  readonly #connect: () => Duplex;
  readonly #relays = new Set<Relay>();
  #listener: Server | null = null;
  #passage: Passage = 'open';
  #port = 0;

  /** `connect` gives a fresh connection to the server behind. */
  constructor(connect: () => Duplex) {
    this.#connect = connect;
  }

  /** The port, from the first `listen` on always the same. */
  get port(): number {
    return this.#port;
  }

  /** @throws the listener's error, e.g. when another program took the port meanwhile. */
  async listen(): Promise<void> {
    if (this.#listener !== null) return;
    const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) =>
      this.#accept(client),
    );
    listener.maxConnections = maximumConnections;
    listener.listen(this.#port, host);
    await once(listener, 'listening');
    const address = listener.address();
    if (address !== null && typeof address === 'object') this.#port = address.port;
    this.#listener = listener;
  }

  /** Changes the way for new and for open connections; resolves when it shows. */
  async set(passage: Passage): Promise<void> {
    this.#passage = passage;
    if (passage === 'refuse') return this.close();
    for (const relay of this.#relays) {
      if (passage === 'hang') relay.silence();
      else if (relay.silent) relay.destroy();
    }
    await this.#listenAgain();
  }

  /** Stops listening and drops every connection. */
  async close(): Promise<void> {
    const listener = this.#listener;
    this.#listener = null;
    const closed = listener === null ? null : once(listener, 'close');
    listener?.close();
    for (const relay of this.#relays) relay.destroy();
    await closed;
  }

  /** Some other program may hold the port for a moment: a few tries, then the error. */
  async #listenAgain(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await this.listen();
      } catch (error) {
        if (attempt >= 10) throw error;
        await pause(100);
      }
    }
  }

  #accept(client: Socket): void {
    client.setTimeout(idleLimit, () => client.destroy());
    const server = this.#passage === 'hang' ? null : this.#connect();
    const relay = new Relay(client, server, () => (this.#passage === 'slow' ? slowness : 0));
    this.#relays.add(relay);
    client.once('close', () => this.#relays.delete(relay));
  }
}
