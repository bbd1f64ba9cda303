import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Hono } from 'hono';

export interface Listening {
  /** The port in use; the one asked for, unless that was 0. */
  readonly port: number;
  /** Ends within two seconds: idle connections are closed at once, busy ones get that long. */
  close(): Promise<void>;
}

const closeAllowance = 2_000;

/**
 * Serves the app over HTTP.
 * @throws Error with the address and the remedy, when the address cannot be had.
 */
export async function listen(
  app: Pick<Hono, 'fetch'>,
  host: string,
  port: number,
): Promise<Listening> {
  // The global Request and Response stay Node's own: other parts of the daemon make requests themselves.
  const server = createServer(getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  limit(server);
  await bind(server, host, port);
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    close: () => close(server),
  };
}

/** A client that sends or reads slowly, or many that stay, must not use the daemon up. */
function limit(server: Server): void {
  server.maxConnections = 200;
  server.headersTimeout = 10_000;
  server.requestTimeout = 15_000;
  server.setTimeout(30_000);
  // Longer than a usual scrape interval, so that Prometheus keeps its connection.
  server.keepAliveTimeout = 65_000;
}

async function bind(server: Server, host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(explain(error, host, port));
    server.once('error', refuse);
    server.listen(port, host, () => {
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

async function close(server: Server): Promise<void> {
  await new Promise<void>((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closeAllowance);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
