import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Ask } from '../../probes/probe.ts';
import { smtp } from '../../probes/smtp.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { authority, expired, type Identity, misnamed, trusted } from '../support/certificates.ts';
import * as act from '../support/hostile.ts';
import * as bench from '../support/probing.ts';
import { type Overrides, smtpServer } from '../support/scripted.ts';

const token = 'a1b2c3d4e5f6';
const roundtrip = bench.asking({
  depth: 'roundtrip',
  message: { token, accepted: Promise.resolve(null) },
});

interface Setting {
  readonly identity?: Identity;
  readonly endpoint?: Parameters<typeof bench.endpointAt>[1];
  readonly tenant?: Partial<Tenant>;
}

async function probe(
  overrides: Overrides,
  ask: Ask = roundtrip,
  setting: Setting = {},
): Promise<{ result: ProbeResult; lines: readonly string[] }> {
  const { identity } = setting;
  const server = await act.hostile(smtpServer(overrides), identity ? { identity } : {});
  try {
    const endpoint = bench.endpointAt(server.port, setting.endpoint);
    const tenant = bench.tenantWith({ smtp: endpoint, ...setting.tenant });
    const { result, finish } = await smtp(tenant, ask, bench.contextWith());
    bench.checkInvariants(result, 'smtp');
    assert.equal(finish, null);
    return { result, lines: server.lines };
  } finally {
    await server.close();
  }
}

const names = (result: ProbeResult) => result.phases.map(({ phase }) => phase);

test('a round trip times every command apart and ends at the 250 after the final dot', async () => {
  const { result, lines } = await probe({});
  assert.equal(result.failure, null);
  assert.equal(result.vouches, 'roundtrip');
  assert.equal(result.token, token);
  const after = result.endedAt - (result.acceptedAt ?? 0);
  assert.ok(after >= 0 && after < 20, 'nothing is timed after acceptance');
  const expected = ['dns', 'tcp', 'greeting', 'ehlo', 'auth', 'mail', 'rcpt', 'data', 'accept'];
  assert.deepEqual(names(result), expected);
  assert.ok(lines.includes(`X-Mailminute-Token: ${token}`));
  assert.ok(lines.includes(`Message-ID: <${token}@acme.example>`));
  assert.ok(lines.includes('MAIL FROM:<probe@acme.example>'));
});

test('depth connect ends after the greeting and sends no credential', async () => {
  const { result, lines } = await probe({}, bench.asking({ depth: 'connect' }));
  assert.equal(result.vouches, 'connect');
  assert.deepEqual(names(result), ['dns', 'tcp', 'greeting']);
  assert.ok(lines.every((line) => line === 'QUIT'));
});

test('the password reaches the server and nothing else', async () => {
  const { result, lines } = await probe({}, bench.asking());
  assert.equal(result.vouches, 'login');
  assert.ok(bench.leaks(lines.join('\n')));
});

test('LOGIN is spoken where PLAIN is not offered', async () => {
  const steps = ['334 VXNlcm5hbWU6\r\n', '334 UGFzc3dvcmQ6\r\n', '235 ok\r\n'];
  const { result, lines } = await probe(
    {
      EHLO: act.say('250-test\r\n250 AUTH=LOGIN\r\n'),
      AUTH: (socket) => socket.write(steps.shift() ?? ''),
      '*': (socket) => socket.write(steps.shift() ?? ''),
    },
    bench.asking(),
  );
  assert.equal(result.vouches, 'login');
  assert.equal(lines[2], Buffer.from('probe@acme.example').toString('base64'));
  assert.equal(lines[3], Buffer.from(bench.password).toString('base64'));
});

test('PLAIN without initial responses is spoken in two lines', async () => {
  const { result } = await probe(
    { AUTH: act.say('334 \r\n'), '*': act.say('235 ok\r\n') },
    bench.asking(),
  );
  assert.equal(result.vouches, 'login');
});

test("a refused token answers XOAUTH2's challenge and is auth-refused", async () => {
  const mailbox = {
    address: 'probe@acme.example',
    username: 'probe@acme.example',
    credential: { kind: 'access-token' as const, secret: new Secret(() => bench.password) },
  };
  const { result, lines } = await probe(
    { AUTH: act.say('334 eyJzdGF0dXMiOiI0MDEifQ==\r\n'), '': act.say('535 5.7.8 no\r\n') },
    bench.asking(),
    { tenant: { mailbox } },
  );
  assert.equal(result.failure?.reason, 'auth-refused');
  assert.equal(result.failure?.code, '535 5.7.8');
  assert.equal(lines[2], '');
});

test('a server without AUTH is used without, one with foreign mechanisms only is auth-not-offered', async () => {
  const without = await probe({ EHLO: act.say('250 test\r\n') });
  assert.equal(without.result.vouches, 'roundtrip');
  const foreign = await probe({ EHLO: act.say('250-test\r\n250 AUTH GSSAPI\r\n') });
  assert.equal(foreign.result.failure?.reason, 'auth-not-offered');
  assert.equal(foreign.result.failure?.phase, 'auth');
});

