import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { smtp } from '../../probes/smtp.ts';
import type { Depth } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { attemptWebmail, shippedFlow, verdictOf } from '../support/webmail-attempt.ts';
import { tenantOn } from '../tenant/rounds.ts';
import { isAvailable, type RealTenant, startTenant } from '../tenant/tenant.ts';

const missing = isAvailable();
if (missing !== null && process.env.CI === 'true') throw new Error(missing);
const skip = missing ?? false;

let tenant: RealTenant;
before(async () => {
  if (missing === null) tenant = await startTenant({ users: [] });
});
after(() => tenant?.close());

const roundcube = shippedFlow('roundcube');

function attempt(depth: Depth, options: Parameters<typeof attemptWebmail>[2] = {}) {
  return attemptWebmail(tenant.webmail.url, depth, {
    flow: roundcube,
    ca: tenant.ca.text,
    address: tenant.probe.address,
    password: tenant.probe.password,
    deadline: 20_000,
    ...options,
  });
}

/** Runs `work` while a service is down, and brings it back whatever happens. */
async function without(
  name: Parameters<RealTenant['service']>[0],
  work: () => Promise<ProbeResult>,
): Promise<ProbeResult> {
  const service = tenant.service(name);
  await service.stop();
  try {
    return await work();
  } finally {
    await service.start();
  }
}

/** Sends a probe message; resolves to when it was accepted. */
async function send(token: string): Promise<number | null> {
  const outcome = await smtp(
    tenantOn(tenant),
    {
      depth: 'roundtrip',
      turn: 0,
      message: { token, accepted: Promise.resolve(null) },
      pending: [],
    },
    {
      clock: {
        wall: () => Date.now(),
        monotonic: () => Math.round(performance.now() * 1000),
      },
      signal: new AbortController().signal,
      memory: { anchor: null },
    },
  );
  return outcome.result.acceptedAt;
}

test('the login page of a real Roundcube passes both shipped flows, over verified TLS', {
  skip,
}, async () => {
  for (const flow of [roundcube, shippedFlow('page')]) {
    const result = await attempt('connect', { flow });
    assert.equal(verdictOf(result), null);
    assert.equal(result.vouches, 'connect');
    assert.match(result.tlsVersion ?? '', /^TLSv1\.[23]$/);
  }
  const result = await attemptWebmail(tenant.webmail.url, 'connect', { flow: roundcube });
  assert.equal(result.failure?.reason, 'certificate-invalid');
});

test('an empty inbox of a real Roundcube is a good login', { skip }, async () => {
  const result = await attempt('login');
  assert.equal(verdictOf(result), null);
  assert.equal(result.vouches, 'login');
});

test('a message sent over SMTP is seen and opened in a real Roundcube, behind 60 others', {
  skip,
}, async () => {
  tenant.deliver(60);
  const token = '0123456789abcdef01234567';
  const result = await attempt('roundtrip', { message: { token, accepted: send(token) } });
  assert.equal(verdictOf(result), null, result.transcript);
  assert.equal(result.vouches, 'roundtrip');
  assert.deepEqual(
    result.sightings.map((one) => one.token),
    [token],
  );
  tenant.deliver(60);
  const again = await attempt('roundtrip', { pending: [{ token, acceptedAt: 1 }] });
  assert.deepEqual(
    again.sightings.map((one) => one.token),
    [token],
  );
});

test('a wrong password at a real Roundcube is auth-refused', { skip }, async () => {
  const result = await attempt('login', { password: 'not-the-password' });
  assert.equal(verdictOf(result), 'auth auth-refused HTTP 401');
});

test('with IMAP stopped behind a real Roundcube a login is backend-unavailable, and connect is good', {
  skip,
}, async () => {
  const result = await without('dovecot-imap', async () => {
    assert.equal(verdictOf(await attempt('connect')), null);
    return attempt('login');
  });
  assert.equal(verdictOf(result), 'auth backend-unavailable HTTP 401');
});

test('IMAP that stops while a reader of a real Roundcube waits is backend-unavailable in visible', {
  skip,
}, async () => {
  const result = await without('dovecot-imap', async () => {
    const imap = tenant.service('dovecot-imap');
    await imap.start();
    return attempt('roundtrip', {
      message: {
        token: 'aaaaaaaaaaaaaaaaaaaaaaaa',
        // Read when the probe starts to wait: after its login and its list.
        get accepted() {
          return imap.stop().then(() => Date.now());
        },
      },
    });
  });
  assert.equal(verdictOf(result), 'visible backend-unavailable HTTP 200', result.transcript);
});

test('with PHP stopped a real webmail is a temporary-error in phase page', { skip }, async () => {
  const result = await without('php-fpm', () => attempt('connect'));
  assert.equal(verdictOf(result), 'page temporary-error HTTP 502');
});

test('with nginx stopped a real webmail is a connection-refused', { skip }, async () => {
  const result = await without('nginx', () => attempt('connect'));
  assert.equal(verdictOf(result), 'tcp connection-refused ECONNREFUSED');
});

test('a message is composed and sent in a real Roundcube, and read there at once', {
  skip,
}, async () => {
  const token = `w-${'0123456789abcdef'.repeat(2).slice(0, 24)}`;
  const result = await attempt('send', { post: token });
  assert.equal(verdictOf(result), null, result.transcript);
  assert.equal(result.vouches, 'send');
  assert.equal(result.token, token);
  assert.ok(result.acceptedAt !== null);
  assert.deepEqual(
    result.sightings.map((one) => one.token),
    [token],
  );
  const phases = result.phases.map(({ phase }) => phase);
  assert.deepEqual(phases.slice(-4), ['compose', 'send', 'visible', 'fetch']);
});

test('with Postfix stopped behind a real Roundcube, reading is good and sending is backend-unavailable', {
  skip,
}, async () => {
  const result = await without('postfix', () => attempt('send', { post: `w-${'b'.repeat(24)}` }));
  assert.equal(verdictOf(result), 'send backend-unavailable HTTP 200', result.transcript);
});
