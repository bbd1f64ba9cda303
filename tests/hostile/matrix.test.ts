import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { protocols } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { eventually } from '../daemon/daemon.ts';
import { trusted } from '../support/certificates.ts';
import * as good from '../support/good-servers.ts';
import * as act from '../support/hostile.ts';
import { reset, spoiler, together } from '../support/spoiler.ts';

/** How a server goes wrong, and what that must be called. */
interface Misbehaviour {
  readonly act: act.Act;
  readonly reason: Reason;
}

const misbehaviours: Readonly<Record<string, Misbehaviour>> = {
  'says nothing': { act: act.mute, reason: 'timeout' },
  'drips a byte a second': { act: act.drip('HTTP/1.1 200 OK\r\n'), reason: 'timeout' },
  'sends a line without an end': { act: act.endlessLine, reason: 'protocol-error' },
  'ends the connection': { act: act.hangUp, reason: 'connection-closed' },
  // Later: a reset right at the accepting may come before the connection counts as made.
  'resets the connection': { act: act.later(60, reset), reason: 'connection-reset' },
  'sends rubbish': { act: act.garbage, reason: 'protocol-error' },
};

/** Before a byte of TLS was said. A drip is too slow to be seen as something else. */
const beforeTls: Readonly<Record<string, Misbehaviour>> = {
  ...misbehaviours,
  'sends a line without an end': { act: act.endlessLine, reason: 'tls-failed' },
  'sends rubbish': { act: act.garbage, reason: 'tls-failed' },
};

/** Silences wait for it; what ends by itself gets plenty, so that a loaded machine proves the same. */
const deadlineOf = (reason: Reason): number => (reason === 'timeout' ? 1500 : 20_000);
/** What an attempt may take beyond its deadline on a loaded machine, ms. */
const slack = 3000;

const warnings: string[] = [];
process.on('warning', (warning) => warnings.push(warning.message));
after(() => assert.deepEqual(warnings, [], 'Node warned of something'));

function sockets(): number {
  return process.getActiveResourcesInfo().filter((kind) => /^(?:TCP|TLS|Pipe)/.test(kind)).length;
}

/** The promise of the matrix, for one attempt. */
function assertEnded(result: ProbeResult, phase: string, reason: Reason, where: string): void {
  const { failure } = result;
  assert.ok(failure !== null, where);
  const deadline = deadlineOf(reason);
  assert.equal(`${failure.phase} ${failure.reason}`, `${phase} ${reason}`, where);
  const took = (result.monotonicEnd - result.monotonicStart) / 1000;
  assert.ok(took <= deadline + slack, `${where}: ended after ${took} ms`);
  assert.equal(result.vouches, null, where);
  assert.equal(failure.kind, reason === 'timeout' ? 'silence' : 'refusal', where);
  if (reason !== 'timeout') return;
  assert.ok(failure.provenFrom < failure.provenTo, `${where}: a silence proves a stretch`);
  assert.ok(failure.provenTo <= result.startedAt + deadline, `${where}: proven past the deadline`);
}

for (const protocol of protocols) {
  const phases = good.phasesOfRequests[protocol];
  const request = good.requestStarts[protocol];

  test(`a round trip over ${protocol} has the requests that the matrix goes through`, async () => {
    const server = await good.goodServers[protocol]();
    const result = await good.roundTrip(protocol, server.port, { secure: false, deadline: 20_000 });
    await server.close();
    assert.equal(result.vouches, 'roundtrip', result.transcript);
    const ours = result.transcript.split('\n').filter((line) => line.startsWith('> '));
    const requests = ours.filter((line) => !/log ?out/i.test(line));
    assert.equal(requests.length, phases.length - 1, result.transcript);
  });

  for (const secure of [false, true]) {
    const transport = secure ? 'over TLS' : 'in the clear';
    for (const [name, wrong] of Object.entries(misbehaviours)) {
      test(`${protocol} ${transport}: a server that ${name}, wherever, ends the attempt by its deadline`, async () => {
        const before = sockets();
        const points = phases.flatMap((phase, from) => (phase === null ? [] : [{ phase, from }]));
        const width = wrong.reason === 'timeout' ? points.length : 5;
        await together(width, points, async ({ phase, from }) => {
          const server = await good.goodServers[protocol]();
          const front = await spoiler({
            behind: server.port,
            spoil: () => ({ from, act: wrong.act }),
            ...(secure ? { identity: trusted } : {}),
            ...(request === undefined ? {} : { request }),
          });
          try {
            const deadline = deadlineOf(wrong.reason);
            const result = await good.roundTrip(protocol, front.port, { secure, deadline });
            assertEnded(result, phase, wrong.reason, `${protocol}, request ${from}`);
          } finally {
            await front.close();
            await server.close();
          }
        });
        await eventually('all sockets to be closed', () => sockets() <= before || null, 10_000);
      });
    }
  }

  test(`${protocol}: whatever comes instead of a TLS handshake ends the attempt by its deadline`, async () => {
    const before = sockets();
    await together(6, Object.entries(beforeTls), async ([name, wrong]) => {
      const server = await act.hostile(act.refuser(wrong.act));
      try {
        const deadline = deadlineOf(wrong.reason);
        const result = await good.roundTrip(protocol, server.port, { secure: true, deadline });
        assertEnded(result, 'tls', wrong.reason, name);
        assert.equal(result.tlsVersion, null);
      } finally {
        await server.close();
      }
    });
    await eventually('all sockets to be closed', () => sockets() <= before || null, 10_000);
  });
}
