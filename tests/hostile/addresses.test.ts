import assert from 'node:assert/strict';
import { createServer, type Server, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Fault } from '../../probes/failure.ts';
import { pop } from '../../probes/pop.ts';
import { resolve } from '../../probes/resolve.ts';
import { connectStream, type DialObserver } from '../../probes/stream.ts';
import * as act from '../support/hostile.ts';
import * as bench from '../support/probing.ts';
import { silentAddress } from '../support/silent-address.ts';

async function listening(host: string, port = 0): Promise<Server & { port: number }> {
  const server = createServer((socket) => void socket.on('error', () => {}).resume());
  await new Promise<void>((done, failed) => server.once('error', failed).listen(port, host, done));
  const address = server.address();
  assert.ok(address !== null && typeof address === 'object');
  return Object.assign(server, { port: address.port });
}

interface Dialled {
  readonly socket: Socket | null;
  readonly fault: Fault | null;
  /** Addresses in the order in which the dial told of them; the last is the one that counts. */
  readonly told: readonly string[];
}

/** Connects to a name that has these addresses. */
async function dialled(
  addresses: readonly string[],
  port: number,
  milliseconds = 20_000,
): Promise<Dialled> {
  const told: string[] = [];
  const observer: DialObserver = {
    phase: () => {},
    mark: () => {},
    address: (text) => told.push(text),
    tls: () => {},
  };
  const target = { host: 'mail.acme.example', port, ca: null, servername: null, turn: 0 };
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new Fault('timeout', 'the deadline')), milliseconds);
  const names = () => Promise.resolve(addresses);
  try {
    const socket = await connectStream(target, false, observer, ending.signal, names);
    return { socket, fault: null, told };
  } catch (error) {
    assert.ok(error instanceof Fault);
    return { socket: null, fault: error, told };
  } finally {
    clearTimeout(timer);
  }
}

test('where the first address refuses, the second is used and told', async (t) => {
  const server = await listening('127.0.0.1');
  t.after(() => server.close());
  const { socket, told } = await dialled(['127.0.0.7', '127.0.0.1'], server.port);
  assert.equal(socket?.remoteAddress, '127.0.0.1');
  assert.equal(told.at(-1), `127.0.0.1:${server.port}`);
  socket.destroy();
});

test('where every address refuses, the reason is connection-refused, and each was tried', async () => {
  const port = await act.closedPort();
  const addresses = ['127.0.0.7', '127.0.0.8', '127.0.0.9'];
  const { fault, told } = await dialled(addresses, port);
  assert.equal(fault?.reason, 'connection-refused');
  assert.deepEqual(
    told,
    addresses.map((address) => `${address}:${port}`),
  );
});

/** Skips what cannot be tried here; in CI that is a failure. */
function unable(t: TestContext, why: string): void {
  if (process.env.CI === 'true') assert.fail(why);
  t.skip(why);
}

test('an address that leaves the SYN unanswered does not keep the second from its turn', async (t) => {
  const silent = await silentAddress('127.0.0.7');
  if (silent === null) return unable(t, 'this system has no address that stays silent');
  t.after(() => silent.close());
  const server = await listening('127.0.0.1', silent.port).catch(() => null);
  if (server === null) return t.skip('the same port is taken on 127.0.0.1');
  t.after(() => server.close());
  const { socket, told } = await dialled(['127.0.0.7', '127.0.0.1'], silent.port);
  assert.equal(socket?.remoteAddress, '127.0.0.1');
  assert.deepEqual(told.slice(0, 2), [`127.0.0.7:${silent.port}`, `127.0.0.1:${silent.port}`]);
  socket.destroy();
});

test('a silent address alone is a timeout, and leaves no socket behind', async (t) => {
  const silent = await silentAddress('127.0.0.7');
  if (silent === null) return unable(t, 'this system has no address that stays silent');
  t.after(() => silent.close());
  const sockets = () => process.getActiveResourcesInfo().filter((kind) => kind.startsWith('TCP'));
  const before = sockets().length;
  const { fault } = await dialled(['127.0.0.7'], silent.port, 600);
  assert.equal(fault?.reason, 'timeout');
  assert.equal(fault.kind, 'silence');
  await new Promise((done) => setTimeout(done, 50));
  assert.equal(sockets().length, before);
});

for (const host of ['127.0.0.1', '::1']) {
  test(`localhost is reached where only ${host} listens, whichever family is tried first`, async (t) => {
    const server = await listening(host).catch(() => null);
    if (server === null) return t.skip(`no ${host} here`);
    t.after(() => server.close());
    // As where the hosts file does not name it.
    const options = { signal: new AbortController().signal, hostsFile: '/dev/null' };
    for (const turn of [0, 1]) {
      const addresses = await resolve('localhost', { ...options, turn });
      assert.equal(addresses.length, 2);
      const { socket, told } = await dialled(addresses, server.port);
      assert.equal(socket?.remoteAddress, host);
      assert.equal(told.at(-1), `${host === '::1' ? '[::1]' : host}:${server.port}`);
      socket.destroy();
    }
  });
}

test('an attempt at localhost, by the names of this machine, tells the address it used', async () => {
  const dialogue = { greeting: act.say('+OK hi\r\n'), answer: () => act.lastWords('+OK\r\n') };
  const server = await act.hostile(dialogue);
  const endpoint = bench.endpointAt(server.port, { host: 'localhost' });
  const tenant = bench.tenantWith({ pop: endpoint, attemptDeadline: 20_000 });
  const { result } = await pop(tenant, bench.asking({ depth: 'connect' }), bench.contextWith());
  await server.close();
  assert.equal(result.address, `127.0.0.1:${server.port}`);
});
