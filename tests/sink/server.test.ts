import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as secure } from 'node:tls';
import { createTransport } from 'nodemailer';
import { usualLimits } from '../../src/sink/guests.ts';
import { messageLimit, startSink } from '../../src/sink/server.ts';
import { systemClock } from '../../src/system-clock.ts';
import { misnamed, trusted } from '../support/certificates.ts';
import { address, Client, newSink, recipient, token } from './example.ts';

const transportTo = (port: number) =>
  createTransport({ host: '127.0.0.1', port, ignoreTLS: true, name: 'client.example' });

function refusalOf(sending: Promise<unknown>) {
  return sending.then(
    () => assert.fail('it was taken'),
    ({ responseCode, response }: { responseCode?: number; response?: string }) => {
      assert.ok(responseCode !== undefined && responseCode >= 500 && responseCode < 600, response);
      return response ?? '';
    },
  );
}

test('a real client hands over the one message that is expected, once', async (t) => {
  const { port, taken, refused } = await newSink(t);
  const client = transportTo(port);
  const mail = { from: 'a@client.example', to: recipient, subject: `x ${token}`, text: 'y' };
  const before = systemClock.wall();
  await client.sendMail(mail);
  assert.equal(taken.length, 1);
  assert.ok((taken[0]?.begunAt ?? 0) >= before && (taken[0]?.begunAt ?? 0) <= systemClock.wall());
  assert.match(await refusalOf(client.sendMail(mail)), /^550 5\.7\.1 not accepted here/);
  assert.deepEqual(refused, ['recipient']);
});

const other = 'fedcba9876543210fedcba98';
const recipients = [
  'someone@elsewhere.example',
  address,
  'postmaster@sink.example',
  'root@localhost',
  'probe',
  'postmaster',
  '',
  `probe+${other}@sink.example`,
  `probe+${token}@elsewhere.example`,
  `probe+${token}@sub.sink.example`,
  `probe+${token}@sink.example.`,
  `probe+${token}@sink.example@elsewhere.example`,
  `probe+${token}%elsewhere.example@sink.example`,
  `someone%elsewhere.example@sink.example`,
  `probe+${token}!elsewhere.example@sink.example`,
  `elsewhere.example!someone@sink.example`,
  `elsewhere.example!probe+${token}@sink.example`,
  `@sink.example:someone@elsewhere.example`,
  `@sink.example,@other.example:someone@elsewhere.example`,
  `"probe+${token}"@sink.example`,
  `"someone@elsewhere.example"@sink.example`,
  `"probe+${token}@sink.example"@elsewhere.example`,
  `someone@[127.0.0.1]`,
  `probe+${token}@[127.0.0.1]`,
  `probe+${token}@[IPv6:::1]`,
  `prob\u0435+${token}@sink.example`,
  `probe+${token}@s\u0456nk.example`,
  `probe+${token}@\uff53ink.example`,
  `probe+${token}@sin\u212a.example`,
  `probe+${token} @sink.example`,
  `probe+${token}@sink.example someone@elsewhere.example`,
  `probe+${token}@sink.example>,<someone@elsewhere.example`,
  `probe+${token.slice(1)}@sink.example`,
  `probe+${token}0@sink.example`,
  `probe++${token}@sink.example`,
  `probe-${token}@sink.example`,
  `xprobe+${token}@sink.example`,
  `probe+../${token}@sink.example`,
  `|/bin/sh@sink.example`,
];

test('no form of a recipient makes it relay: each is refused for good, in the same words', async (t) => {
  const { port, taken } = await newSink(t);
  const answers = new Set<string>();
  for (const form of recipients) {
    const client = await Client.open(port);
    await client.begin();
    const answer = await client.say(`RCPT TO:<${form}>`);
    assert.match(answer, /^5\d\d /, form);
    if (answer.startsWith('550')) answers.add(answer);
    assert.match(await client.say('DATA'), /^503 /, form);
    client.close();
  }
  assert.deepEqual([...answers], ['550 5.7.1 not accepted here']);
  assert.deepEqual(taken, []);
});