const refusals = [
  ['greeting', '554 5.7.1 your address is blocked\r\n', 'greeting', 'policy-blocked', '554 5.7.1'],
  ['greeting', '421 4.7.0 too many connections\r\n', 'greeting', 'throttled', '421 4.7.0'],
  ['EHLO', '500 what\r\n', 'ehlo', 'rejected', '502 5.5.1'],
  ['AUTH', '535 5.7.8 authentication failed\r\n', 'auth', 'auth-refused', '535 5.7.8'],
  [
    'AUTH',
    '454 4.7.0 temporary authentication failure\r\n',
    'auth',
    'temporary-error',
    '454 4.7.0',
  ],
  ['AUTH', '550 Ip frequency limited\r\n', 'auth', 'throttled', '550'],
  ['MAIL', '452 4.3.1 insufficient system storage\r\n', 'mail', 'mailbox-full', '452 4.3.1'],
  ['MAIL', '421 4.3.2 shutting down\r\n', 'mail', 'temporary-error', '421 4.3.2'],
  ['RCPT', '550 5.1.1 no such user\r\n', 'rcpt', 'rejected', '550 5.1.1'],
  ['RCPT', '552 5.2.2 over quota\r\n', 'rcpt', 'mailbox-full', '552 5.2.2'],
  ['DATA', '451 4.3.0 not now\r\n', 'data', 'temporary-error', '451 4.3.0'],
  ['.', '554 5.7.1 looks like spam\r\n', 'accept', 'policy-blocked', '554 5.7.1'],
] as const;
for (const [verb, reply, phase, reason, code] of refusals) {
  test(`"${reply.trim()}" to ${verb} is ${reason} in phase ${phase}`, async () => {
    const { result } = await probe({ [verb]: act.say(reply) });
    assert.equal(result.failure?.reason, reason);
    assert.equal(result.failure?.phase, phase);
    assert.equal(result.failure?.code, code);
    assert.equal(result.failure?.kind, 'refusal');
    assert.equal(result.acceptedAt, null);
  });
}

const points = [
  ['greeting', 'greeting'],
  ['EHLO', 'ehlo'],
  ['AUTH', 'auth'],
  ['MAIL', 'mail'],
  ['RCPT', 'rcpt'],
  ['DATA', 'data'],
  ['.', 'accept'],
] as const;
for (const [verb, phase] of points) {
  test(`a reset at ${verb} is a connection-reset in phase ${phase}`, async () => {
    // A moment later: a reset at once may come before the connection counts as made.
    const { result } = await probe({ [verb]: act.later(20, act.reset) });
    assert.equal(result.failure?.reason, 'connection-reset');
    assert.equal(result.failure?.phase, phase);
  });

  test(`an end at ${verb} is a connection-closed in phase ${phase}`, async () => {
    const { result } = await probe({ [verb]: act.hangUp });
    assert.equal(result.failure?.reason, 'connection-closed');
    assert.equal(result.failure?.phase, phase);
  });

  test(`a server mute at ${verb} is a silence from the request to the deadline`, async () => {
    const { result } = await probe({ [verb]: act.mute });
    const { failure } = result;
    assert.equal(failure?.reason, 'timeout');
    assert.equal(failure?.kind, 'silence');
    assert.equal(failure?.phase, phase);
    const before = result.phases.slice(0, -1).reduce((sum, one) => sum + one.microseconds, 0);
    assert.ok(failure.provenFrom >= result.startedAt + Math.floor(before / 1000));
    assert.ok(failure.provenFrom < result.startedAt + 550, 'long before the deadline');
    // Timers of the event loop may be a millisecond early.
    const length = failure.provenTo - result.startedAt;
    assert.ok(length >= 598 && length <= 600, 'to the deadline, and not beyond');
  });
}

test('a server that drips its greeting is silent from the greeting on', async () => {
  const { result } = await probe({ greeting: act.drip('220 this takes its time\r\n') });
  assert.equal(result.failure?.kind, 'silence');
  assert.equal(result.failure?.phase, 'greeting');
});

test('a reply split over packets is one reply', async () => {
  const reply = act.drip('250-test\r\n250 AUTH PLAIN\r\n', 3, 2);
  const { result } = await probe({ EHLO: reply }, bench.asking());
  assert.equal(result.vouches, 'login');
});

test('an endless line, an endless reply and binary rubbish are protocol errors', async () => {
  const endlessReply = act.endless('', '250-more\r\n');
  for (const greeting of [act.endlessLine, act.garbage]) {
    const { result } = await probe({ greeting });
    assert.equal(result.failure?.reason, 'protocol-error');
    assert.equal(result.failure?.phase, 'greeting');
  }
  const { result } = await probe({ EHLO: endlessReply });
  assert.equal(result.failure?.reason, 'protocol-error');
  assert.equal(result.failure?.phase, 'ehlo');
});

