import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type ServerType, serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { breakCommand, DemoCommandError, mendCommand } from '../../src/demo/command.ts';
import { demoControl } from '../../src/demo/control.ts';
import { describeDemo } from '../../src/demo/describe.ts';
import { demoPanel } from '../../src/demo/panel.ts';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';

let tenant: EmbeddedTenant;
let app: Hono;
let server: ServerType;
let url: string;
before(async () => {
  tenant = await startEmbeddedTenant();
  app = demoControl(tenant.faults);
  url = await new Promise((resolve) => {
    server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
});
after(async () => {
  server.close();
  await tenant.close();
});
afterEach(() => tenant.faults.set('imap', 'ok'));

const post = (path: string, headers: Record<string, string>): Promise<Response> =>
  Promise.resolve(
    app.request(path, { method: 'POST', headers: { host: 'localhost:9925', ...headers } }),
  );

test('GET /demo tells the state and what can be switched', async () => {
  const state = (await (await app.request('/demo')).json()) as Record<
    string,
    typeof tenant.faults.list
  >;
  assert.deepEqual(state.state, { smtp: 'ok', imap: 'ok', pop: 'ok', webmail: 'ok' });
  assert.deepEqual(state.faults, tenant.faults.list);
});

test('a form of the page itself switches and leads back to the page', async () => {
  const answer = await post('/demo/imap/error', {
    origin: 'http://localhost:9925',
    'sec-fetch-site': 'same-origin',
    'content-type': 'application/x-www-form-urlencoded',
  });
  assert.equal(answer.status, 303);
  assert.equal(answer.headers.get('location'), '/');
  assert.equal(tenant.faults.get().imap, 'error');
});

test('a page that sends no referrer says Origin: null, and may still switch its own demo', async () => {
  const headers = { origin: 'null', 'sec-fetch-site': 'same-origin' };
  assert.equal((await post('/demo/imap/slow', headers)).status, 200);
  assert.equal(tenant.faults.get().imap, 'slow');
});

for (const [what, headers] of [
  ['another origin', { origin: 'http://evil.example' }],
  ['another port of this machine', { origin: 'http://localhost:8080' }],
  ['an opaque origin', { origin: 'null' }],
  [
    'another origin that claims the same site',
    { origin: 'http://evil.example', 'sec-fetch-site': 'same-origin' },
  ],
  ['another site by Sec-Fetch-Site', { 'sec-fetch-site': 'cross-site' }],
  ['a neighbour by Sec-Fetch-Site', { 'sec-fetch-site': 'same-site' }],
  ['a foreign name for this machine', { host: 'evil.example', origin: 'http://evil.example' }],
] as const) {
  test(`an order from ${what} is refused and changes nothing`, async () => {
    assert.equal((await post('/demo/imap/error', headers)).status, 403);
    assert.equal(tenant.faults.get().imap, 'ok');
  });
}

test('an unknown protocol or fault is not found', async () => {
  for (const path of ['/demo/imap/hold', '/demo/imap/toString', '/demo/nntp/refuse']) {
    assert.equal((await post(path, {})).status, 404, path);
  }
});

test('the commands break and mend a running demo', async () => {
  assert.match(await breakCommand(url, 'imap'), /imap refuses connections/);
  assert.equal(tenant.faults.get().imap, 'refuse');
  await breakCommand(`${url}/`, 'smtp', 'hold');
  await mendCommand(url, 'all');
  assert.deepEqual(tenant.faults.get(), { smtp: 'ok', imap: 'ok', pop: 'ok', webmail: 'ok' });
});

test('the commands say what is wrong in one sentence', async () => {
  const failing = (order: Promise<string>, pattern: RegExp): Promise<void> =>
    assert.rejects(
      order,
      (error) => error instanceof DemoCommandError && pattern.test(error.message),
    );
  await failing(
    breakCommand(url, 'nntp'),
    /expected one of smtp, imap, pop, webmail; found "nntp"/,
  );
  await failing(
    breakCommand(url, 'imap', 'hold'),
    /imap can be broken by refuse, .*; found "hold"/,
  );
  await failing(breakCommand(url, 'imap', 'ok'), /can be broken by/);
  await failing(breakCommand('nonsense', 'imap'), /expected the demo's http address/);
  // The tenant's own webmail is a web server, but no demo control.
  await failing(mendCommand(tenant.webmail.url, 'imap'), /is not a demo \(HTTP 403\)/);
  const { port } = tenant.pop;
  await tenant.faults.set('pop', 'refuse');
  await failing(
    breakCommand(`http://127.0.0.1:${port}`, 'imap'),
    /no demo answers at .*npm run demo/,
  );
  await tenant.faults.set('pop', 'ok');
});

test('the panel has a button for every fault and shows the current one as pressed', () => {
  const panel = demoPanel({ smtp: 'ok', imap: 'hang', pop: 'ok', webmail: 'ok' }, '/a"b');
  assert.match(
    panel,
    /imap <span class="demo-state" data-fault="hang">broken: accepts connections/,
  );
  assert.equal(panel.match(/<button /g)?.length, 25);
  assert.equal(panel.match(/aria-pressed="true"/g)?.length, 4);
  assert.match(panel, /action="\/a&#34;b\/smtp\/hold"/);
});

test('the text at the start names the page, the endpoints and commands to copy', () => {
  const text = describeDemo('http://127.0.0.1:9925/', tenant, 'demo.yaml');
  assert.match(text, /Page +http:\/\/127\.0\.0\.1:9925\/\n/);
  assert.match(text, /npx mailminute demo break imap\n/);
  assert.match(text, /report --config demo\.yaml/);
  assert.ok(text.includes(`IMAP 127.0.0.1:${tenant.imap.port}`));
});
