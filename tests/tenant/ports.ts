import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the range the kernel hands to clients, so that nobody takes the port of a stopped service. */
const lowest = 11_000;
const highest = 31_999;

function isFree(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Distinct TCP ports that nobody listens on now, chosen at random so that two tenants that start
 * together rarely meet.
 * @throws after 50 tries a port without a free one.
 */
export async function freePorts(host: string, count: number): Promise<number[]> {
  const chosen = new Set<number>();
  for (let tries = 0; chosen.size < count; tries += 1) {
    if (tries > count * 50) throw new Error(`no ${count} free ports on ${host}`);
    const port = randomInt(lowest, highest + 1);
    if (!chosen.has(port) && (await isFree(host, port))) chosen.add(port);
  }
  return [...chosen];
}