test('an answer to what was not asked yet is a protocol-error', async () => {
  const refusal = act.say('235 welcome\r\n550 no\r\n');
  const { result } = await probe({ AUTH: refusal });
  assert.equal(result.failure?.reason, 'protocol-error');
});

test('last words before an end are heard', async () => {
  const { result } = await probe({ MAIL: act.lastWords('421 4.3.0 going down\r\n') });
  assert.equal(result.failure?.reason, 'temporary-error');
});

test('a password that the server echoes is masked, in the clear and in base64', async () => {
  const blob = Buffer.from(`\0probe@acme.example\0${bench.password}`).toString('base64');
  const echo = `535 5.7.8 no ${bench.password} ${blob} ${bench.password.toUpperCase()}\r\n`;
  const { result } = await probe({ AUTH: act.say(echo) });
  assert.equal(result.failure?.reason, 'auth-refused');
  assert.match(result.failure.message, /\[masked\]/);
  assert.match(result.transcript, /\[masked\]/);
});

test('a secret that cannot be read is secret-unreadable in phase auth, its error unsaid', async () => {
  const secret = new Secret(() => {
    throw new Error('ENOENT: /run/secrets/hidden');
  });
  const { mailbox } = bench.tenantWith({});
  const tenant = { mailbox: { ...mailbox, credential: { kind: 'password' as const, secret } } };
  const { result } = await probe({}, roundtrip, { tenant });
  assert.equal(result.failure?.reason, 'secret-unreadable');
  assert.equal(result.failure?.phase, 'auth');
  assert.doesNotMatch(JSON.stringify(result), /hidden/);
});

const secured = { ca: authority, host: '127.0.0.1' };

test('implicit TLS leaves version and expiry as evidence', async () => {
  const endpoint = { ...secured, tls: 'implicit' as const };
  const { result } = await probe({}, roundtrip, { identity: trusted, endpoint });
  assert.equal(result.failure, null);
  assert.match(result.tlsVersion ?? '', /^TLSv1\.[23]$/);
  assert.equal(result.certificateNotAfter, Date.parse('2120-01-01T00:00:00Z'));
});

test('an expired certificate is certificate-expired, and its date is kept', async () => {
  const endpoint = { ...secured, tls: 'implicit' as const };
  const { result, lines } = await probe({}, roundtrip, { identity: expired, endpoint });
  assert.equal(result.failure?.reason, 'certificate-expired');
  assert.equal(result.failure?.phase, 'tls');
  assert.equal(result.certificateNotAfter, Date.parse('2021-01-01T00:00:00Z'));
  assert.deepEqual(lines, []);
});

test('a wrong name, an unknown issuer and no TLS at all have their own reasons', async () => {
  const endpoint = { ...secured, tls: 'implicit' as const };
  const wrong = await probe({}, roundtrip, { identity: misnamed, endpoint });
  assert.equal(wrong.result.failure?.reason, 'certificate-invalid');
  const named = { ...endpoint, servername: 'elsewhere.example' };
  const right = await probe({}, roundtrip, { identity: misnamed, endpoint: named });
  assert.equal(right.result.failure, null);
  const unknown = { identity: trusted, endpoint: { ...endpoint, ca: null } };
  const distrusted = await probe({}, roundtrip, unknown);
  assert.equal(distrusted.result.failure?.reason, 'certificate-invalid');
  const plain = await probe({}, roundtrip, { endpoint });
  assert.equal(plain.result.failure?.reason, 'tls-failed');
  assert.equal(plain.result.failure?.phase, 'tls');
});

const offer = act.say('250-test\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n');
const starttls = { endpoint: { ...secured, tls: 'starttls' as const } };

test('STARTTLS upgrades before any credential is sent', async () => {
  const overrides = { EHLO: offer, STARTTLS: act.upgrade('220 go\r\n', trusted) };
  const { result, lines } = await probe(overrides, roundtrip, starttls);
  assert.equal(result.failure, null);
  assert.match(result.tlsVersion ?? '', /^TLS/);
  assert.ok(lines.indexOf('STARTTLS') < lines.findIndex((line) => line.startsWith('AUTH')));
  assert.deepEqual(names(result).slice(0, 6), [
    'dns',
    'tcp',
    'greeting',
    'starttls',
    'tls',
    'ehlo',
  ]);
});

test('words injected behind the go-ahead of STARTTLS are a protocol-error', async () => {
  const injected = act.say('220 go\r\n235 injected\r\n');
  const { result } = await probe({ EHLO: offer, STARTTLS: injected }, roundtrip, starttls);
  assert.equal(result.failure?.reason, 'protocol-error');
  assert.equal(result.failure?.phase, 'starttls');
});

test('a server without STARTTLS gets no credential', async () => {
  const { result, lines } = await probe({}, roundtrip, starttls);
  assert.equal(result.failure?.reason, 'starttls-not-offered');
  assert.ok(!lines.some((line) => line.startsWith('AUTH')));
});
