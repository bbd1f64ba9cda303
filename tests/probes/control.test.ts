import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { after, test } from 'node:test';
import { type ControlTarget, probeControls } from '../../probes/control.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { systemClock } from '../../src/system-clock.ts';

const servers: Server[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function listening(): Promise<ControlTarget> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
}

/** A port of the loopback on which nothing listens any more. */
async function closed(): Promise<ControlTarget> {
  const target = await listening();
  const server = servers.pop();
  server?.close();
  if (server?.listening) await once(server, 'close');
  return target;
}

async function look(target: ControlTarget, deadline = 2_000, clock: Clock = systemClock) {
  const { signal } = new AbortController();
  const looks = await probeControls([target], { clock, signal, turn: 0, deadline });
  const first = looks?.[0];
  assert.ok(first);
  return first;
}

test('a control target that takes the connection is reached, and keeps no connection', async () => {
  const target = await listening();
  const server = servers.at(-1) as Server;
  const connected = once(server, 'connection');
  const found = await look(target);
  assert.deepEqual(
    [found.ok, found.reason, found.target, found.address],
    [true, null, `127.0.0.1:${target.port}`, `127.0.0.1:${target.port}`],
  );
  const [socket] = await connected;
  if (!socket.closed) await once(socket, 'close');
});

test('a control target that refuses has answered: the way is open', async () => {
  const found = await look(await closed());
  assert.deepEqual([found.ok, found.reason], [true, 'connection-refused']);
  assert.ok(found.connectMicroseconds !== null);
});

test('a name that does not resolve is a failed look', async () => {
  const found = await look({ host: 'control.invalid', port: 25 });
  assert.equal(found.ok, false);
  assert.ok(
    found.reason === 'name-not-found' ||
      found.reason === 'dns-failed' ||
      found.reason === 'timeout',
  );
  assert.deepEqual([found.address, found.connectMicroseconds], [null, null]);
});

test('an address to which this machine has no way is a failed look', async () => {
  // Broadcast is not a destination for TCP: the kernel itself says that the network is unreachable.
  const found = await look({ host: '255.255.255.255', port: 25 });
  assert.deepEqual([found.ok, found.reason], [false, 'no-route']);
});

test('a look tells wall and monotonic time, so that a clock step within it shows', async () => {
  let wall = 1_000_000;
  let monotonic = 5_000_000;
  const clock = {
    wall: () => {
      wall += 1_000;
      return wall;
    },
    monotonic: () => {
      monotonic += 50;
      return monotonic;
    },
  };
  const found = await look(await listening(), 2_000, clock);
  assert.equal(found.endedAt - found.startedAt, 1_000);
  assert.ok(found.monotonicEnd - found.monotonicStart < 1_000);
});

test('all targets are looked at together, each with a result of its own', async () => {
  const targets = [await listening(), await closed(), { host: '255.255.255.255', port: 25 }];
  const { signal } = new AbortController();
  const looks = await probeControls(targets, { clock: systemClock, signal, turn: 3 });
  assert.deepEqual(
    looks?.map(({ ok }) => ok),
    [true, true, false],
  );
});

test('a round that our own shutdown cut short says nothing', async () => {
  const ending = new AbortController();
  const round = probeControls([await listening()], {
    clock: systemClock,
    signal: ending.signal,
    turn: 0,
  });
  ending.abort();
  assert.equal(await round, null);
});
