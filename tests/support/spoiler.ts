import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { Identity } from './certificates.ts';
import type { Act } from './hostile.ts';

/** The TCP socket below a TLS one. */
const below = new WeakMap<Socket, Socket>();

/** An RST on the wire, below TLS if there is any. */
export const reset: Act = (socket) => void (below.get(socket) ?? socket).resetAndDestroy();

/** From which request on, and how, a server goes wrong. Requests count over all connections, from 1. */
export interface Spoil {
  /** 0 is the greeting. */
  readonly from: number;
  readonly act: Act;
}

export interface SpoilerOptions {
  /** Port of the well-behaved server on 127.0.0.1. */
  readonly behind: number;
  /** Asked for each connection. */
  readonly spoil: () => Spoil;
  /** TLS from the first byte. */
  readonly identity?: Identity;
  /** How a request begins, where several chunks may make one; default: every chunk is one. */
  readonly request?: RegExp;
  /** Changes what the server says, chunk by chunk. */
  readonly distort?: (chunk: Buffer) => Buffer;
}

export interface Spoiler {
  readonly port: number;
  /** Requests that came so far. */
  readonly requests: () => number;
  /** Most connections that were open at once. */
  readonly most: () => number;
  close(): Promise<void>;
}

/** Stands before a well-behaved server and passes everything on, until the server is to go wrong. */
export async function spoiler(options: SpoilerOptions): Promise<Spoiler> {
  const sockets = new Set<Socket>();
  let requests = 0;
  let open = 0;
  let most = 0;

  function accept(client: Socket): void {
    const { from, act } = options.spoil();
    let spoilt = from === 0;
    client.on('error', () => {});
    if (spoilt) {
      client.on('data', () => {}).on('end', () => client.end());
      act(client);
      return;
    }
    const server = keep(connect(options.behind, '127.0.0.1'));
    server.on('data', (chunk: Buffer) => {
      if (!spoilt) client.write(options.distort?.(chunk) ?? chunk);
    });
    server.on('end', () => {
      if (!spoilt) client.end();
    });
    client.on('close', () => server.destroy()).on('end', () => client.end());
    client.on('data', (chunk: Buffer) => {
      if (options.request?.test(chunk.toString('latin1')) ?? true) requests += 1;
      if (spoilt) return;
      spoilt = requests >= from;
      if (spoilt) act(client);
      else server.write(chunk);
    });
  }

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    return socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  }

  const { identity } = options;
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    keep(socket).once('close', () => {
      open -= 1;
    });
    open += 1;
    most = Math.max(most, open);
    if (identity === undefined) return accept(socket);
    const secured = new TLSSocket(socket, { isServer: true, ...identity });
    below.set(secured, socket);
    secured.on('error', () => {}).once('secure', () => accept(secured));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    most: () => most,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Runs the work with so many under way at a time. */
export async function together<T>(
  width: number,
  items: readonly T[],
  work: (item: T) => Promise<void>,
): Promise<void> {
  const left = [...items];
  const workers = Array.from({ length: width }, async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  });
  await Promise.all(workers);
}