test('beside the expected recipient no second one is taken', async (t) => {
  const { port } = await newSink(t);
  const client = await Client.open(port);
  await client.begin();
  assert.match(await client.say(`RCPT TO:<${recipient.toUpperCase()}>`), /^250 /);
  assert.match(await client.say('RCPT TO:<someone@elsewhere.example>'), /^[45]\d\d /);
  assert.match(await client.say(`RCPT TO:<${recipient}>`), /^550 /);
  client.close();
});

test('a source route is ignored (RFC 5321 §4.1.2): what it leads to decides', async (t) => {
  const { port, taken } = await newSink(t);
  const client = await Client.open(port);
  await client.begin();
  assert.match(await client.say(`RCPT TO:<@elsewhere.example:a@b.example>`), /^550 5\.7\.1 /);
  assert.match(await client.say(`RCPT TO:<@elsewhere.example:${recipient}>`), /^250 /);
  assert.equal(taken.length, 0);
  client.close();
});

test('STARTTLS with the certificate, which is renewed in use; a half renewed one is not taken', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-sink-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const certificate = { chain: join(folder, 'chain.pem'), key: join(folder, 'key.pem') };
  const put = ({ cert, key }: { cert: string; key: string }) => {
    writeFileSync(certificate.chain, cert);
    writeFileSync(certificate.key, key);
  };
  put(trusted);
  const { port, sink, taken } = await newSink(t, { certificate });
  const shown = async () => {
    const client = await Client.open(port);
    await client.reply();
    assert.match(await client.say('EHLO client.example'), /STARTTLS/);
    assert.match(await client.say('STARTTLS'), /^220 /);
    client.socket.removeAllListeners('data');
    const secured = secure({ socket: client.socket, rejectUnauthorized: false });
    await once(secured, 'secureConnect');
    const { fingerprint256 } = secured.getPeerCertificate();
    secured.destroy();
    return fingerprint256;
  };
  const first = await shown();
  assert.equal(first, new X509Certificate(trusted.cert).fingerprint256);
  writeFileSync(certificate.chain, misnamed.cert);
  await assert.rejects(sink.renew());
  assert.equal(await shown(), first);
  put(misnamed);
  await sink.renew();
  assert.equal(await shown(), new X509Certificate(misnamed.cert).fingerprint256);
  const client = createTransport({
    host: '127.0.0.1',
    port,
    requireTLS: true,
    tls: { rejectUnauthorized: false },
  });
  await client.sendMail({ from: 'a@b.example', to: recipient, subject: token, text: 'y' });
  assert.equal(taken.length, 1);
  await pause(200);
  assert.equal(sink.connections, 0);
});

test('a bounce is refused: it is never an arrival', async (t) => {
  const { port, taken, refused } = await newSink(t);
  const client = await Client.open(port);
  await client.reply();
  await client.say('EHLO client.example');
  assert.match(await client.say('MAIL FROM:<>'), /^250 /);
  assert.match(await client.say(`RCPT TO:<${recipient}>`), /^550 5\.7\.1 not accepted here/);
  assert.deepEqual([taken.length, refused], [0, ['recipient']]);
  client.close();
});

test('another message for the right recipient is refused at its end', async (t) => {
  const { port, taken, refused } = await newSink(t);
  const mail = { from: 'a@client.example', to: recipient, subject: 'something else', text: 'y' };
  await refusalOf(
    transportTo(port).sendMail({
      ...mail,
      to: undefined,
      envelope: { from: mail.from, to: recipient },
    }),
  );
  assert.deepEqual([taken.length, refused], [0, ['content']]);
});

