import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pop } from '../../probes/pop.ts';
import { smtp } from '../../probes/smtp.ts';
import { excerptOf } from '../../probes/webmail/body.ts';
import { requestOf } from '../../probes/webmail/request.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { token } from '../support/good-servers.ts';
import * as act from '../support/hostile.ts';
import { accepted, probeImap } from '../support/imap-probe.ts';
import { withServer } from '../support/imap-server.ts';
import * as bench from '../support/probing.ts';
import { smtpServer } from '../support/scripted.ts';
import { fakeFlow } from '../support/webmail-attempt.ts';

const roundtrip = bench.asking({
  depth: 'roundtrip',
  message: { token, accepted: Promise.resolve(null) },
});

async function sendTo(lastAnswer: act.Act): Promise<ProbeResult> {
  const server = await act.hostile(smtpServer({ '.': lastAnswer }));
  const endpoint = bench.endpointAt(server.port);
  const tenant = bench.tenantWith({ smtp: endpoint, attemptDeadline: 20_000 });
  const { result } = await smtp(tenant, roundtrip, bench.contextWith());
  await server.close();
  return result;
}

test('a message whose answer never came may be in the mailbox, so its token is kept', async () => {
  const result = await sendTo(act.hangUp);
  assert.equal(result.failure?.reason, 'connection-closed');
  assert.equal(result.token, token);
  assert.equal(result.acceptedAt, null);
});

test('a message that was refused keeps its token: its fate is written by it', async () => {
  const result = await sendTo(act.say('451 4.3.0 not now\r\n'));
  assert.equal(result.failure?.reason, 'temporary-error');
  assert.equal(result.token, token);
  assert.equal(result.acceptedAt, null);
});

test('a POP server that drops us while we wait, and is then gone, is blamed for it', async () => {
  let connections = 0;
  const server = await act.hostile({
    greeting(socket) {
      connections += 1;
      if (connections === 1) socket.write('+OK hi\r\n');
    },
    answer: () => act.lastWords('-ERR no CAPA\r\n'),
  });
  const tenant = bench.tenantWith({ pop: bench.endpointAt(server.port), attemptDeadline: 2000 });
  const message = {
    token,
    accepted: new Promise<number>((done) => setTimeout(() => done(Date.now()), 300)),
  };
  const ask = bench.asking({ depth: 'roundtrip', message });
  const { result } = await pop(tenant, ask, bench.contextWith());
  await server.close();
  bench.checkInvariants(result, 'pop');
  assert.equal(connections, 2);
  assert.equal(`${result.failure?.phase} ${result.failure?.reason}`, 'auth timeout');
});

test('an IMAP greeting of nested lists is a protocol-error, not a fault of our own', async () => {
  await withServer({ greeting: `* OK${'('.repeat(40)}` }, async (server) => {
    const { result } = await probeImap(server.port, { depth: 'login' }, { deadline: 20_000 });
    assert.equal(result.failure?.reason, 'protocol-error');
  });
});

test('an IMAP server that ignores the key of a search, and returns 20,000 UIDs, is no failure', async () => {
  const uids = Array.from({ length: 20_000 }, (_, index) => 100_000 + index).join(' ');
  const script = {
    on({
      name,
      tag,
      talk,
    }: Parameters<NonNullable<import('../support/imap-server.ts').ImapScript['on']>>[0]) {
      if (name !== 'UID SEARCH') return false;
      talk.send(`* SEARCH ${uids}`);
      talk.send(`${tag} OK done`);
      return true;
    },
  };
  await withServer(script, async (server) => {
    server.deliver('Subject: of somebody else\r\n\r\n');
    const ask = { depth: 'login', message: accepted(token) } as const;
    const { result, finish } = await probeImap(server.port, ask, { deadline: 20_000 });
    await finish?.([]);
    assert.equal(result.failure, null, JSON.stringify(result.failure));
    assert.equal(result.vouches, 'login');
  });
});

test('an unclosed script hides the rest of a page, and what stood before it is told once', () => {
  const page = `<p>Service</p> unavailable<script ${'a'.repeat(1_000_000)}`;
  assert.equal(
    excerptOf(page, 300, (text) => text),
    'Service unavailable',
  );
});

test('a value from a page that makes no address of the path is a content-mismatch', () => {
  const [step] = fakeFlow.steps;
  assert.ok(step !== undefined);
  const request = { ...step.request, path: '//{{host}}' };
  const lookups = { empty: '', 'half a character': '\ud800' };
  for (const [name, value] of Object.entries(lookups)) {
    assert.throws(
      () => requestOf({ ...step, request }, new URL('http://127.0.0.1/'), () => value),
      { reason: 'content-mismatch' },
      name,
    );
  }
});
