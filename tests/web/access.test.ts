import assert from 'node:assert/strict';
import { request } from 'node:https';
import { test } from 'node:test';
import { hashSync } from 'bcryptjs';
import { openAccess, type TlsAccess, type WebAccess } from '../../src/domain/access.ts';
import { Secret } from '../../src/domain/secret.ts';
import { createApp } from '../../src/web/app.ts';
import { createGate } from '../../src/web/gate.ts';
import { listen } from '../../src/web/listen.ts';
import { authority, expired, type Identity, misnamed, trusted } from '../support/certificates.ts';
import { landingState, tenantState } from './example.ts';

const tls = (change: Partial<TlsAccess> = {}, identity: Identity = trusted): TlsAccess => ({
  certificate: identity.cert,
  key: new Secret(() => identity.key),
  clientAuth: 'NoClientCert',
  clientAuthorities: null,
  clientNames: [],
  least: 'TLSv1.2',
  most: 'TLSv1.3',
  ciphers: null,
  serverPrefers: true,
  curves: null,
  ...change,
});
const users = new Map([['alice', new Secret(() => hashSync('wonderland', 4))]]);
// The hash must stay the same from one request to the next.
const fixed = new Map([...users].map(([name, hash]) => [name, new Secret(held(hash.reveal()))]));
function held(text: string) {
  return () => text;
}

async function serve(change: Partial<WebAccess>) {
  const access = { ...openAccess, ...change };
  const app = createApp({
    metrics: {
      render: async () => ({
        contentType: 'text/plain',
        contentEncoding: null,
        body: new TextEncoder().encode('up 1\n'),
      }),
    },
    readState: () => landingState(tenantState(), tenantState({ name: 'bravo' })),
    health: () => ({ ready: true }),
    gate: createGate({ access: () => access, now: () => Math.floor(performance.now()) }),
    headers: () => access.headers,
  });
  return listen(app, '127.0.0.1', 0, { tls: access.tls });
}

interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  readonly protocol: string | null;
}

/** One request on a connection of its own; rejects with what TLS says. */
function ask(port: number, path: string, options: object = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        host: '127.0.0.1',
        servername: 'localhost',
        port,
        path,
        ca: authority,
        agent: false,
        ...options,
      },
      (response) => {
        let body = '';
        const socket = response.socket as import('node:tls').TLSSocket;
        const protocol = socket.getProtocol();
        response.setEncoding('utf8').on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () =>
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body, protocol }),
        );
      },
    );
    sent.on('error', reject);
    sent.end();
  });
}

const patience = { timeout: 30_000 };

test(
  'pages are served over TLS 1.2 and 1.3, and with the versions that are asked for only',
  patience,
  async () => {
    const any = await serve({ tls: tls() });
    assert.equal((await ask(any.port, '/metrics')).protocol, 'TLSv1.3');
    assert.equal((await ask(any.port, '/metrics', { maxVersion: 'TLSv1.2' })).protocol, 'TLSv1.2');
    await any.close();
    const newest = await serve({ tls: tls({ least: 'TLSv1.3' }) });
    assert.equal((await ask(newest.port, '/metrics')).status, 200);
    await assert.rejects(
      ask(newest.port, '/metrics', { maxVersion: 'TLSv1.2' }),
      /protocol version/,
    );
    await newest.close();
  },
);

