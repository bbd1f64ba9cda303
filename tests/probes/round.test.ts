import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { newToken } from '../../probes/message.ts';
import type { ProbePorts } from '../../probes/ports.ts';
import type { Ask, Probe, ProbeOutcome } from '../../probes/probe.ts';
import { runAttemptOf, runRound } from '../../probes/round.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { tenantOf } from '../schedule/example.ts';
import { failureOf, resultOf } from '../store/example.ts';

const tenant = tenantOf();
const all: readonly Protocol[] = ['smtp', 'imap', 'pop'];
const refused = failureOf();

type Play = (ask: Ask) => Partial<ProbeResult> | Promise<Partial<ProbeResult>>;

/** Probes that do what the test says; everything that happens is put down in order. */
function stage(
  plays: Partial<Record<Protocol, Play>>,
  other: Partial<ProbePorts> = {},
  opensSlowly: ReadonlySet<Protocol> = new Set(),
) {
  const events: string[] = [];
  const asked = new Map<Protocol, Ask>();
  const reported: ProbeResult[] = [];
  const probe =
    (protocol: Protocol): Probe =>
    async (_, ask): Promise<ProbeOutcome> => {
      asked.set(protocol, ask);
      if (!opensSlowly.has(protocol)) ask.message?.ready?.();
      const sent = ask.message !== null && protocol === 'smtp' ? ask.message.token : null;
      const change = await (plays[protocol]?.(ask) ?? {});
      const result = resultOf({ protocol, depth: ask.depth, token: sent, ...change });
      const keeps = protocol !== 'smtp' && result.failure === null && ask.depth !== 'connect';
      if (!keeps) return { result, finish: null };
      return {
        result,
        finish: async (tokens) => {
          events.push(`finish ${protocol} [${tokens}]`);
          return tokens;
        },
      };
    };
  const ports: ProbePorts = {
    probes: {
      smtp: probe('smtp'),
      imap: probe('imap'),
      pop: probe('pop'),
      webmail: probe('webmail'),
    },
    clock: { wall: () => 0, monotonic: () => 0 },
    signal: new AbortController().signal,
    memory: () => ({ anchor: null }),
    pending: () => [],
    posting: { due: () => false, done: () => {} },
    removable: () => [],
    full: () => false,
    removed: (_, tokens) => void events.push(`removed [${tokens}]`),
    began: (_, protocol) => void events.push(`began ${protocol}`),
    ended: (_, protocol) => void events.push(`ended ${protocol}`),
    report: (result) => {
      events.push(`report ${result.protocol}`);
      reported.push(result);
    },
    ...other,
  };
  return {
    ports,
    events,
    asked,
    reported,
    of: (protocol: Protocol) => reported.find((result) => result.protocol === protocol),
    round: (protocols = all) => runRound(tenant, protocols, 7, ports),
  };
}

const accepts: Play = () => ({ acceptedAt: 5_000 });

test('tokens are 96 random bits, and never the same', () => {
  const tokens = Array.from({ length: 1000 }, newToken);
  assert.equal(new Set(tokens).size, 1000);
  for (const token of tokens) assert.match(token, /^[0-9a-f]{24}$/);
});

test('all take part at once, at depth roundtrip, for one and the same message', async () => {
  const stand = stage({ smtp: accepts });
  await stand.round();
  assert.deepEqual(stand.events.slice(0, 3), ['began imap', 'began pop', 'began smtp']);
  for (const protocol of all) {
    assert.equal(stand.asked.get(protocol)?.depth, 'roundtrip');
    assert.equal(stand.asked.get(protocol)?.turn, 7);
  }
  const tokens = all.map((protocol) => stand.asked.get(protocol)?.message?.token);
  assert.equal(new Set(tokens).size, 1);
  assert.equal(stand.of('smtp')?.token, tokens[0]);
});

test('the message is sent when every reader waits with its mailbox open, or has ended', async () => {
  const opened = Promise.withResolvers<void>();
  const slow = { imap: () => opened.promise.then(() => ({ failure: refused })) };
  const stand = stage({ smtp: accepts, ...slow }, {}, new Set(['imap']));
  const round = stand.round();
  await turn();
  assert.ok(!stand.events.includes('began smtp'));
  opened.resolve();
  await round;
  assert.ok(stand.events.includes('began smtp'));
});

