import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptReader, resultWriter } from '../../src/store/results.ts';
import { failureOf, newDatabase, resultOf, write } from './example.ts';

const everything = resultOf({
  vouches: 'login',
  failure: failureOf({
    phase: 'visible',
    reason: 'not-delivered',
    kind: 'silence',
    code: 'X',
    message: 'a message that was accepted is not in the mailbox',
    provenFrom: 900_000,
    provenTo: 999_990,
  }),
  mailbox: 'probe@acme.example',
  token: 'feed',
  acceptedAt: 999_950,
  lookedAt: 999_980,
});

test('every column holds what the result says', (t) => {
  const { connection } = newDatabase(t);
  const id = resultWriter(connection)(everything);
  assert.deepEqual(connection.prepare('SELECT * FROM result').get(), {
    id,
    tenant: 'acme',
    protocol: 'imap',
    depth: 'roundtrip',
    started_at: 999_900,
    ended_at: 1_000_000,
    monotonic_start: 999_900_000,
    monotonic_end: 1_000_000_000,
    phases: '[["tcp",400],["auth",99600]]',
    vouches: 'login',
    failed_phase: 'visible',
    reason: 'not-delivered',
    failure_kind: 'silence',
    code: 'X',
    message: 'a message that was accepted is not in the mailbox',
    proven_from: 900_000,
    proven_to: 999_990,
    address: '127.0.0.1:993',
    tls_version: 'TLSv1.3',
    certificate_not_after: 2_000_000_000_000,
    transcript: '> a LOGIN\n< a OK',
    token: 'feed',
    accepted_at: 999_950,
    looked_at: 999_980,
    mailbox: 'probe@acme.example',
  });
});

test('a success leaves every column of the failure empty, and keeps no transcript', (t) => {
  const { connection } = newDatabase(t);
  write(connection, resultOf({ address: null, tlsVersion: null, certificateNotAfter: null }));
  const row = connection.prepare('SELECT * FROM result').get() as Record<string, unknown>;
  const empty = Object.keys(row).filter((column) => row[column] === null);
  assert.deepEqual(empty, [
    'failed_phase',
    'reason',
    'failure_kind',
    'code',
    'message',
    'proven_from',
    'proven_to',
    'address',
    'tls_version',
    'certificate_not_after',
    'transcript',
    'token',
    'accepted_at',
    'looked_at',
    'mailbox',
  ]);
});

test('what the judge reads of a result is what was written', (t) => {
  const { connection } = newDatabase(t);
  write(connection, everything, resultOf({ endedAt: 1_000_500 }));
  const [failed, succeeded] = attemptReader(connection).attempts('acme', 0, 2_000_000);
  assert.deepEqual(failed, {
    mailbox: 'probe@acme.example',
    protocol: 'imap',
    startedAt: 999_900,
    endedAt: 1_000_000,
    monotonicStart: 999_900_000,
    monotonicEnd: 1_000_000_000,
    vouches: 'login',
    failure: {
      phase: 'visible',
      reason: 'not-delivered',
      code: 'X',
      provenFrom: 900_000,
      provenTo: 999_990,
    },
  });
  assert.equal(succeeded?.failure, null);
  assert.equal(succeeded?.vouches, 'roundtrip');
});

test('a monotonic clock of a machine that is up for a century is stored exactly', (t) => {
  const { connection } = newDatabase(t);
  const late = 100 * 366 * 86_400 * 1_000_000 + 7;
  write(connection, resultOf({ monotonicStart: late, monotonicEnd: late + 1 }));
  const [attempt] = attemptReader(connection).attempts('acme', 0, 2_000_000);
  assert.equal(attempt?.monotonicStart, late);
  assert.equal(attempt?.monotonicEnd, late + 1);
});

test('attempts are those that ended in [from, to), in the order of their end', (t) => {
  const { connection } = newDatabase(t);
  const at = (endedAt: number) => resultOf({ endedAt, failure: failureOf({ provenTo: endedAt }) });
  write(connection, at(3000), at(1000), at(2000), at(999), resultOf({ tenant: 'other' }));
  const read = attemptReader(connection).attempts('acme', 1000, 3000);
  assert.deepEqual(
    read.map(({ endedAt }) => endedAt),
    [1000, 2000],
  );
});

test('before them come the last success of each protocol and vouched depth, and no others', (t) => {
  const { connection } = newDatabase(t);
  write(
    connection,
    resultOf({ endedAt: 100, vouches: 'connect' }),
    resultOf({ endedAt: 200, vouches: 'roundtrip' }),
    resultOf({ endedAt: 300, vouches: 'connect' }),
    resultOf({ endedAt: 400, failure: failureOf() }),
    resultOf({ endedAt: 500, protocol: 'pop', vouches: 'login' }),
    resultOf({ endedAt: 600, protocol: 'pop', vouches: 'login' }),
    resultOf({ endedAt: 650, protocol: 'pop', vouches: 'login', tenant: 'other' }),
    // The last proof of a login may be that of an attempt which missed its message.
    resultOf({ endedAt: 700, vouches: 'login', failure: failureOf({ phase: 'visible' }) }),
    resultOf({ endedAt: 1000, vouches: 'connect' }),
  );
  const read = attemptReader(connection).attempts('acme', 1000, 2000);
  assert.deepEqual(
    read.map(({ protocol, vouches, endedAt }) => `${protocol} ${vouches} ${endedAt}`),
    [
      'imap connect 300',
      'imap login 700',
      'imap roundtrip 200',
      'pop login 600',
      'imap connect 1000',
    ],
  );
});

test('the first and the latest end are those of the tenant, null without a result', (t) => {
  const { connection } = newDatabase(t);
  const reader = attemptReader(connection);
  assert.equal(reader.firstEnd('acme'), null);
  assert.equal(reader.latestEnd('acme'), null);
  write(connection, resultOf({ endedAt: 900 }), resultOf({ endedAt: 700 }));
  write(connection, resultOf({ endedAt: 1, tenant: 'other' }));
  assert.equal(reader.firstEnd('acme'), 700);
  assert.equal(reader.latestEnd('acme'), 900);
});