test('suites of TLS 1.2 are those that are named; TLS 1.3 goes on', patience, async () => {
  const served = await serve({ tls: tls({ ciphers: ['ECDHE-ECDSA-AES256-GCM-SHA384'] }) });
  const old = { maxVersion: 'TLSv1.2' };
  await assert.rejects(
    ask(served.port, '/', { ...old, ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' }),
    /handshake failure/,
  );
  assert.equal((await ask(served.port, '/', { ...old })).status, 200);
  assert.equal((await ask(served.port, '/')).protocol, 'TLSv1.3');
  await served.close();
});

test('who must show a certificate of the authority is not read without it', patience, async () => {
  const own = { cert: trusted.cert, key: trusted.key };
  const terms = { clientAuth: 'RequireAndVerifyClientCert', clientAuthorities: authority } as const;
  const served = await serve({ tls: tls(terms) });
  assert.equal((await ask(served.port, '/', own)).status, 200);
  await assert.rejects(ask(served.port, '/'));
  await assert.rejects(ask(served.port, '/', { cert: expired.cert, key: expired.key }));
  await served.close();
  const named = await serve({ tls: tls({ ...terms, clientNames: ['elsewhere.example'] }) });
  assert.equal((await ask(named.port, '/', misnamed)).status, 200);
  await assert.rejects(ask(named.port, '/', own));
  await named.close();
});

test('the laxer types of Go mean what they mean there', patience, async () => {
  const bad = { cert: expired.cert, key: expired.key };
  const given = await serve({
    tls: tls({ clientAuth: 'VerifyClientCertIfGiven', clientAuthorities: authority }),
  });
  assert.equal((await ask(given.port, '/')).status, 200);
  await assert.rejects(ask(given.port, '/', bad));
  await given.close();
  const any = await serve({ tls: tls({ clientAuth: 'RequireAnyClientCert' }) });
  assert.equal((await ask(any.port, '/', bad)).status, 200);
  await assert.rejects(ask(any.port, '/'));
  await any.close();
});

test('a renewed certificate is served to new connections', patience, async () => {
  const served = await serve({ tls: tls() });
  assert.equal((await ask(served.port, '/')).status, 200);
  served.secure(tls({}, misnamed));
  await assert.rejects(ask(served.port, '/'), { code: 'ERR_TLS_CERT_ALTNAME_INVALID' });
  await served.close();
});

test(
  'every path asks for the login: right, wrong, unknown, malformed and none',
  patience,
  async () => {
    const served = await serve({ tls: tls(), users: fixed });
    const login = async (path: string, auth?: string, headers = {}) =>
      (await ask(served.port, path, { ...(auth && { auth }), headers })).status;
    for (const path of ['/', '/metrics', '/-/healthy', '/-/ready', '/style.css', '/nowhere']) {
      const refused = await ask(served.port, path);
      assert.equal(refused.status, 401, path);
      assert.equal(
        refused.headers['www-authenticate'],
        'Basic realm="mailminute", charset="UTF-8"',
      );
      assert.equal(refused.headers['x-content-type-options'], 'nosniff');
    }
    assert.equal(await login('/metrics', 'alice:wonderland'), 200);
    assert.equal(await login('/metrics', 'alice:wonderland'), 200);
    assert.equal(await login('/metrics', 'alice:Wonderland'), 401);
    assert.equal(await login('/metrics', 'bob:wonderland'), 401);
    assert.equal(await login('/metrics', undefined, { authorization: 'Basic !!' }), 401);
    assert.equal(await login('/metrics', undefined, { authorization: 'Bearer x' }), 401);
    const page = await ask(served.port, '/', { auth: 'alice:wonderland' });
    for (const link of ['/metrics', '/-/healthy', '/-/ready', '#tenant-bravo', '/docs/web.md'])
      assert.ok(page.body.includes(`href="${link}"`), link);
    assert.equal(await login('/docs/web.md', 'alice:wonderland'), 200);
    await served.close();
  },
);

test('headers of the file go before our own', patience, async () => {
  const headers = { 'X-Frame-Options': 'SAMEORIGIN', 'Strict-Transport-Security': 'max-age=60' };
  const served = await serve({ tls: tls(), headers });
  const answer = await ask(served.port, '/');
  assert.equal(answer.headers['x-frame-options'], 'SAMEORIGIN');
  assert.equal(answer.headers['strict-transport-security'], 'max-age=60');
  await served.close();
});