test('a reader that does not open its mailbox in time does not hold the message up', async () => {
  const hung = Promise.withResolvers<Partial<ProbeResult>>();
  const stand = stage({ smtp: accepts, imap: () => hung.promise }, {}, new Set(['imap']));
  const round = stand.round();
  while (!stand.events.includes('report smtp')) await pause(50);
  hung.resolve({});
  await round;
});

test('readers hear of the acceptance as soon as it is known, while others hang', async () => {
  const heard = Promise.withResolvers<number | null>();
  const hung = Promise.withResolvers<Partial<ProbeResult>>();
  const stand = stage({
    smtp: accepts,
    imap: async (ask) => {
      heard.resolve((await ask.message?.accepted) ?? null);
      return {};
    },
    pop: () => hung.promise,
  });
  const round = stand.round();
  assert.equal(await heard.promise, 5_000);
  hung.resolve({});
  await round;
});

test('readers hear at once that sending failed, or that there is no acceptance', async () => {
  for (const change of [{ failure: refused }, { failure: refused, acceptedAt: null }, {}]) {
    const heard: unknown[] = [];
    const reads: Play = async (ask) => {
      heard.push(await ask.message?.accepted);
      return {};
    };
    await stage({ smtp: () => change, imap: reads, pop: reads }).round();
    assert.deepEqual(heard, [null, null]);
  }
});

test('a fault of our own in sending is told after the round, and readers are not left waiting', async () => {
  const heard: unknown[] = [];
  const stand = stage({
    smtp: () => {
      throw new Error('a fault of our own');
    },
    imap: async (ask) => {
      heard.push(await ask.message?.accepted);
      return {};
    },
    // Never asks: nobody else may leave the rejection unhandled.
    pop: async () => {
      for (let turns = 0; turns < 5; turns++) await turn();
      return {};
    },
  });
  await assert.rejects(stand.round(), /a fault of our own/);
  assert.deepEqual(heard, [null]);
  assert.deepEqual(
    stand.events.filter((event) => event.startsWith('finish')),
    ['finish imap []', 'finish pop []'],
  );
});

test('each result is reported as its attempt ends, not held back by one that hangs', async () => {
  const hung = Promise.withResolvers<Partial<ProbeResult>>();
  const stand = stage({ smtp: accepts, pop: () => hung.promise });
  const round = stand.round();
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.deepEqual(
    stand.reported.map(({ protocol }) => protocol),
    ['smtp', 'imap'],
  );
  hung.resolve({ failure: refused });
  await round;
  assert.deepEqual(
    stand.reported.map(({ protocol }) => protocol),
    ['smtp', 'imap', 'pop'],
  );
});

test('an attempt has ended before its result is reported', async () => {
  const stand = stage({ smtp: accepts });
  await stand.round(['smtp']);
  assert.deepEqual(stand.events, ['began smtp', 'ended smtp', 'report smtp']);
});

test('after all results, every session is finished once; the first removes, the others log out', async () => {
  const stand = stage({ smtp: accepts }, { removable: () => ['a', 'b'] });
  await stand.round();
  assert.deepEqual(stand.events.slice(-3), ['finish imap [a,b]', 'finish pop []', 'removed [a,b]']);
  const lastReport = stand.events.findLastIndex((event) => event.startsWith('report'));
  assert.ok(lastReport < stand.events.indexOf('finish imap [a,b]'));
});

test('when the first reader failed, the next one removes', async () => {
  const stand = stage(
    { smtp: accepts, imap: () => ({ failure: refused }) },
    { removable: () => ['a'] },
  );
  await stand.round();
  assert.deepEqual(stand.events.slice(-2), ['finish pop [a]', 'removed [a]']);
});

test('with no session open, nothing is asked to be removed', async () => {
  const stand = stage(
    { smtp: accepts, imap: () => ({ failure: refused }), pop: () => ({ failure: refused }) },
    { removable: () => assert.fail('nobody can remove') },
  );
  await stand.round();
  assert.ok(!stand.events.some((event) => event.startsWith('removed')));
});

test('sessions are logged out even when the store cannot say what is to be removed', async () => {
  const stand = stage(
    { smtp: accepts },
    {
      removable: () => {
        throw new Error('disk I/O error');
      },
    },
  );
  await assert.rejects(stand.round(), /disk I\/O error/);
  assert.deepEqual(stand.events.slice(-2), ['finish imap []', 'finish pop []']);
});

