import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import type { Identity } from './certificates.ts';

/** What a server does at one point of the dialogue. */
export type Act = (socket: Socket) => void;

/** Says these bytes. */
export function say(text: string | Uint8Array): Act {
  return (socket) => void socket.write(text);
}

/** Says nothing, and keeps the connection. */
export const mute: Act = () => {};

/** An RST on the wire. */
export const reset: Act = (socket) => void socket.resetAndDestroy();

/** Does it after so many milliseconds. */
export function later(milliseconds: number, act: Act): Act {
  return (socket) => void setTimeout(() => act(socket), milliseconds);
}

/** An orderly end. */
export const hangUp: Act = (socket) => void socket.end();

/** Says a text and hangs up at once. */
export function lastWords(text: string): Act {
  return (socket) => void socket.end(text);
}

/** Says a text in pieces of `size` bytes, one each `milliseconds`. */
export function drip(text: string, size = 1, milliseconds = 1000): Act {
  return (socket) => {
    let at = 0;
    const timer = setInterval(() => {
      if (at >= text.length || socket.destroyed) return clearInterval(timer);
      socket.write(text.slice(at, at + size));
      at += size;
    }, milliseconds);
    socket.once('close', () => clearInterval(timer));
  };
}

/** Says `start`, then one unit for ever, as fast as the reader takes it. */
export function endless(start: string, unit: string): Act {
  return (socket) => {
    const block = Buffer.from(unit.repeat(Math.ceil(65_536 / unit.length)));
    const pump = (): void => {
      while (!socket.destroyed && socket.write(block));
    };
    socket.write(start);
    socket.on('drain', pump);
    pump();
  };
}

/** A line without an end. */
export const endlessLine: Act = endless('', 'x');

/** Bytes that are no text of any protocol, line feeds included. */
export const garbage: Act = say(
  Buffer.from([0x16, 0x03, 0x00, 0xff, 0xfe, 0x0a, 0x80, 0x0d, 0x0a]),
);

/** Takes the connection into TLS after these words. */
export function upgrade(text: string, identity: Identity): Act {
  return (socket) => {
    socket.removeAllListeners('data');
    socket.write(text);
    const secured = new TLSSocket(socket, { isServer: true, ...identity });
    secured.on('error', () => {});
    const dialogue = dialogues.get(socket);
    if (dialogue !== undefined) converse(secured, dialogue);
  };
}

export interface Dialogue {
  readonly greeting: Act;
  /** @param line without its line end @param count lines before it on this connection */
  readonly answer: (line: string, count: number, socket: Socket) => Act;
}

export interface Hostile {
  readonly port: number;
  /** Every line that was received, in order, over all connections. */
  readonly lines: readonly string[];
  /** Connections accepted so far. */
  readonly connections: () => number;
  /** Connections that are open now. */
  readonly open: () => number;
  close(): Promise<void>;
}

const dialogues = new WeakMap<Socket, Dialogue>();

/** A server on a loopback port of its own. With an identity, TLS from the first byte. */
export async function hostile(
  dialogue: Dialogue,
  options: { readonly identity?: Identity; readonly host?: string } = {},
): Promise<Hostile> {
  const sockets = new Set<Socket>();
  const raw = new Set<Socket>();
  const lines: string[] = [];
  let connections = 0;
  const recorded: Dialogue = {
    greeting: dialogue.greeting,
    answer(line, count, socket) {
      lines.push(line);
      return dialogue.answer(line, count, socket);
    },
  };
  const accept = (socket: Socket): void => {
    connections += 1;
    sockets.add(socket);
    dialogues.set(socket, recorded);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    recorded.greeting(socket);
    converse(socket, recorded);
  };
  const { identity } = options;
  const server: Server =
    identity === undefined
      ? createServer({ allowHalfOpen: true }, accept)
      : createTlsServer({ ...identity, allowHalfOpen: true }, accept);
  server.on('tlsClientError', () => {});
  // Of a TLS server these are the sockets below, which a failed handshake would leave open.
  server.on('connection', (socket: Socket) => {
    raw.add(socket);
    socket.on('close', () => raw.delete(socket)).on('error', () => {});
  });
  await new Promise<void>((done) => server.listen(0, options.host ?? '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    lines,
    connections: () => connections,
    open: () => sockets.size,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        for (const socket of [...sockets, ...raw]) socket.destroy();
      }),
  };
}

function converse(socket: Socket, dialogue: Dialogue): void {
  let rest = '';
  let count = 0;
  socket.on('data', (chunk: Buffer) => {
    rest += chunk.toString('utf8');
    for (let at = rest.indexOf('\n'); at >= 0; at = rest.indexOf('\n')) {
      const line = rest.slice(0, at).replace(/\r$/, '');
      rest = rest.slice(at + 1);
      dialogue.answer(line, count, socket)(socket);
      count += 1;
    }
  });
  // The sockets allow half-open: an end is answered by an end, unless a test says otherwise.
  socket.on('end', () => socket.end());
}

/** A server that ends the connection before a byte is said. */
export function refuser(act: Act): Dialogue {
  return { greeting: act, answer: () => mute };
}

/** A port on which nobody listens. */
export async function closedPort(): Promise<number> {
  const server = await hostile(refuser(mute));
  await server.close();
  return server.port;
}
