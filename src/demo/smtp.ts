import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import type { Duplex } from 'node:stream';
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import { type Account, accepts } from './account.ts';
import type { Fault } from './fault.ts';
import { type MemoryMailbox, messageLimit } from './mailbox.ts';
import { mailDate } from './message.ts';

interface Tenant {
  readonly mailbox: MemoryMailbox;
  readonly account: Account;
  readonly fault: () => Fault;
  /** Wall ms. */
  readonly now: () => number;
}

/** A submission server (RFC 6409) that delivers into the mailbox; the gate stands before it. */
interface SmtpBackend {
  /** A fresh connection to it. */
  connect(): Duplex;
  close(): Promise<void>;
}

/** @throws when no port of the loopback can be had. */
export async function startSmtp(tenant: Tenant): Promise<SmtpBackend> {
  const server = new SMTPServer(optionsFor(tenant));
  // Clients that vanish are reported as errors of the server; they are nobody's concern here.
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    connect: () => connect({ port, host: '127.0.0.1', noDelay: true }),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function optionsFor(tenant: Tenant): SMTPServerOptions {
  const { account, fault } = tenant;
  const broken = (): Error | null => (fault() === 'error' ? refusal(451, outOfOrder) : null);
  return {
    name: 'demo.example',
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    authMethods: ['PLAIN', 'LOGIN'],
    size: messageLimit,
    hideENHANCEDSTATUSCODES: false,
    disableReverseLookup: true,
    logger: false,
    // RFC 5321 §4.5.3.2.7: a server waits for the next command for at least 5 minutes.
    socketTimeout: 5 * 60_000 + 1_000,
    closeTimeout: 1,
    onConnect: (_session, callback) =>
      callback(fault() === 'error' ? refusal(421, outOfOrder) : null),
    onAuth: (auth, _session, callback) => {
      if (fault() === 'error') return callback(refusal(454, outOfOrder));
      const known = accepts(account, auth.username ?? '', auth.password ?? '');
      if (!known || fault() === 'auth') return callback(refusal(535, 'wrong user or password'));
      callback(null, { user: account.username });
    },
    onMailFrom: (_address, _session, callback) => callback(broken()),
    onRcptTo: ({ address }, _session, callback) => {
      const own = address.toLowerCase() === account.address;
      callback(broken() ?? (own ? null : refusal(550, 'no such mailbox here')));
    },
    onData: (stream, session, callback) => {
      receive(stream, session, tenant).then(
        () => callback(null, 'delivered'),
        (error: unknown) => callback(error instanceof Error ? error : refusal(451, outOfOrder)),
      );
    },
  };
}

const outOfOrder = 'temporarily out of order';

function refusal(responseCode: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode });
}

/** Takes the message in; resolves once it is in the mailbox, or held. @throws an Error with a reply code. */
async function receive(
  stream: SMTPServerDataStream,
  session: SMTPServerSession,
  tenant: Tenant,
): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of stream) {
    size += chunk.length;
    // What is too much is still read to its end, for the answer comes after it, but not kept.
    if (size <= messageLimit) chunks.push(chunk);
  }
  if (size > messageLimit) throw refusal(552, 'message too long');
  if (tenant.fault() === 'error') throw refusal(451, outOfOrder);
  const text = Buffer.concat(chunks).toString('latin1').replace(/\r?\n/g, '\r\n');
  if (!tenant.mailbox.deliver(trace(session, tenant) + text)) {
    throw refusal(452, 'too much mail is waiting for delivery');
  }
}

/** Trace fields (RFC 5321 §4.4); the client's own name for itself is left out. */
function trace(session: SMTPServerSession, tenant: Tenant): string {
  const from = session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address;
  return (
    `Return-Path: <${from}>\r\n` +
    `Received: from [127.0.0.1] by demo.example with ESMTPA id ${session.id}\r\n` +
    `\tfor <${tenant.account.address}>; ${mailDate(tenant.now())}\r\n`
  );
}