test('after the daemon was told to stop, failures are reported no more, successes still are', async () => {
  const ending = new AbortController();
  const stand = stage(
    {
      smtp: () => {
        ending.abort();
        return { failure: refused };
      },
      imap: () => ({ failure: refused }),
    },
    { signal: ending.signal },
  );
  await stand.round();
  assert.deepEqual(
    stand.reported.map(({ protocol }) => protocol),
    ['pop'],
  );
  assert.ok(stand.events.includes('ended smtp') && stand.events.includes('ended imap'));
});

test('the message of the round, seen, proves the round trip', async () => {
  const stand = stage({
    smtp: accepts,
    imap: async (ask) => {
      await ask.message?.accepted;
      const token = ask.message?.token ?? '';
      const sightings = [{ token, lastNotSeen: null, firstSeen: 5_100 }];
      return { vouches: 'login', lookedAt: 5_100, sightings };
    },
  });
  await stand.round();
  assert.equal(stand.of('imap')?.vouches, 'roundtrip');
});

test('an accepted message that is not there after the allowance is a failure of the reader', async () => {
  const lookedAt = 5_000 + tenant.deliveryAllowance + 1;
  const stand = stage(
    { smtp: accepts, pop: () => ({ vouches: 'login', lookedAt }) },
    { pending: () => [{ token: 'old', acceptedAt: 5_000 }] },
  );
  await stand.round(['pop']);
  const failure = stand.of('pop')?.failure;
  assert.equal(failure?.reason, 'not-delivered');
  assert.equal(failure?.provenFrom, 5_000 + tenant.deliveryAllowance);
  assert.equal(failure?.provenTo, lookedAt);
  assert.equal(stand.of('pop')?.vouches, 'login');
});

test('a lost message that a newer one has overtaken is looked for, and is no failure', async () => {
  const pending = [{ token: 'lost', acceptedAt: 5_000, excused: true }];
  const stand = stage(
    { imap: () => ({ vouches: 'login', lookedAt: 10_000_000 }) },
    { pending: () => pending },
  );
  await runAttemptOf(tenant, 'imap', 'login', 1, stand.ports);
  assert.deepEqual(stand.asked.get('imap')?.pending, pending);
  assert.equal(stand.of('imap')?.failure, null);
  assert.equal(stand.of('imap')?.vouches, 'login');
});

test('a message that is not accepted yet is not missed', async () => {
  const sent = Promise.withResolvers<Partial<ProbeResult>>();
  const stand = stage({
    smtp: () => sent.promise,
    imap: () => ({ vouches: 'login', lookedAt: 10_000_000 }),
  });
  const round = stand.round(['smtp', 'imap']);
  for (let turns = 0; turns < 5; turns++) await turn();
  assert.equal(stand.of('imap')?.failure, null);
  sent.resolve({ acceptedAt: 5_000 });
  await round;
});

test('readers without SMTP wait for no message', async () => {
  const stand = stage({});
  await stand.round(['imap', 'pop']);
  assert.equal(stand.asked.get('imap')?.message, null);
  assert.equal(stand.asked.get('pop')?.message, null);
});

test('a single attempt at connect looks for nothing and keeps nothing', async () => {
  const stand = stage({}, { pending: () => assert.fail('not to be asked') });
  await runAttemptOf(tenant, 'imap', 'connect', 3, stand.ports);
  assert.deepEqual(stand.events, ['began imap', 'ended imap', 'report imap']);
  assert.equal(stand.asked.get('imap')?.turn, 3);
  assert.equal(stand.asked.get('imap')?.message, null);
});

test('a single round trip of SMTP sends a message of its own', async () => {
  const stand = stage({ smtp: accepts });
  await runAttemptOf(tenant, 'smtp', 'roundtrip', 1, stand.ports);
  assert.match(stand.of('smtp')?.token ?? '', /^[0-9a-f]{24}$/);
  await runAttemptOf(tenant, 'smtp', 'login', 1, stand.ports);
  assert.equal(stand.reported[1]?.token, null);
});

test('a single login finishes its session', async () => {
  const stand = stage({}, { removable: () => ['a'] });
  await runAttemptOf(tenant, 'pop', 'login', 1, stand.ports);
  assert.deepEqual(stand.events.slice(-2), ['finish pop [a]', 'removed [a]']);
});
