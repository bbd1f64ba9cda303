import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { discover } from '../../probes/autodiscovery.ts';
import { type Answer, NameServer } from '../support/name-server.ts';

const domain = 'acme.example';
const service = (name: string, port: number, priority = 0, weight = 0) => ({
  priority,
  weight,
  port,
  name,
});

async function discovered(context: TestContext, zone: Readonly<Record<string, Answer>>) {
  const server = await NameServer.start(
    (name, type) => zone[`${type} ${name.replace('._tcp.acme.example', '')}`] ?? 'no-such-domain',
  );
  context.after(() => server.close());
  return discover(domain, { servers: [server.address], deadline: 2_000 });
}

test('services that a domain announces are found, TLS from the first byte preferred', async (t) => {
  const found = await discovered(t, {
    'SRV _submission': { records: [service('smtp.acme.example', 587)] },
    'SRV _imap': { records: [service('imap.acme.example', 143)] },
    'SRV _imaps': { records: [service('imap.acme.example', 993)] },
    'SRV _pop3s': { records: [service('pop.acme.example', 995)] },
  });
  assert.deepEqual(found, {
    exchangers: [],
    smtp: { host: 'smtp.acme.example', port: 587, tls: 'starttls' },
    imap: { host: 'imap.acme.example', port: 993, tls: 'implicit' },
    pop: { host: 'pop.acme.example', port: 995, tls: 'implicit' },
  });
});

test('the lowest priority is taken, and among equals the heaviest', async (t) => {
  const { imap } = await discovered(t, {
    'SRV _imaps': {
      records: [
        service('far.acme.example', 993, 20, 100),
        service('light.acme.example', 993, 10, 1),
        service('heavy.acme.example', 1993, 10, 5),
      ],
    },
  });
  assert.deepEqual(imap, { host: 'heavy.acme.example', port: 1993, tls: 'implicit' });
});

test('a service whose target is the root is not offered', async (t) => {
  const { pop } = await discovered(t, { 'SRV _pop3s': { records: [service('', 0)] } });
  assert.equal(pop, null);
});

test('mail exchangers come in the order of preference', async (t) => {
  const { exchangers } = await discovered(t, {
    'MX acme.example': {
      records: [
        { priority: 20, name: 'Second.Acme.Example' },
        { priority: 5, name: 'mxbiz1.qq.com' },
      ],
    },
  });
  assert.deepEqual(exchangers, ['mxbiz1.qq.com', 'second.acme.example']);
});

test('a silent name server ends the look-up by its deadline, with nothing known', async (t) => {
  const server = await NameServer.start(() => 'silence');
  t.after(() => server.close());
  assert.deepEqual(await discover(domain, { servers: [server.address], deadline: 300 }), {
    exchangers: [],
    smtp: null,
    imap: null,
    pop: null,
  });
});
