import type { Server } from 'node:net';
import type { Sink } from '../domain/route.ts';

/** Listens; gives the port in use. @throws Error with the address and the remedy */
export async function bind(server: Server, { host, port }: Sink['listen']): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const refuse = (error: NodeJS.ErrnoException): void => reject(explain(error, host, port));
    server.once('error', refuse);
    server.listen(port, host, () => {
      server.off('error', refuse);
      server.on('error', () => {});
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function explain(error: NodeJS.ErrnoException, host: string, port: number): Error {
  const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const why = remedies[error.code ?? '']?.(port) ?? error.message;
  return new Error(`The mail sink cannot listen on ${place}: ${why}`, { cause: error });
}

const remedies: Readonly<Record<string, (port: number) => string>> = {
  EADDRINUSE: (port) =>
    `the port is taken, by a mail server of this machine perhaps. Stop it (\`ss -ltnp 'sport = :${port}'\` names it) or set another address in \`sink.listen\`.`,
  EACCES: () =>
    'not permitted. Ports below 1024 need CAP_NET_BIND_SERVICE; grant it, or listen on a higher port to which port 25 is forwarded.',
  EADDRNOTAVAIL: () =>
    'this machine does not have that address. Use 0.0.0.0 or :: for all of them.',
};
