import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { type TestContext, test } from 'node:test';
import { alertmanagerPost } from '../../src/alerts/alertmanager.ts';
import { alertOf } from '../../src/alerts/outage-alert.ts';
import { Secret } from '../../src/domain/secret.ts';

const alert = alertOf({ tenant: 'acme', since: 0 }, {}, 1_000);

async function server(t: TestContext, answer: RequestListener): Promise<string> {
  const listening = createServer(answer).listen(0, '127.0.0.1');
  await once(listening, 'listening');
  t.after(() => {
    listening.closeAllConnections();
    listening.close();
  });
  const address = listening.address();
  assert.ok(address !== null && typeof address === 'object');
  return `http://127.0.0.1:${address.port}/`;
}

async function posted(
  urls: readonly string[],
  login: { username: string; password: Secret } | null = null,
) {
  const told: (readonly [string, string | null])[] = [];
  const post = alertmanagerPost({ urls, labels: {}, login }, (url, error) =>
    told.push([url, error]),
  );
  return { taken: await post([alert]), told };
}

test('alerts go to the API v2 of every Alertmanager, with the login', async (t) => {
  const seen: string[] = [];
  const url = await server(t, (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
    response.end();
  });
  const password = new Secret(() => 'hunter22');
  const { taken, told } = await posted([url, url], { username: 'probe', password });
  assert.equal(taken, true);
  assert.deepEqual(told, [
    [url, null],
    [url, null],
  ]);
  const line = `POST /api/v2/alerts Basic ${Buffer.from('probe:hunter22').toString('base64')}`;
  assert.deepEqual(seen, [line, line]);
});

test('one that refuses, or is not there, is told with the cause alone; one that takes it is enough', async (t) => {
  const good = await server(t, (_, response) => void response.end());
  const bad = await server(t, (_, response) => void response.writeHead(503).end());
  const { taken, told } = await posted([bad, 'http://127.0.0.1:1/', good]);
  assert.equal(taken, true);
  assert.deepEqual(Object.fromEntries(told), {
    [bad]: 'HTTP 503',
    'http://127.0.0.1:1/': told.find(([url]) => url.endsWith(':1/'))?.[1],
    [good]: null,
  });
  assert.equal((await posted([bad])).taken, false);
});

test('a redirect is not followed', async (t) => {
  let asked = 0;
  const elsewhere = await server(t, (_, response) => {
    asked += 1;
    response.end();
  });
  const url = await server(t, (_, response) => {
    response.writeHead(307, { location: elsewhere }).end();
  });
  assert.equal((await posted([url])).taken, false);
  assert.equal(asked, 0);
});
