import { ImapFlow } from 'imapflow';
import type { RealTenant } from './tenant.ts';

/** Somebody else's view of the probe's mailbox, logged in; the caller logs out. */
export async function imapClient({ probe, endpoints, ca }: RealTenant): Promise<ImapFlow> {
  const { host, port } = endpoints.imaps;
  const client = new ImapFlow({
    host,
    port,
    secure: true,
    auth: { user: probe.address, pass: probe.password },
    tls: { ca: ca.text },
    logger: false,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}
