import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type TestContext, test } from 'node:test';
import { Fault } from '../../probes/failure.ts';
import { newToken } from '../../probes/message.ts';
import { exchangesOf } from '../../probes/mx/exchanges.ts';
import { sendToMx } from '../../probes/mx.ts';
import type { InboundRoute } from '../../src/domain/route.ts';
import * as act from '../support/hostile.ts';
import { type Answer, NameServer } from '../support/name-server.ts';
import { endpointAt, realClock, tenantWith } from '../support/probing.ts';
import { smtpServer } from '../support/scripted.ts';

const signal = new AbortController().signal;

/** What a name server on the loopback makes of a domain; every question comes to it, and to it alone. */
async function found(t: TestContext, answer: Answer, within = 2_000) {
  const asked: string[] = [];
  const server = await NameServer.start((name, type) => {
    asked.push(`${type} ${name}`);
    return answer;
  });
  t.after(() => server.close());
  const options = { servers: [server.address], within };
  const hosts = await exchangesOf('acme.example', signal, options).catch((error: unknown) =>
    error instanceof Fault ? error : assert.fail(String(error)),
  );
  assert.deepEqual(new Set(asked), new Set(['MX acme.example']));
  return hosts instanceof Fault
    ? [hosts.reason, hosts.code]
    : hosts.map(({ host, port }) => `${host}:${port}`);
}

test('the hosts of a domain come in the order of preference, at most three', async (t) => {
  const records = [
    { priority: 30, name: 'third.example' },
    { priority: 5, name: 'first.example' },
    { priority: 40, name: 'fourth.example' },
    { priority: 20, name: 'second.example' },
  ];
  const hosts = await found(t, { records });
  assert.deepEqual(hosts, ['first.example:25', 'second.example:25', 'third.example:25']);
});

test('a domain without MX takes its mail at its own address (RFC 5321 §5.1)', async (t) => {
  assert.deepEqual(await found(t, { records: [] }), ['acme.example:25']);
});

test('a null MX says that the domain takes none (RFC 7505); beside others it is no host', async (t) => {
  const none = { priority: 0, name: '' };
  assert.deepEqual(await found(t, { records: [none] }), ['rejected', '5.1.10']);
  const mixed = await found(t, { records: [none, { priority: 10, name: 'mx.example' }] });
  assert.deepEqual(mixed, ['mx.example:25']);
});

test('a name server that is silent or fails is no answer, within its time', async (t) => {
  assert.deepEqual(await found(t, 'silence', 300), ['dns-failed', null]);
  assert.deepEqual(await found(t, 'failure'), ['dns-failed', null]);
});

const route: InboundRoute = {
  from: 'probe@sender.example',
  reports: false,
  helo: 'mx.sender.example',
  mx: null,
  interval: 300_000,
  dkim: null,
};

async function silentHost(t: TestContext): Promise<number> {
  const server = createServer(() => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

test('a host that is silent leaves time for the next one, as does one that refuses', async (t) => {
  const good = await act.hostile(smtpServer({}));
  t.after(() => good.close());
  const hosts = [await silentHost(t), 1, good.port].map((port) => endpointAt(port));
  const tenant = tenantWith({ attemptDeadline: 3_000 });
  const context = { clock: realClock, signal, memory: { anchor: null } };
  const exchanges = () => Promise.resolve(hosts);
  const { result } = await sendToMx(tenant, route, newToken(), context, exchanges);
  assert.equal(result.failure, null, result.failure?.message);
  assert.ok(result.acceptedAt !== null);
});

test('where all are silent the attempt ends at its deadline, and nothing has left', async (t) => {
  const hosts = [endpointAt(await silentHost(t)), endpointAt(await silentHost(t))];
  const tenant = tenantWith({ attemptDeadline: 400 });
  const context = { clock: realClock, signal, memory: { anchor: null } };
  const { result } = await sendToMx(tenant, route, newToken(), context, async () => hosts);
  assert.deepEqual([result.failure?.reason, result.token], ['timeout', null]);
});
