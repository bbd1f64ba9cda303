/** The tenant's side: the embedded mail service, on an address that others can reach. */
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { startEmbeddedTenant } from '../../src/demo/tenant.ts';

/** What the embedded tenant tells of itself. */
export interface ReachableAccount {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly smtp: number;
  readonly imap: number;
}

const [host = ''] = process.argv.slice(2);
const tenant = await startEmbeddedTenant();

/** The same port outside as the service has inside. */
async function forward(port: number): Promise<void> {
  const server = createServer((client) => {
    const inside = connect(port, '127.0.0.1');
    client.on('error', () => inside.destroy());
    inside.on('error', () => client.destroy());
    client.pipe(inside).pipe(client);
  });
  server.listen(port, host);
  await once(server, 'listening');
}

const { address, username, password, smtp, imap } = tenant;
await Promise.all([smtp, imap].map(({ port }) => forward(port)));
const account: ReachableAccount = {
  address,
  username,
  password,
  smtp: smtp.port,
  imap: imap.port,
};
process.stdout.write(`${JSON.stringify(account)}\n`);
process.stdin.on('end', () => process.exit(0)).resume();
