import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DomainChange } from '../../src/domain/dns.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import type { Attribution } from '../../src/domain/ledger.ts';
import type { Phase } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';
import {
  healthy,
  judged,
  refused,
  refusedThrough,
  s,
  silent,
  strip,
  success,
  undelivered,
} from './case.ts';
import { rounds } from './controls.ts';

const allWell = rounds(0, 600, 0);

/** IMAP fails with this reason from 60 to 130 s, everything else is well. */
function failing(phase: Phase, reason: Reason): Attempt[] {
  const failures: Attempt[] = [];
  for (let at = 60; at <= 130; at += 10) failures.push(refused('imap', at, phase, reason));
  return [...healthy('imap', 0, 60), ...failures, ...healthy('imap', 131, 300)];
}

const table: readonly (readonly [Phase, Reason, Attribution, string])[] = [
  ['tcp', 'connection-refused', 'provider', '.Ud..'],
  ['greeting', 'connection-reset', 'provider', '.Ud..'],
  ['auth', 'connection-closed', 'provider', '.Ud..'],
  ['greeting', 'timeout', 'provider', '.Ud..'],
  ['tls', 'certificate-expired', 'provider', '.Ud..'],
  ['auth', 'temporary-error', 'provider', '.Ud..'],
  ['select', 'temporary-error', 'provider', '.Ud..'],
  ['dns', 'name-not-found', 'provider', '.Ud..'],
  ['auth', 'auth-refused', 'customer', '???..'],
  ['select', 'mailbox-full', 'customer', '???..'],
  ['auth', 'secret-unreadable', 'customer', '???..'],
  ['auth', 'throttled', 'throttled', '???..'],
  ['rcpt', 'policy-blocked', 'throttled', '???..'],
  ['tcp', 'no-route', 'local', '???..'],
  ['dns', 'dns-failed', 'local', '???..'],
];

describe('whose fault a failure is, with the control targets well', () => {
  for (const [phase, reason, attribution, minutes] of table)
    test(`${reason} in ${phase} is laid to: ${attribution}`, () => {
      const judgement = judged(failing(phase, reason), 5, { controls: allWell });
      assert.deepEqual(
        judgement.runs.map((run) => run.attribution),
        [attribution],
      );
      assert.equal(strip(judgement), minutes);
    });
});

test('a password refused here and taken elsewhere within the minute is the provider’s fault', () => {
  const attempts = [...failing('auth', 'auth-refused'), ...healthy('pop', 0, 300)];
  const judgement = judged(attempts, 5, { controls: allWell });
  assert.equal(judgement.runs[0]?.attribution, 'provider');
  assert.equal(strip(judgement), '.Ud..');
});

test('a login that is a protocol’s own is not the other’s: what one takes says nothing of it', () => {
  const attempts = [...failing('auth', 'auth-refused'), ...healthy('pop', 0, 300)];
  for (const loginApart of ['imap', 'pop'] as const) {
    const judgement = judged(attempts, 5, { controls: allWell, loginApart });
    assert.equal(judgement.runs[0]?.attribution, 'customer', loginApart);
  }
});

test('a password that another protocol took only later than a minute is the customer’s fault', () => {
  const later = [success('pop', -1), success('pop', 191), success('pop', 240)];
  const judgement = judged([...failing('auth', 'auth-refused'), ...later], 5);
  assert.equal(judgement.runs[0]?.attribution, 'customer');
});

test('the same silence is the provider’s with controls well and our own with two of three silent', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...[60, 70, 80, 90, 100].map((at) => silent('imap', at, at + 30)),
    ...healthy('imap', 131, 300),
  ];
  const withControls = (failed: number) =>
    judged(attempts, 5, { controls: rounds(0, 300, failed) });
  assert.equal(strip(withControls(0)), '.Ud..');
  assert.equal(strip(withControls(1)), '.Ud..');
  assert.equal(strip(withControls(2)), '???..');
  assert.equal(withControls(2).runs[0]?.attribution, 'local');
  assert.equal(strip(judged(attempts, 5)), '.Ud..');
});

test('a failure of our own way in the midst of an outage proves nothing of that time', () => {
  // Refused from 60 to 300 s; from 125 to 215 s nothing at all can be reached.
  const attempts = [
    ...healthy('imap', 0, 60),
    ...refusedThrough('imap', 60, 120),
    ...[125, 135, 145, 155, 165, 175, 185].map((at) => silent('imap', at, at + 30)),
    ...refusedThrough('imap', 220, 300),
    ...healthy('imap', 301, 420),
  ];
  const controls = [...rounds(0, 120, 0), ...rounds(126, 211, 3), ...rounds(220, 420, 0)];
  const judgement = judged(attempts, 7, { controls });
  const local = judgement.runs.find((run) => run.attribution === 'local');
  const provider = judgement.runs.find((run) => run.attribution === 'provider');
  assert.deepEqual(local?.possible, { from: s(120), to: s(220) });
  assert.deepEqual(provider?.certain, [
    { from: s(60), to: s(120) },
    { from: s(220), to: s(300) },
  ]);
  assert.deepEqual(provider?.possible, { from: s(50), to: s(301) });
  assert.deepEqual([local?.attempts, provider?.attempts], [7, 13 + 17]);
  assert.equal(strip(judgement), '.U??U..');
});

