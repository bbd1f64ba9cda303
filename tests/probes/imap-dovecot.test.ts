import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { probeMessage } from '../../probes/message.ts';
import type { Ask } from '../../probes/probe.ts';
import type { Endpoint } from '../../src/domain/tenant.ts';
import { probeImap } from '../support/imap-probe.ts';
import { open } from '../tenant/dialogue.ts';
import { isAvailable, type RealTenant, startTenant } from '../tenant/tenant.ts';

const skip = isAvailable() ?? false;
let tenant: RealTenant | null = null;

before(async () => {
  if (skip === false) tenant = await startTenant();
});
after(async () => {
  await tenant?.close();
});

function running(): RealTenant {
  if (tenant === null) throw new Error('the tenant did not start');
  return tenant;
}

function endpointOf(name: 'imap' | 'imaps'): Endpoint {
  const { ca, endpoints } = running();
  return { ...endpoints[name], ca: ca.text, servername: null };
}

function probe(ask: Partial<Ask>, name: 'imap' | 'imaps', memory = { anchor: null }, extra = {}) {
  const { address, password } = running().probe;
  const settings = {
    memory,
    address,
    secret: password,
    endpoint: endpointOf(name),
    deadline: 20_000,
  };
  return probeImap(0, ask, { ...settings, ...extra });
}

/** Wall ms of the 250 after the final dot, from the mail exchanger's own port. */
async function send(token: string): Promise<number> {
  const { address } = running().probe;
  const dialogue = await open(running().endpoints.mx, running().ca.text);
  await dialogue.expect(/^220 .*\r\n/m);
  await dialogue.ask('HELO client.example', /^250 .*\r\n/m);
  await dialogue.ask(`MAIL FROM:<${address}>`, /^250 .*\r\n/m);
  await dialogue.ask(`RCPT TO:<${address}>`, /^250 .*\r\n/m);
  await dialogue.ask('DATA', /^354 .*\r\n/m);
  await dialogue.ask(`${probeMessage({ address, at: Date.now(), token })}.`, /^250 .*\r\n/m);
  const acceptedAt = Date.now();
  dialogue.close();
  return acceptedAt;
}

for (const name of ['imaps', 'imap'] as const) {
  test(`Dovecot over ${name}: mail that is sent is seen and removed, the anchor stays`, {
    skip,
  }, async () => {
    const memory = { anchor: null };
    const token = `live${name}`;
    const accepted = send(token);
    const outcome = await probe({ depth: 'roundtrip', message: { token, accepted } }, name, memory);
    const { result } = outcome;
    assert.equal(result.failure, null, result.transcript);
    assert.equal(
      result.vouches,
      'roundtrip',
      `${result.transcript}\n${running().logs()['postfix.log']}`,
    );
    assert.match(result.tlsVersion ?? '', /^TLSv1/);
    assert.match(memory.anchor ?? '', /^\d+:\d+$/);
    const [sighting] = result.sightings;
    assert.equal(sighting?.token, token);
    assert.ok(sighting.firstSeen <= result.endedAt);
    assert.ok((sighting.lastNotSeen ?? 0) <= sighting.firstSeen);
    assert.deepEqual(await outcome.finish?.([token]), [token]);
    const left = await running().list();
    assert.deepEqual(left, ['<anchor@mailminute.tenant.example>']);
    const again = await probe({}, name, memory);
    assert.equal(again.result.vouches, 'login');
    await again.finish?.([]);
    assert.equal((await running().list()).length, 1);
  });
}

test('Dovecot: mail that comes late is seen while idling, between other mail that is left alone', {
  skip,
}, async () => {
  const memory = { anchor: null };
  const foreign = await running().deliver(2);
  const outcome = probe(
    { depth: 'roundtrip', message: { token: 'late1', accepted: Promise.resolve(Date.now()) } },
    'imaps',
    memory,
  );
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await send('late1');
  const { result, finish } = await outcome;
  assert.equal(result.vouches, 'roundtrip', result.transcript);
  assert.match(result.transcript, /^> [0-9A-F]+ IDLE$/m);
  assert.deepEqual(await finish?.(['late1']), ['late1']);
  const left = await running().list();
  assert.deepEqual(left.sort(), ['<anchor@mailminute.tenant.example>', ...foreign].sort());
});

test('Dovecot: an older message is found again in another session', { skip }, async () => {
  const acceptedAt = await send('older1');
  const pending = [{ token: 'older1', acceptedAt }];
  for (let tries = 0; ; tries += 1) {
    const { result, finish } = await probe({ pending }, 'imaps');
    const seen = result.sightings.some(({ token }) => token === 'older1');
    await finish?.(seen ? ['older1'] : []);
    if (seen) return;
    assert.ok(tries < 20, 'never seen');
  }
});

test('Dovecot: a wrong password is auth-refused in phase auth', { skip }, async () => {
  const { result } = await probe({}, 'imaps', { anchor: null }, { secret: 'wrong' });
  assert.equal(result.failure?.reason, 'auth-refused');
  assert.equal(result.failure?.phase, 'auth');
});

test('Dovecot: frozen, it is silence; stopped, it refuses; running again, it is well', {
  skip,
}, async () => {
  const service = running().service('dovecot-imap');
  await service.freeze();
  const frozen = await probe({}, 'imaps', { anchor: null }, { deadline: 1000 });
  assert.equal(frozen.result.failure?.reason, 'timeout');
  await service.thaw();
  await service.stop();
  const stopped = await probe({}, 'imaps');
  assert.equal(stopped.result.failure?.reason, 'connection-refused');
  assert.equal(stopped.result.failure?.phase, 'tcp');
  await service.start();
  const { result, finish } = await probe({}, 'imaps');
  assert.equal(result.vouches, 'login');
  await finish?.([]);
});
