import { probes } from '../../probes/index.ts';
import type { Phase, Protocol } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { authority } from './certificates.ts';
import { hostile } from './hostile.ts';
import { ImapServer } from './imap-server.ts';
import * as bench from './probing.ts';
import { popServer, smtpServer } from './scripted.ts';
import { fakeFlow } from './webmail-attempt.ts';
import { startFakeWebmail } from './webmail-server.ts';

/** The round's message of every attempt on these servers. */
export const token = 'a1b2c3d4e5f6';

/** A well-behaved server for one attempt, without TLS, on 127.0.0.1. */
export interface GoodServer {
  readonly port: number;
  close(): Promise<void>;
}

const anchorHeader = 'Subject: mailminute anchor\r\nX-Mailminute-Anchor: 1';
const probeHeader = `Message-ID: <${token}@acme.example>\r\nX-Mailminute-Token: ${token}`;

/** Starts a server whose mailbox holds the anchor, and the round's message as soon as it is looked for. */
export const goodServers: Readonly<Record<Protocol, () => Promise<GoodServer>>> = {
  smtp: () => hostile(smtpServer()),
  pop() {
    const messages = [
      { uid: 'u1', header: anchorHeader },
      { uid: 'u2', header: probeHeader },
    ];
    return hostile(popServer({ messages, logins: 0 }));
  },
  async imap() {
    const server = await ImapServer.start({
      on({ name, talk }) {
        const { mailbox } = talk.server;
        if (name === 'NOOP' && mailbox.messages.length === 1)
          mailbox.add(`${probeHeader}\r\n\r\n`, []);
        return false;
      },
    });
    const id = 'Message-ID: <anchor@mailminute.acme.example>';
    server.mailbox.add(`${id}\r\n${anchorHeader}\r\n\r\n`, []);
    return { port: server.port, close: () => server.stop() };
  },
  async webmail() {
    const server = await startFakeWebmail(bench.password);
    server.inbox.push(`mailminute probe ${token}`);
    return { port: Number(new URL(server.url).port), close: () => server.close() };
  },
};

/** What each request of a round trip on these servers belongs to; the first entry is the greeting. */
export const phasesOfRequests: Readonly<Record<Protocol, readonly (Phase | null)[]>> = {
  smtp: ['greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'accept'],
  imap: [
    'greeting',
    'capability',
    'auth',
    'capability',
    'select',
    'anchor',
    'anchor',
    'fetch',
    'visible',
    'fetch',
    // The message's way: what becomes of it fails nothing.
    null,
  ],
  pop: ['greeting', 'capability', 'auth', 'auth', 'uidl', 'visible', 'anchor'],
  webmail: [null, 'first_byte', 'auth', 'auth', 'list', 'visible', 'fetch'],
};

/** How a request of the protocol begins, where one may come in several chunks. */
export const requestStarts: Readonly<Partial<Record<Protocol, RegExp>>> = {
  webmail: /^(?:GET|POST) /,
};

export interface RoundTripOptions {
  readonly secure: boolean;
  readonly deadline: number;
}

/** One round trip of the real probe against this port; checks what is true of every result. */
export async function roundTrip(
  protocol: Protocol,
  port: number,
  { secure, deadline }: RoundTripOptions,
): Promise<ProbeResult> {
  const ca = secure ? authority : null;
  const endpoint = bench.endpointAt(port, { tls: secure ? 'implicit' : 'none', ca });
  const url = `http${secure ? 's' : ''}://127.0.0.1:${port}/`;
  const site = { url, ca, flow: fakeFlow, consent: 'the tests', sendInterval: null };
  const target: Partial<Tenant> = { [protocol]: protocol === 'webmail' ? site : endpoint };
  const tenant = bench.tenantWith({ attemptDeadline: deadline, ...target });
  const accepted = Promise.resolve(Date.now());
  const ask = bench.asking({ depth: 'roundtrip', message: { token, accepted } });
  const { result, finish } = await probes[protocol](tenant, ask, bench.contextWith());
  await finish?.([]);
  bench.checkInvariants(result, protocol);
  return result;
}
