/** The tenant's side: the embedded mail service, on an address that others can reach; `stop` and `start`. */
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { startEmbeddedTenant } from '../../src/demo/tenant.ts';

const [host = ''] = process.argv.slice(2);
const tenant = await startEmbeddedTenant();
const open = new Set<Socket>();
let servers: Server[] = [];

/** The same port outside as the service has inside. */
async function forward(port: number): Promise<Server> {
  const server = createServer((client) => {
    const inside = connect(port, '127.0.0.1');
    for (const socket of [client, inside]) {
      open.add(socket);
      socket.on('error', () => socket.destroy()).on('close', () => open.delete(socket));
    }
    client.pipe(inside).pipe(client);
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function start(): Promise<void> {
  servers = await Promise.all([tenant.smtp, tenant.imap].map(({ port }) => forward(port)));
}

function stop(): void {
  for (const server of servers) server.close();
  for (const socket of open) socket.destroy();
}

await start();
const { address, username, password, smtp, imap } = tenant;
const account = { address, username, password, smtp: smtp.port, imap: imap.port };
process.stdout.write(`${JSON.stringify(account)}\n`);
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'stop') stop();
  else await start();
  process.stdout.write('done\n');
}
process.exit(0);
