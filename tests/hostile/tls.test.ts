import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { probes } from '../../probes/index.ts';
import { type Protocol, protocols } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import type { Endpoint } from '../../src/domain/tenant.ts';
import { authority, expired, type Identity, misnamed, trusted } from '../support/certificates.ts';
import * as act from '../support/hostile.ts';
import * as bench from '../support/probing.ts';
import { smtpServer } from '../support/scripted.ts';
import { fakeFlow } from '../support/webmail-attempt.ts';

/** One connection over TLS from the first byte. */
async function connectTo(
  protocol: Protocol,
  port: number,
  ca: string | null = authority,
): Promise<ProbeResult> {
  const site = {
    url: `https://127.0.0.1:${port}/`,
    ca,
    flow: fakeFlow,
    consent: 'the tests',
    sendInterval: null,
  };
  const endpoint = bench.endpointAt(port, { tls: 'implicit', ca });
  const target = { [protocol]: protocol === 'webmail' ? site : endpoint };
  const tenant = bench.tenantWith({ attemptDeadline: 20_000, ...target });
  const ask = bench.asking({ depth: 'connect' });
  const { result } = await probes[protocol](tenant, ask, bench.contextWith());
  bench.checkInvariants(result, protocol);
  return result;
}

async function withIdentity(
  identity: Identity,
  work: (port: number) => Promise<void>,
): Promise<void> {
  const server = await act.hostile(act.refuser(act.mute), { identity });
  try {
    await work(server.port);
  } finally {
    await server.close();
  }
}

const verdict = ({ failure }: ProbeResult) => `${failure?.phase} ${failure?.reason}`;
const goodUntil = Date.parse('2119-01-01T00:00:00Z');

for (const protocol of protocols) {
  test(`${protocol}: an expired certificate is certificate-expired, with its end as evidence`, () =>
    withIdentity(expired, async (port) => {
      const result = await connectTo(protocol, port);
      assert.equal(verdict(result), 'tls certificate-expired');
      assert.equal(result.failure?.code, 'CERT_HAS_EXPIRED');
      assert.equal(result.certificateNotAfter, Date.parse('2021-01-01T00:00:00Z'));
      assert.match(result.tlsVersion ?? '', /^TLSv1\.[23]$/);
    }));

  test(`${protocol}: a certificate for another name is certificate-invalid`, () =>
    withIdentity(misnamed, async (port) => {
      const result = await connectTo(protocol, port);
      assert.equal(verdict(result), 'tls certificate-invalid');
      assert.ok((result.certificateNotAfter ?? 0) > goodUntil);
    }));

  test(`${protocol}: an authority that nobody knows is certificate-invalid`, () =>
    withIdentity(trusted, async (port) => {
      assert.equal(verdict(await connectTo(protocol, port, null)), 'tls certificate-invalid');
    }));

  test(`${protocol}: a server that knows TLS 1.0 only is tls-failed`, async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1', ciphers: 'ALL@SECLEVEL=0' } as const;
    const server = createServer({ ...trusted, ...old }).on('tlsClientError', () => {});
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const address = server.address();
    assert.ok(address !== null && typeof address === 'object');
    const result = await connectTo(protocol, address.port);
    server.close();
    assert.equal(verdict(result), 'tls tls-failed');
    assert.match(result.failure?.code ?? '', /PROTOCOL/);
  });

  test(`${protocol}: a server that speaks in the clear on a port for TLS is tls-failed`, async () => {
    const server = await act.hostile(smtpServer());
    const result = await connectTo(protocol, server.port);
    await server.close();
    assert.equal(verdict(result), 'tls tls-failed');
  });
}

const unwilling = {
  smtp: ['220 hi\r\n', '250 no extensions\r\n'],
  imap: ['* OK hi\r\n', 's1 BAD unknown command\r\n'],
  pop: ['+OK hi\r\n', '-ERR unknown command\r\n'],
} as const;

for (const protocol of ['smtp', 'imap', 'pop'] as const) {
  const starttls = (port: number): Partial<Endpoint> & Endpoint =>
    bench.endpointAt(port, { tls: 'starttls', ca: authority });

  async function upgrading(dialogue: act.Dialogue, identity?: Identity): Promise<ProbeResult> {
    const server = await act.hostile(dialogue, identity ? { identity } : {});
    try {
      const tenant = bench.tenantWith({
        attemptDeadline: 20_000,
        [protocol]: starttls(server.port),
      });
      const { result } = await probes[protocol](tenant, bench.asking(), bench.contextWith());
      bench.checkInvariants(result, protocol);
      assert.ok(!bench.leaks(server.lines.join('\n')), 'the password went over the line');
      return result;
    } finally {
      await server.close();
    }
  }

  test(`${protocol}: a server without STARTTLS is starttls-not-offered, and learns no password`, async () => {
    const [greeting, answer] = unwilling[protocol];
    const result = await upgrading({ greeting: act.say(greeting), answer: () => act.say(answer) });
    assert.equal(verdict(result), 'starttls starttls-not-offered');
    assert.equal(result.failure?.kind, 'refusal');
  });

  test(`${protocol}: an expired certificate behind STARTTLS is certificate-expired`, async () => {
    const go = { smtp: '220 go\r\n', imap: 's1 OK go\r\n', pop: '+OK go\r\n' }[protocol];
    const result = await upgrading({
      greeting: act.say(unwilling[protocol][0]),
      answer: (line) =>
        line.startsWith('EHLO') ? act.say('250-hi\r\n250 STARTTLS\r\n') : act.upgrade(go, expired),
    });
    assert.equal(verdict(result), 'tls certificate-expired');
    assert.equal(result.certificateNotAfter, Date.parse('2021-01-01T00:00:00Z'));
  });
}
