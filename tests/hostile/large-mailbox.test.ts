import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { probes } from '../../probes/index.ts';
import type { Memory } from '../../probes/probe.ts';
import { type ProbePorts, runRound } from '../../probes/round.ts';
import { type Protocol, protocols } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { systemClock } from '../../src/system-clock.ts';
import { eventually, withoutTenant } from '../daemon/daemon.ts';
import { shippedFlow } from '../support/webmail-attempt.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';

const skip = withoutTenant();
const foreignCount = 10_000;
const anchor = '<anchor@mailminute.tenant.example>';

describe('a mailbox with 10,000 messages of others', { skip, timeout: 180_000 }, () => {
  let real: RealTenant;
  let tenant: Tenant;
  let foreign: readonly string[];
  const memories = new Map<Protocol, Memory>();
  const rounds: Map<Protocol, ProbeResult>[] = [];

  before(async () => {
    real = await startTenant({ users: [] });
    tenant = tenantOf(real);
    foreign = await real.deliver(foreignCount);
    // The first knows nothing of the mailbox; the second has the anchors in its memory.
    for (let count = 0; count < 2; count += 1) rounds.push(await round());
  });
  after(() => real?.close());

  /** A round that removes its message once every reader has seen it. */
  async function round(): Promise<Map<Protocol, ProbeResult>> {
    const results = new Map<Protocol, ProbeResult>();
    const removed: string[] = [];
    const ports: ProbePorts = {
      probes,
      clock: systemClock,
      signal: new AbortController().signal,
      memory(_, protocol) {
        const memory = memories.get(protocol) ?? { anchor: null };
        memories.set(protocol, memory);
        return memory;
      },
      pending: () => [],
      posting: { due: () => false, done: () => {} },
      removable: () => [...results.values()].flatMap(({ token }) => token ?? []),
      removed: (_, tokens) => void removed.push(...tokens),
      began: () => {},
      ended: () => {},
      report: (result) => void results.set(result.protocol, result),
    };
    await runRound(tenant, protocols, 0, ports);
    assert.deepEqual(removed, [results.get('smtp')?.token]);
    return results;
  }

  test('every reader sees its message in it, within the normal deadline', () => {
    for (const results of rounds) {
      const token = results.get('smtp')?.token;
      for (const protocol of protocols) {
        const result = results.get(protocol);
        assert.equal(result?.failure, null, JSON.stringify(result));
        assert.equal(result.vouches, 'roundtrip', `${protocol}\n${result.transcript}`);
        if (protocol === 'smtp') continue;
        assert.deepEqual(
          result.sightings.map((sighting) => sighting.token),
          [token],
        );
      }
    }
  });

  test('POP never downloads a message, and few headers', async () => {
    const ends = await eventually('the ends of the POP sessions in the log', () => {
      const log = real.logs()['dovecot-pop3.log'] ?? '';
      const found = [...log.matchAll(/top=(\d+)\/\d+, retr=(\d+)\/(\d+), del=(\d+)/g)];
      return found.length >= rounds.length ? found : null;
    });
    for (const [line, headers, retrieved, bytes, deleted] of ends) {
      assert.equal(`${retrieved} ${bytes} ${deleted}`, '0 0 0', line);
      assert.ok(Number(headers) <= 30, line);
    }
  });

  test('no message of others is touched, and of ours the anchor alone is left', async () => {
    const left = await real.list();
    assert.deepEqual(
      left.filter((id) => id !== anchor),
      foreign,
    );
    assert.equal(left.length, foreignCount + 1);
  });

  test('the transcripts hold nothing of the messages of others', () => {
    const said = rounds.flatMap((results) => [...results.values()].map((one) => one.transcript));
    assert.doesNotMatch(said.join('\n'), /foreign message|elsewhere\.example|somebody/i);
  });
});

function tenantOf(real: RealTenant): Tenant {
  const { address, password } = real.probe;
  const secured = { ca: real.ca.text, servername: null };
  return {
    name: 'tenant',
    contract: 'contract',
    zone: 'UTC',
    mailbox: {
      address,
      username: address,
      credential: { kind: 'password', secret: new Secret(() => password) },
    },
    smtp: { ...real.endpoints.smtps, ...secured },
    imap: { ...real.endpoints.imaps, ...secured },
    pop: { ...real.endpoints.pop3s, ...secured },
    webmail: {
      url: real.webmail.url,
      ca: real.ca.text,
      flow: shippedFlow('roundcube'),
      consent: 'the tests',
      sendInterval: null,
    },
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 30_000,
    deliveryAllowance: 60_000,
  };
}
