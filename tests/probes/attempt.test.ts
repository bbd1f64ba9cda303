import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runAttempt } from '../../probes/attempt.ts';
import { isEndedByShutdown } from '../../probes/deadline.ts';
import { finisher } from '../../probes/finish.ts';
import { pop } from '../../probes/pop.ts';
import { smtp } from '../../probes/smtp.ts';
import * as act from '../support/hostile.ts';
import * as bench from '../support/probing.ts';
import { smtpServer } from '../support/scripted.ts';

const tenant = bench.tenantWith({ attemptDeadline: 100 });

test('an answer that came while our own process stood still is not a silence', async () => {
  const standStill: act.Act = (socket) => {
    socket.write('220 in time\r\n');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
  };
  const server = await act.hostile(smtpServer({ greeting: standStill }));
  const configured = bench.tenantWith({
    smtp: bench.endpointAt(server.port),
    attemptDeadline: 100,
  });
  const ask = bench.asking({ depth: 'connect' });
  const { result } = await smtp(configured, ask, bench.contextWith());
  await server.close();
  assert.equal(result.failure, null);
  assert.equal(result.vouches, 'connect');
});

test('a bug in a dialogue is an internal error, without the password in its text', async () => {
  const { result } = await runAttempt(tenant, 'imap', bench.asking(), bench.contextWith(), () =>
    Promise.reject(new TypeError(`cannot read ${bench.password}`)),
  );
  bench.checkInvariants(result, 'imap');
  assert.equal(result.failure?.reason, 'internal-error');
  assert.equal(result.failure.message, 'cannot read [masked]');
});

test('a dialogue that does not heed its signal is ended all the same', async () => {
  const never = new Promise<null>(() => {});
  const keepAlive = setTimeout(() => {}, 5000);
  const context = bench.contextWith();
  const { result } = await runAttempt(tenant, 'pop', bench.asking(), context, (attempt) => {
    attempt.phase('uidl');
    return never;
  });
  clearTimeout(keepAlive);
  bench.checkInvariants(result, 'pop');
  assert.equal(result.failure?.reason, 'timeout');
  assert.equal(result.failure.phase, 'uidl');
});

test('what a dialogue finds after its attempt is over changes no result', async () => {
  const late = Promise.withResolvers<void>();
  const keepAlive = setTimeout(() => {}, 5000);
  const copies = { token: 'a', folder: 'inbox', copies: 2, seenAt: 0 } as const;
  const { result } = await runAttempt(
    bench.tenantWith({ attemptDeadline: 50 }),
    'imap',
    bench.asking(),
    bench.contextWith(),
    async (attempt) => {
      const { evidence } = attempt;
      attempt.phase('fetch');
      evidence.copies.push(copies);
      await late.promise;
      evidence.copies.push({ ...copies, copies: 3 });
      evidence.traces.push({ token: 'a', stamps: [], seenAt: 0 });
      return null;
    },
  );
  clearTimeout(keepAlive);
  late.resolve();
  await new Promise(setImmediate);
  assert.equal(result.failure?.reason, 'timeout');
  assert.deepEqual(result.copies, [copies]);
  assert.deepEqual(result.traces, []);
});

test('a deadline within our own waiting blames nobody else', async () => {
  const context = bench.contextWith();
  const { result } = await runAttempt(tenant, 'imap', bench.asking(), context, async (attempt) => {
    attempt.phase('wait');
    await attempt.sleep(5000);
    return null;
  });
  assert.equal(result.failure?.reason, 'internal-error');
  assert.equal(result.failure.kind, 'refusal');
});

test('a shutdown is not the provider’s failure, and can be told', async () => {
  const server = await act.hostile(smtpServer({ greeting: act.mute }));
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 30);
  const configured = bench.tenantWith({ smtp: bench.endpointAt(server.port) });
  const context = bench.contextWith({ signal: abort.signal });
  const { result } = await smtp(configured, bench.asking(), context);
  await server.close();
  assert.ok(isEndedByShutdown(result.failure));
});

test('a port nobody listens on is connection-refused in phase tcp, with its address', async () => {
  const port = await act.closedPort();
  const configured = bench.tenantWith({ pop: bench.endpointAt(port) });
  const { result } = await pop(configured, bench.asking(), bench.contextWith());
  bench.checkInvariants(result, 'pop');
  assert.equal(result.failure?.reason, 'connection-refused');
  assert.equal(result.failure.phase, 'tcp');
  assert.equal(result.address, `127.0.0.1:${port}`);
});

test('a host is reached over the family that answers', async () => {
  const server = await act.hostile(smtpServer());
  for (const turn of [0, 1]) {
    const endpoint = bench.endpointAt(server.port, { host: 'localhost' });
    const ask = bench.asking({ turn });
    const { result } = await smtp(bench.tenantWith({ smtp: endpoint }), ask, bench.contextWith());
    assert.equal(result.failure, null);
    assert.equal(result.address, `127.0.0.1:${server.port}`);
  }
  await server.close();
});

test('no connection outlives its attempt', async () => {
  const dialogues = [smtpServer(), smtpServer({ EHLO: act.mute }), smtpServer({ QUIT: act.mute })];
  for (const dialogue of dialogues) {
    const server = await act.hostile(dialogue);
    const configured = bench.tenantWith({ smtp: bench.endpointAt(server.port) });
    await smtp(configured, bench.asking(), bench.contextWith());
    for (let round = 0; round < 150 && server.open() > 0; round += 1) {
      await new Promise((done) => setTimeout(done, 10));
    }
    assert.equal(server.open(), 0);
    await server.close();
  }
});

test('a finish whose work fails still tells what is gone, and closes', async () => {
  const server = await act.hostile(smtpServer());
  const configured = bench.tenantWith({ smtp: bench.endpointAt(server.port) });
  const context = bench.contextWith();
  const outcome = await runAttempt(configured, 'smtp', bench.asking(), context, async (attempt) => {
    const wire = await attempt.dial('smtp');
    return finisher(wire, 'QUIT\r\n', async (tokens, gone) => {
      gone.push(tokens[0] ?? '');
      throw new Error('half way');
    });
  });
  assert.deepEqual(await outcome.finish?.(['one', 'two']), ['one']);
  assert.ok(server.lines.includes('QUIT'));
  await server.close();
});
