import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { test } from 'node:test';
import { Fault } from '../../probes/failure.ts';
import { addressesIn, resolve } from '../../probes/resolve.ts';

const signal = new AbortController().signal;

/** RFC 1035 §4.1.1: RCODE by query type (1 A, 28 AAAA); null is silence, text is an IPv4 address. */
type Zone = Readonly<Record<number, number | string | null>>;

async function withServer(zone: Zone, use: (server: string) => Promise<void>): Promise<void> {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const type = query.readUInt16BE(query.length - 4);
    const plain = query.subarray(0, questionEnd(query));
    const answer =
      zone[query.length === plain.length ? type : plain.readUInt16BE(plain.length - 4)];
    if (answer === null || answer === undefined) return;
    const reply = Buffer.from(plain);
    reply.writeUInt16BE(typeof answer === 'string' ? 0x8180 : 0x8180 | answer, 2);
    reply.writeUInt16BE(typeof answer === 'string' ? 1 : 0, 6);
    reply.writeUInt16BE(0, 8);
    reply.writeUInt16BE(0, 10);
    const record = [0xc0, 0x0c, 0, 1, 0, 1, 0, 0, 0, 9, 0, 4];
    const tail = typeof answer === 'string' ? [...record, ...answer.split('.').map(Number)] : [];
    socket.send(Buffer.concat([reply, Buffer.from(tail)]), from.port, from.address);
  });
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  try {
    await use(`127.0.0.1:${socket.address().port}`);
  } finally {
    socket.close();
  }
}

function questionEnd(query: Buffer): number {
  let at = 12;
  while ((query[at] ?? 0) !== 0) at += (query[at] ?? 0) + 1;
  return at + 5;
}

async function asked(zone: Zone, other = signal): Promise<readonly string[] | Fault> {
  let outcome: readonly string[] | Fault = [];
  await withServer(zone, async (server) => {
    const options = { turn: 0, signal: other, servers: [server], hostsFile: '/dev/null' };
    outcome = await resolve('mail.acme.example', options).catch((error) => error);
  });
  return outcome;
}

function reasonOf(outcome: readonly string[] | Fault): string {
  return outcome instanceof Fault ? `${outcome.reason} ${outcome.kind}` : 'no fault';
}

test('a literal address asks nobody', async () => {
  assert.deepEqual(await resolve('192.0.2.1', { turn: 3, signal }), ['192.0.2.1']);
  assert.deepEqual(await resolve('[2001:db8::1]', { turn: 0, signal }), ['2001:db8::1']);
});

test('localhost is the loopback, without any name server', async () => {
  const options = { turn: 0, signal, servers: ['127.0.0.1:1'], hostsFile: '/dev/null' };
  assert.deepEqual(await resolve('LocalHost.', options), ['::1', '127.0.0.1']);
  const turned = await resolve('localhost', { ...options, turn: 1 });
  assert.deepEqual(turned, ['127.0.0.1', '::1']);
});

test('the hosts file is read with comments, aliases and both families', () => {
  const text =
    '# top\n192.0.2.1 a mail.example # mail\n2001:db8::1\tMAIL.example\nbad mail.example\n';
  assert.deepEqual(addressesIn(text, 'mail.example'), ['192.0.2.1', '2001:db8::1']);
  assert.deepEqual(addressesIn(text, 'top'), []);
});

test('one family is enough', async () => {
  assert.deepEqual(await asked({ 1: '192.0.2.7', 28: 0 }), ['192.0.2.7']);
});

test('a family that does not answer does not hold the other up', async () => {
  assert.deepEqual(await asked({ 1: '192.0.2.7', 28: null }), ['192.0.2.7']);
});

test('a name that does not exist, or has no address, is name-not-found', async () => {
  assert.equal(reasonOf(await asked({ 1: 3, 28: 3 })), 'name-not-found refusal');
  assert.equal(reasonOf(await asked({ 1: 0, 28: 0 })), 'name-not-found refusal');
});

test('SERVFAIL and REFUSED are dns-failed', async () => {
  assert.equal(reasonOf(await asked({ 1: 2, 28: 2 })), 'dns-failed refusal');
  assert.equal(reasonOf(await asked({ 1: 5, 28: 5 })), 'dns-failed refusal');
});

test('an abort ends a query that nobody answers, with the abort’s reason', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(new Fault('timeout', 'late')), 60);
  assert.equal(reasonOf(await asked({}, abort.signal)), 'timeout silence');
});
