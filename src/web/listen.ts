import { createServer, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';
import type { TlsAccess } from '../domain/access.ts';
import { networkOf } from './limits.ts';
import { contextOf, isWelcome, serverOptionsOf } from './tls.ts';

export interface Listening {
  /** The port in use; the one asked for, unless that was 0. */
  readonly port: number;
  /** New connections get this certificate and these terms; those that are open go on. Only over TLS. */
  secure(tls: TlsAccess): void;
  /** Ends within two seconds: idle connections are closed at once, busy ones get that long. */
  close(): Promise<void>;
}

export interface ListenOptions {
  /** Null for plain HTTP. */
  readonly tls?: TlsAccess | null;
  /** `::` leaves IPv4 to another address of the list. */
  readonly ipv6Only?: boolean;
}

const closeAllowance = 2_000;
/** Open connections at once: of everybody, and of one address. */
const mostConnections = { all: 200, address: 100 };

/**
 * Serves the app over HTTP, or over HTTPS.
 * @throws Error with the address and the remedy, when the address cannot be had.
 */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  host: string,
  port: number,
  { tls = null, ipv6Only = false }: ListenOptions = {},
): Promise<Listening> {
  // The global Request and Response stay Node's own: other parts of the daemon make requests themselves.
  const answer = getRequestListener(app.fetch, { overrideGlobalObjects: false });
  const served = tls === null ? null : secureServer(tls, answer);
  const server = served?.server ?? createServer(answer);
  limit(server);
  await bind(server, { host, port, ipv6Only });
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    secure: (next) => served?.secure(next),
    close: () => close(server),
  };
}

type Answer = ReturnType<typeof getRequestListener>;

function secureServer(first: TlsAccess, answer: Answer) {
  let tls = first;
  const server: SecureServer = createSecureServer(serverOptionsOf(tls), answer);
  // Before HTTP's own listener: who is not welcome is not read at all.
  server.prependListener('secureConnection', (socket: TLSSocket) => {
    if (!isWelcome(socket, tls)) socket.destroy();
  });
  const secure = (next: TlsAccess): void => {
    tls = next;
    server.setSecureContext(contextOf(tls));
  };
  return { server, secure };
}

/** A client that sends or reads slowly, or many that stay, must not use the daemon up. */
function limit(server: Server | SecureServer): void {
  server.maxConnections = mostConnections.all;
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.setTimeout(30_000);
  // Longer than a usual scrape interval, so that Prometheus keeps its connection.
  server.keepAliveTimeout = 65_000;
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const from = networkOf(socket.remoteAddress ?? '');
    const own = (open.get(from) ?? 0) + 1;
    open.set(from, own);
    socket.once('close', () => {
      const left = (open.get(from) ?? 1) - 1;
      if (left > 0) open.set(from, left);
      else open.delete(from);
    });
    if (own > mostConnections.address) socket.destroy();
  });
}

async function bind(
  server: Server | SecureServer,
  at: { readonly host: string; readonly port: number; readonly ipv6Only: boolean },
): Promise<void> {
  const { host, port } = at;
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(explain(error, host, port));
    server.once('error', refuse);
    server.listen(at, () => {
      server.off('error', refuse);
      resolve();
    });
  });
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const why = remedyOf(error.code, port) ?? error.message;
  return new Error(`Cannot listen on ${place}: ${why}`, { cause: error });
}

function remedyOf(code: string | undefined, port: number): string | null {
  const choose = 'or set another address in `listen`';
  switch (code) {
    case 'EADDRINUSE':
      return `the port is taken. Stop the program that has it (\`ss -ltnp 'sport = :${port}'\` names it) ${choose}.`;
    case 'EACCES':
      return `not permitted. Ports below 1024 need CAP_NET_BIND_SERVICE; grant it, ${choose} with a port of 1024 or more.`;
    case 'EADDRNOTAVAIL':
      return `this machine does not have that address. Use 0.0.0.0 or :: for all of its addresses, ${choose}.`;
    case 'ENOTFOUND':
      return `the name has no address. Write an IP address, ${choose}.`;
    default:
      return null;
  }
}

async function close(server: Server | SecureServer): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closeAllowance);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
