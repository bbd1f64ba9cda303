import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { newToken } from '../../probes/message.ts';
import { sendToMx } from '../../probes/mx.ts';
import type { InboundRoute } from '../../src/domain/route.ts';
import { Secret } from '../../src/domain/secret.ts';

import { systemClock } from '../../src/system-clock.ts';
import { misnamed } from '../support/certificates.ts';
import { tenantWith } from '../support/probing.ts';

async function newMx(context: TestContext, options: SMTPServerOptions = {}) {
  const seen: { text: string; secure: boolean; from: string; helo: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['AUTH'],
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const { mailFrom } = session.envelope;
        seen.push({
          text: Buffer.concat(chunks).toString(),
          secure: session.secure,
          from: mailFrom === false ? '' : mailFrom.address,
          helo: session.hostNameAppearsAs,
        });
        callback(null);
      });
    },
    ...options,
  });
  server.on('error', () => {});
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  context.after(() => new Promise<void>((resolve) => server.close(resolve)));
  const { port } = listener.address() as AddressInfo;
  return { seen, port };
}

const route = (port: number, change: Partial<InboundRoute> = {}): InboundRoute => ({
  from: 'probe@sender.example',
  reports: false,
  helo: 'mx.sender.example',
  mx: { host: '127.0.0.1', port },
  interval: 300_000,
  dkim: null,
  ...change,
});

const tenant = tenantWith({ attemptDeadline: 10_000 });

async function send(to: InboundRoute) {
  const signal = new AbortController().signal;
  const context = { clock: systemClock, signal, memory: { anchor: null } };
  const { result } = await sendToMx(tenant, to, newToken(), context);
  return result;
}

test('STARTTLS is used with whatever certificate there is; helo, sender and recipient are ours', async (t) => {
  const { seen, port } = await newMx(t, { ...misnamed });
  const { failure, acceptedAt, token } = await send(route(port));
  assert.equal(failure, null);
  assert.ok(acceptedAt !== null);
  const [{ text = '', ...rest } = {}] = seen;
  assert.deepEqual(rest, { secure: true, from: 'probe@sender.example', helo: 'mx.sender.example' });
  assert.match(text, new RegExp(`^Message-ID: <${token}@sender\\.example>\r$`, 'm'));
  assert.match(text, /^To: <probe@acme\.example>\r$/m);
});

test('without STARTTLS, or with a broken one, the message goes in the clear', async (t) => {
  const plain = await newMx(t, { disabledCommands: ['AUTH', 'STARTTLS'] });
  assert.equal((await send(route(plain.port))).failure, null);
  const old = await newMx(t, { ...misnamed, maxVersion: 'TLSv1.1', minVersion: 'TLSv1' });
  assert.equal((await send(route(old.port))).failure, null);
  assert.deepEqual(
    [...plain.seen, ...old.seen].map(({ secure }) => secure),
    [false, false],
  );
});

test('signed by DKIM when there is a key', async (t) => {
  const { seen, port } = await newMx(t, { disabledCommands: ['AUTH', 'STARTTLS'] });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const dkim = { domain: 'sender.example', selector: 's1', key: new Secret(() => key) };
  assert.equal((await send(route(port, { dkim }))).failure, null);
  const header = (seen[0]?.text ?? '').replace(/\r\n[ \t]+/g, ' ');
  assert.match(header, /^DKIM-Signature: v=1; a=rsa-sha256;.*\bd=sender\.example;.*\bs=s1;.*\bbh=/);
});

/** What Debian's python3-dkim (RFC 6376) says of a signature; null where it is not installed. */
function verified(message: string, record: string): string | null {
  const program = `import base64, sys
import dkim
message, record = (base64.b64decode(line) for line in sys.stdin.read().split(','))
asked = []
def lookup(name, timeout=5):
    asked.append(name)
    return record
print(dkim.verify(message, dnsfunc=lookup), b','.join(asked).decode())`;
  const lines = [message, record].map((text) => Buffer.from(text, 'latin1').toString('base64'));
  const { status, stdout } = spawnSync('/usr/bin/python3', ['-c', program], {
    input: lines.join(),
    encoding: 'utf8',
  });
  return status === 0 ? stdout.trim() : null;
}

const skipDkim =
  verified('', '') === null && !process.env.CI ? 'python3-dkim is not installed' : false;

test('another program finds the signature good, and that of a changed message not', {
  skip: skipDkim,
}, async (t) => {
  const { seen, port } = await newMx(t, { disabledCommands: ['AUTH', 'STARTTLS'] });
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const dkim = { domain: 'sender.example', selector: 's1', key: new Secret(() => key) };
  assert.equal((await send(route(port, { dkim }))).failure, null);
  const text = seen[0]?.text ?? '';
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const record = `v=DKIM1; k=rsa; p=${spki.toString('base64')}`;
  assert.equal(verified(text, record), 'True s1._domainkey.sender.example.');
  assert.match(verified(text.replace('Subject: ', 'Subject: x'), record) ?? '', /^False/);
});

test('an answer that refuses is kept as such, wherever it comes; a silent port is none', async (t) => {
  const refusing = (code: number, text: string) =>
    Object.assign(new Error(text), { responseCode: code });
  const policy = await newMx(t, {
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, callback) => callback(refusing(550, '5.7.1 not from you')),
  });
  const refused = await send(route(policy.port));
  assert.equal(refused.failure?.reason, 'policy-blocked');
  assert.ok((refused.refusedAt ?? null) !== null);
  const grey = await newMx(t, {
    disabledCommands: ['AUTH', 'STARTTLS'],
    onRcptTo: (_address, _session, callback) => callback(refusing(451, '4.7.1 come back later')),
  });
  assert.match((await send(route(grey.port))).failure?.code ?? '', /^451/);
  const closed = await newMx(t, {
    onConnect: (_session, callback) => callback(refusing(554, 'no service here')),
  });
  const greeting = await send(route(closed.port));
  assert.ok((greeting.refusedAt ?? null) !== null, greeting.failure?.message);
  const nobody = await send(route(1));
  assert.deepEqual([nobody.token, nobody.failure?.reason], [null, 'connection-refused']);
});

test('where our own MX takes the reports, the return path bears the token; the author stays', async (t) => {
  const { seen, port } = await newMx(t, { disabledCommands: ['AUTH', 'STARTTLS'] });
  await send(route(port, { reports: true }));
  await send(route(port));
  assert.match(seen[0]?.from ?? '', /^probe\+[0-9a-z]+@sender\.example$/);
  assert.match(seen[0]?.text ?? '', /^From: mailminute <probe@sender\.example>\r$/m);
  assert.equal(seen[1]?.from, 'probe@sender.example');
});