test('what is too large is refused, announced or not, and is not kept', async (t) => {
  const { port, taken, refused } = await newSink(t);
  const text = `${'x'.repeat(70)}\n`.repeat(messageLimit / 64);
  const mail = { from: 'a@client.example', to: recipient, subject: token, text };
  assert.match(await refusalOf(transportTo(port).sendMail(mail)), /^552 /);
  const client = await Client.open(port);
  await client.reply();
  await client.say('HELO client.example');
  await client.say('MAIL FROM:<a@client.example>');
  await client.say(`RCPT TO:<${recipient}>`);
  await client.say('DATA');
  client.socket.write(`Subject: ${token}\r\n\r\n${text.replaceAll('\n', '\r\n')}`);
  assert.match(await client.say('.'), /^552 /);
  client.close();
  assert.equal(taken.length, 0);
  assert.ok(refused.includes('size'));
});

test('a scan learns a banner: no version, no users, no help', async (t) => {
  const { port } = await newSink(t);
  const client = await Client.open(port);
  assert.equal(await client.reply(), '220 mx.sink.example ESMTP');
  assert.doesNotMatch(
    await client.say('EHLO scan.example'),
    /AUTH|STARTTLS|VRFY|HELP|node|XCLIENT/i,
  );
  const commands = [
    'VRFY root',
    `VRFY ${recipient}`,
    'EXPN staff',
    'HELP',
    'WIZ x',
    'AUTH PLAIN',
    'X',
  ];
  const answers = new Set<string>();
  for (const line of commands) answers.add(await client.say(line));
  assert.deepEqual([...answers], ['500 Error: command not recognized']);
  client.close();
});

test('floods are turned away, bounded in sockets, and others are served again after them', async (t) => {
  const limits = { ...usualLimits, perAddress: 5, perMinute: 60, lifetime: 1_500 };
  const { port, sink, refused } = await newSink(t, { limits });
  const clients = await Promise.all(Array.from({ length: 50 }, () => Client.open(port)));
  const greetings = await Promise.all(clients.map((client) => client.reply()));
  assert.equal(greetings.filter((text) => text.startsWith('220')).length, 5);
  assert.ok(greetings.every((text) => /^(?:220|421) mx\.sink\.example/.test(text)));
  assert.equal(sink.connections, 5);
  assert.equal(refused.filter((reason) => reason === 'connections').length, 45);
  // Those who stay are cut off, and make room.
  await pause(3_000);
  assert.equal(sink.connections, 0);
  assert.equal(refused.filter((reason) => reason === 'lifetime').length, 5);
  const again = await Client.open(port);
  assert.match(await again.reply(), /^220 /);
  const more = await Promise.all(Array.from({ length: 20 }, () => Client.open(port)));
  await Promise.all(more.map((client) => client.reply()));
  assert.ok(refused.includes('rate'));
  for (const client of [...clients, ...more, again]) client.close();
});

test('an endless line, and an endless message, end their own connection only', async (t) => {
  const limits = { ...usualLimits, bytes: 512 * 1024 };
  const { port, refused, sink } = await newSink(t, { limits });
  const line = await Client.open(port);
  await line.reply();
  line.socket.write('x'.repeat(64 * 1024));
  await once(line.socket, 'close');
  const endless = await Client.open(port);
  await endless.begin();
  await endless.say(`RCPT TO:<${recipient}>`);
  await endless.say('DATA');
  const before = process.memoryUsage().rss;
  const chunk = Buffer.alloc(64 * 1024, 'y');
  while (!endless.socket.destroyed) {
    endless.socket.write(chunk);
    await pause(5);
  }
  assert.ok(process.memoryUsage().rss - before < 100 * 1024 * 1024);
  assert.ok(refused.includes('volume'));
  const other = await Client.open(port);
  assert.match(await other.reply(), /^220 /);
  other.close();
  await pause(100);
  assert.equal(sink.connections, 0);
});

test('a taken port is told with its remedy', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const port = (taken.address() as { port: number }).port;
  const sink = { listen: { host: '127.0.0.1', port }, address, name: 'mx', certificate: null };
  const nothing = () => {};
  await assert.rejects(
    startSink(sink, {
      clock: systemClock,
      expects: () => false,
      take: () => false,
      connected: nothing,
      refused: nothing,
      certificateFault: nothing,
    }),
    /The mail sink cannot listen on 127\.0\.0\.1:\d+: the port is taken.*sink\.listen/,
  );
});