test('a run of which nothing but our own failures is known is local as a whole', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...refusedThrough('imap', 60, 130),
    ...healthy('imap', 131, 300),
  ];
  const judgement = judged(attempts, 5, { controls: rounds(0, 300, 3) });
  assert.equal(judgement.runs.length, 1);
  assert.deepEqual(judgement.runs[0]?.possible, { from: s(50), to: s(131) });
});

test('a silence that overlaps a missing route is our own, control targets or not', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    silent('imap', 60, 90),
    ...[75, 80, 85, 90, 95, 100, 110, 120, 130].map((at) => refused('imap', at, 'tcp', 'no-route')),
    ...healthy('imap', 140, 300),
  ];
  const judgement = judged(attempts, 5);
  assert.deepEqual(
    judgement.runs.map((run) => run.attribution),
    ['local'],
  );
});

test('a message that a look did not find was looked for through an open way, whatever the controls say', () => {
  const attempts = [
    ...healthy('imap', 0, 50),
    ...[100, 110, 150, 190].map((at) => undelivered('imap', 20, at)),
    success('imap', 200),
    ...healthy('imap', 201, 300),
  ];
  const judgement = judged(attempts, 5, { controls: rounds(0, 300, 3) });
  assert.equal(judgement.runs[0]?.attribution, 'provider');
});

test('an answer that asks us to slow down breaks the proof: the server was there', () => {
  const attempts = [
    ...healthy('imap', 0, 60),
    ...refusedThrough('imap', 60, 90),
    refused('imap', 95, 'auth', 'throttled'),
    ...refusedThrough('imap', 100, 130),
    ...healthy('imap', 131, 300),
  ];
  const run = judged(attempts, 5, { controls: allWell }).runs[0];
  assert.equal(run?.attribution, 'provider');
  assert.deepEqual(run?.certain, [
    { from: s(60), to: s(90) },
    { from: s(100), to: s(130) },
  ]);
});

describe('a run is confirmed', () => {
  const run = (second: number, controls = allWell) =>
    judged([success('imap', 0), refused('imap', 20), refused('imap', second)], 1, {
      controls,
    }).runs.find((one) => one.attribution === 'provider');
  test('by two failed attempts 5 s apart, and not by two closer ones', () => {
    assert.equal(run(25)?.confirmed, true);
    assert.equal(run(24.9)?.confirmed, false);
  });
  test('only by attempts made while the control targets were well', () => {
    const mixed = [...rounds(0, 20, 0), ...rounds(24, 34, 3)];
    assert.equal(run(26, mixed)?.confirmed, false);
  });
});

describe('a change of the customer’s own domain', () => {
  const change = (at: number, given: Partial<DomainChange> = {}): DomainChange => ({
    domain: 'acme.example',
    type: 'mx',
    unchangedAt: s(at - 300),
    at: s(at),
    before: ['10 mx.one.example'],
    after: ['10 mx.two.example'],
    ...given,
  });
  const blamed = (...domainChanges: DomainChange[]) =>
    judged(failing('tcp', 'connection-refused'), 5, { controls: allWell, domainChanges }).runs[0]
      ?.attribution;

  test('during a run or in the hour before it makes the run the customer’s', () => {
    assert.equal(blamed(change(100)), 'customer');
    assert.equal(blamed(change(60 - 3600, { type: 'ns' })), 'customer');
    assert.equal(blamed(change(60 - 3601)), 'provider');
    assert.equal(blamed(change(132)), 'provider');
  });
  test('in its SPF alone decides nothing', () => {
    assert.equal(blamed(change(100, { type: 'spf' })), 'provider');
  });
  test('that left nothing counts until the records are back', () => {
    const gone = change(-90_000, { type: 'ns', after: [] });
    assert.equal(blamed(gone), 'customer');
    assert.equal(blamed(gone, change(-80_000, { type: 'ns', before: [] })), 'provider');
    assert.equal(blamed(gone, change(-80_000, { type: 'mx' })), 'customer');
  });
  test('takes nothing from what our own way explains', () => {
    const attempts = failing('tcp', 'connection-refused');
    const given = { controls: rounds(0, 300, 3), domainChanges: [change(100)] };
    assert.equal(judged(attempts, 5, given).runs[0]?.attribution, 'local');
  });
});

test('a run’s minutes stay open for a minute after its end: evidence of whose fault it was may come', () => {
  const attempts = [
    ...healthy('imap', 0, 130),
    ...refusedThrough('imap', 130, 200),
    ...healthy('imap', 201, 400),
  ];
  const until = (now: number) => {
    const known = attempts.filter((one) => one.endedAt <= now * 1000);
    return judged(known, 1, { stretch: { from: 0, to: now * 1000 }, settling: 10_000 }).finalUntil;
  };
  assert.equal(until(260), s(120));
  assert.equal(until(262), s(240));
});
