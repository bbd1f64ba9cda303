import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { lookUpDomain } from '../../probes/domain-records.ts';
import { systemClock } from '../../src/system-clock.ts';
import { type Answer, NameServer } from '../support/name-server.ts';

const servers: NameServer[] = [];
after(() => {
  for (const server of servers) server.close();
});

async function found(answer: (type: string) => Answer, deadline = 3_000) {
  const server = await NameServer.start((_name, type) => answer(type));
  servers.push(server);
  const { signal } = new AbortController();
  const options = { clock: systemClock, signal, deadline, servers: [server.address] };
  return (await lookUpDomain('acme.example', options)).records;
}

test('MX, NS and SPF come in canonical form, whatever their order and case', async () => {
  const records = await found((type) => {
    if (type === 'MX')
      return {
        records: [
          { priority: 20, name: 'MX2.Example.NET' },
          { priority: 10, name: 'mx1.example.net' },
        ],
      };
    if (type === 'NS') return { records: [{ name: 'b.ns.example' }, { name: 'A.ns.example' }] };
    return {
      records: [
        { strings: ['google-site-verification=x'] },
        { strings: ['v=spf1 include:spf.', 'example.net -all'] },
        { strings: ['v=spf10 nothing'] },
      ],
    };
  });
  assert.deepEqual(records, {
    mx: ['10 mx1.example.net', '20 mx2.example.net'],
    ns: ['a.ns.example', 'b.ns.example'],
    spf: ['v=spf1 include:spf.example.net -all'],
  });
});

test('an answer that there is no such record, or no such domain, is an empty set', async () => {
  assert.deepEqual(await found(() => ({ records: [] })), { mx: [], ns: [], spf: [] });
  assert.deepEqual(await found(() => 'no-such-domain'), { mx: [], ns: [], spf: [] });
});

test('a name server that fails says nothing, and takes nothing from what the others answer', async () => {
  const records = await found((type) =>
    type === 'MX' ? 'failure' : { records: type === 'NS' ? [{ name: 'a.ns.example' }] : [] },
  );
  assert.deepEqual(records, { mx: null, ns: ['a.ns.example'], spf: [] });
});

test('a name server that is silent says nothing by the deadline', async () => {
  assert.deepEqual(await found(() => 'silence', 100), { mx: null, ns: null, spf: null });
});

test('our own shutdown ends a look that nobody answers', async () => {
  const server = await NameServer.start(() => 'silence');
  servers.push(server);
  const ending = new AbortController();
  const look = lookUpDomain('acme.example', {
    clock: systemClock,
    signal: ending.signal,
    servers: [server.address],
  });
  ending.abort();
  assert.deepEqual((await look).records, { mx: null, ns: null, spf: null });
});
