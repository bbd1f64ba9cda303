/** The control targets: listeners that take a connection and end it. */
import { once } from 'node:events';
import { createServer } from 'node:net';

const [port, ...hosts] = process.argv.slice(2);
for (const host of hosts) {
  const server = createServer((socket) => socket.on('error', () => {}).end());
  server.listen(Number(port), host);
  await once(server, 'listening');
}
process.stdout.write('ready\n');
process.stdin.on('end', () => process.exit(0)).resume();
