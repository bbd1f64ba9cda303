import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApp, type WebParts } from '../../src/web/app.ts';
import { landingState, tenantState } from './example.ts';

const partsOf = (change: Partial<WebParts> = {}): WebParts => ({
  metrics: {
    render: async () => ({
      contentType: 'text/plain; version=0.0.4; charset=utf-8',
      contentEncoding: null,
      body: new TextEncoder().encode('up 1\n'),
    }),
  },
  readState: () => landingState(tenantState()),
  health: () => ({ ready: true }),
  ...change,
});

const get = async (path: string, change: Partial<WebParts> = {}): Promise<Response> =>
  createApp(partsOf(change)).request(path);

test('/metrics gives the exposition with its own content type', async () => {
  const answer = await get('/metrics');
  assert.equal(answer.status, 200);
  assert.equal(answer.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(await answer.text(), 'up 1\n');
});

test('/metrics asks for what the scraper accepts, and says what it got', async () => {
  const asked: unknown[] = [];
  const render: WebParts['metrics']['render'] = async (wanted) => {
    asked.push(wanted);
    const body = new TextEncoder().encode('compressed');
    return { contentType: 'application/openmetrics-text', contentEncoding: 'gzip', body };
  };
  const headers = { Accept: 'application/openmetrics-text', 'Accept-Encoding': 'gzip' };
  const answer = await createApp(partsOf({ metrics: { render } })).request('/metrics', { headers });
  assert.deepEqual(asked, [{ format: 'openmetrics', gzip: true }]);
  assert.equal(answer.headers.get('content-type'), 'application/openmetrics-text');
  assert.equal(answer.headers.get('content-encoding'), 'gzip');
  assert.equal(answer.headers.get('vary'), 'Accept, Accept-Encoding');
});

test('/metrics is 503 with the reason while there is nothing to show', async () => {
  const render = async () => ({ unavailable: 'the thread of the metrics is started anew' });
  const answer = await get('/metrics', { metrics: { render } });
  assert.equal(answer.status, 503);
  assert.equal(await answer.text(), 'the thread of the metrics is started anew\n');
});

test('the built-in pages answer nothing but GET and HEAD', async () => {
  const app = createApp(partsOf());
  for (const path of ['/', '/style.css', '/icon.svg', '/metrics', '/-/healthy', '/-/ready']) {
    assert.equal((await app.request(path, { method: 'HEAD' })).status, 200, path);
    for (const method of ['POST', 'PUT', 'DELETE']) {
      const answer = await app.request(path, { method });
      assert.equal(answer.status, 405, `${method} ${path}`);
      assert.equal(answer.headers.get('allow'), 'GET, HEAD');
    }
  }
});

test('healthy is said as soon as the process answers, even while it is not ready', async () => {
  const answer = await get('/-/healthy', { health: () => ({ ready: false, reason: 'starting' }) });
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), 'mailminute is healthy\n');
});

test('readiness is 200, or 503 with the reason', async () => {
  const ready = await get('/-/ready');
  assert.equal(ready.status, 200);
  const not = await get('/-/ready', {
    health: () => ({ ready: false, reason: 'the database is not writable' }),
  });
  assert.equal(not.status, 503);
  assert.equal(await not.text(), 'mailminute is not ready: the database is not writable\n');
});

test('every answer carries the security headers, errors and 404 included', async () => {
  const broken = {
    readState: () => {
      throw new Error('broken');
    },
  };
  const answers = [
    await get('/'),
    await get('/metrics'),
    await get('/style.css'),
    await get('/nowhere'),
    await get('/', broken),
  ];
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 404, 500],
  );
  for (const { headers } of answers) {
    assert.equal(headers.get('x-content-type-options'), 'nosniff');
    assert.equal(headers.get('referrer-policy'), 'no-referrer');
    const policy = headers.get('content-security-policy') ?? '';
    assert.match(policy, /default-src 'none'/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe/);
  }
});

test('an unknown path is a 404 with a link to the first page', async () => {
  const answer = await get('/%3Cscript%3Ealert(1)%3C/script%3E');
  assert.equal(answer.status, 404);
  const body = await answer.text();
  assert.match(body, /<a href="\/">/);
  assert.doesNotMatch(body, /<script>/);
});

test('an error in a route is told to the daemon and not to the reader', async () => {
  const told: string[] = [];
  const answer = await get('/', {
    readState: () => {
      throw new Error('no such table: /var/lib/secret');
    },
    onError: (error, path) => told.push(`${path} ${error.message}`),
  });
  assert.equal(answer.status, 500);
  assert.doesNotMatch(await answer.text(), /secret/);
  assert.deepEqual(told, ['/ no such table: /var/lib/secret']);
});

test('more routes can be added, and get the same headers', async () => {
  const app = createApp(
    partsOf({ extra: (more) => more.post('/more', (context) => context.text('more')) }),
  );
  const answer = await app.request('/more', { method: 'POST' });
  assert.equal(await answer.text(), 'more');
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
});
