import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { createMailSink } from '../src/mail-sink.ts';
import { fateStore } from '../src/store/fates.ts';
import { openJournal } from '../src/store/journal.ts';
import { messageStore } from '../src/store/messages.ts';
import { systemClock as clock } from '../src/system-clock.ts';
import { tenant } from './assess/example.ts';
import { metricsOf } from './metrics/scrape.ts';
import { Client } from './sink/example.ts';
import { fastDatabase } from './store/example.ts';

const address = 'probe@sink.example';
const token = '0123456789abcdef01234567';
const sinkAt = (port: number, change = {}) => ({
  listen: { host: '127.0.0.1', port },
  address,
  name: 'mx.sink.example',
  certificate: null,
  ...change,
});

function given(context: TestContext) {
  const { connection } = fastDatabase(context);
  const messages = messageStore(connection);
  const sink = createMailSink({
    clock,
    logger: pino({ enabled: false }),
    journal: openJournal(connection, () => {}),
    messages,
    metrics: metricsOf(),
    tenants: () => [tenant],
  });
  context.after(() => sink.close());
  const fate = () => {
    fateStore(connection).settle(tenant.name, clock.wall(), 60_000);
    return fateStore(connection).counts(tenant.name, 0, Infinity);
  };
  const bounces = () => fateStore(connection).bounces(tenant.name, 0, Infinity);
  return { sink, messages, fate, bounces };
}

const banner = async (port: number | null): Promise<string> => {
  const client = await Client.open(port ?? 0);
  const said = await client.reply();
  client.close();
  return said;
};

test('a reload opens, changes and closes the sink; the same one notices nothing', async (t) => {
  const { sink } = given(t);
  assert.equal(sink.isOpen(), false);
  await sink.apply(sinkAt(0));
  const port = sink.port();
  const guest = await Client.open(port ?? 0);
  assert.match(await guest.reply(), /^220 mx\.sink\.example/);
  await sink.apply(sinkAt(0));
  assert.equal(sink.port(), port);
  assert.match(await guest.say('NOOP'), /^250/);
  await sink.apply(sinkAt(port ?? 0, { name: 'mx2.sink.example' }));
  assert.match(await banner(port), /^220 mx2\.sink\.example/);
  await sink.apply(null);
  assert.equal(sink.isOpen(), false);
  await assert.rejects(banner(port), { code: 'ECONNREFUSED' });
});

test('a sink that cannot be had leaves the one before as it was', async (t) => {
  const { sink } = given(t);
  await sink.apply(sinkAt(0));
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const at = taken.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  await assert.rejects(sink.apply(sinkAt(port)), /the port is taken/);
  assert.match(await banner(sink.port()), /^220 mx\.sink\.example/);
});

/** As Postfix writes it (RFC 3464). */
const bounce = [
  'From: MAILER-DAEMON@mail.example (Mail Delivery System)',
  `To: probe+${token}@sink.example`,
  'Subject: Undelivered Mail Returned to Sender',
  'Auto-Submitted: auto-replied',
  'MIME-Version: 1.0',
  'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
  '',
  '--b',
  'Content-Description: Notification',
  '',
  'I am sorry.',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mail.example',
  '',
  'Final-Recipient: rfc822; probe@acme.example',
  'Action: failed',
  'Status: 5.2.2',
  'Diagnostic-Code: smtp; 552 5.2.2 Quota exceeded',
  '',
  '--b--',
  '',
  '.',
].join('\r\n');

async function deliver(port: number | null, from: string, text: string): Promise<string> {
  const client = await Client.open(port ?? 0);
  await client.reply();
  await client.say('EHLO mail.example');
  await client.say(`MAIL FROM:<${from}>`);
  const answer = await client.say(`RCPT TO:<probe+${token}@sink.example>`);
  if (!answer.startsWith('250')) {
    client.close();
    return answer;
  }
  await client.say('DATA');
  const taken = await client.say(text);
  client.close();
  return taken;
}

test('a bounce of a message of our own sender is read: it ends as bounced, with its class', async (t) => {
  const { sink, messages, fate, bounces } = given(t);
  await sink.apply(sinkAt(0));
  const port = sink.port();
  assert.match(await deliver(port, '', bounce), /^550/, 'of a message that was never sent');
  const now = clock.wall();
  const way = { route: 'inbound', sender: address } as const;
  messages.sent(tenant.name, token, now - 200, now - 100, way);
  assert.match(await deliver(port, 'someone@mail.example', bounce), /^550/, 'it is no report');
  assert.match(await deliver(port, '', bounce), /^250/);
  for (let tries = 0; tries < 200 && fate()[0]?.fate !== 'bounced'; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(fate(), [{ route: 'inbound', fate: 'bounced', messages: 1 }]);
  assert.deepEqual(bounces(), [{ class: 'full', messages: 1 }]);
});

test('a bounce that comes before its message is stored waits for it', async (t) => {
  const { sink, messages, fate } = given(t);
  await sink.apply(sinkAt(0));
  const sending = sink.awaitReport(token);
  assert.match(await deliver(sink.port(), '', bounce), /^250/);
  const now = clock.wall();
  messages.sent(tenant.name, token, now - 200, now - 100, { route: 'inbound', sender: address });
  sending.recorded();
  for (let tries = 0; tries < 200 && fate()[0]?.fate !== 'bounced'; tries += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(fate()[0]?.fate, 'bounced');
});

test('an absence note and a flood of reports change nothing', async (t) => {
  const { sink, messages, fate } = given(t);
  await sink.apply(sinkAt(0));
  const now = clock.wall();
  messages.sent(tenant.name, token, now - 200, now - 100, { route: 'inbound', sender: address });
  const note = 'Subject: away\r\nAuto-Submitted: auto-replied\r\n\r\nBack soon.\r\n.';
  const answers: string[] = [];
  for (let one = 0; one < 7; one += 1) answers.push(await deliver(sink.port(), '', note));
  assert.deepEqual(
    answers.map((answer) => answer.slice(0, 3)),
    ['250', '250', '250', '250', '250', '550', '550'],
  );
  assert.equal(fate()[0]?.fate, 'pending');
});
