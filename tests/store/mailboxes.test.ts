import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mailboxStore } from '../../src/store/mailboxes.ts';
import { messageStore } from '../../src/store/messages.ts';
import { attemptReader } from '../../src/store/results.ts';
import { newDatabase, resultOf, write } from './example.ts';

test('a tenant with one mailbox leaves no trace, whatever its address', (t) => {
  const { connection } = newDatabase(t);
  const { begin, eras } = mailboxStore(connection);
  begin('acme', ['a'], 1);
  begin('acme', ['b'], 2);
  assert.deepEqual(eras('acme'), []);
});

test('which mailboxes there were is written down from several on, once a change, and never edited', (t) => {
  const { connection } = newDatabase(t);
  const { begin, eras } = mailboxStore(connection);
  begin('acme', ['a', 'b'], 10);
  begin('acme', ['a', 'b'], 20);
  begin('other', ['x', 'y'], 25);
  begin('acme', ['a'], 30);
  // A clock that was set back does not turn the order of time.
  begin('acme', ['a', 'c'], 5);
  assert.deepEqual(eras('acme'), [
    { since: 10, mailboxes: ['a', 'b'] },
    { since: 30, mailboxes: ['a'] },
    { since: 30, mailboxes: ['a', 'c'] },
  ]);
  assert.throws(() => connection.exec('UPDATE tenant_mailboxes SET since = 0'), /never edited/);
  assert.throws(() => connection.exec('DELETE FROM tenant_mailboxes'), /never removed/);
});

test('the last success of each mailbox is found, and that of the time before there were several', (t) => {
  const { connection } = newDatabase(t);
  write(
    connection,
    resultOf({ endedAt: 1_000 }),
    resultOf({ endedAt: 2_000, mailbox: 'a' }),
    resultOf({ endedAt: 3_000, mailbox: 'b' }),
    resultOf({ endedAt: 4_000, mailbox: 'a' }),
    resultOf({ endedAt: 9_000, mailbox: 'b' }),
  );
  const several = { since: 1_500, mailboxes: ['a', 'b'] };
  const found = attemptReader(connection).attempts('acme', 8_000, 10_000, several);
  assert.deepEqual(
    found.map(({ endedAt, mailbox }) => [endedAt, mailbox]),
    [
      [1_000, undefined],
      [4_000, 'a'],
      [3_000, 'b'],
      [9_000, 'b'],
    ],
  );
});

test('a mailbox awaits its own messages; what names none is the first one’s', (t) => {
  const { connection } = newDatabase(t);
  const messages = messageStore(connection);
  messages.sent('acme', 'old', 1, 2);
  messages.sent('acme', 'to-a', 3, 4, { mailbox: 'a' });
  messages.sent('acme', 'to-b', 5, 6, { mailbox: 'b' });
  const awaited = (address: string, first: boolean) =>
    messages.awaitedBy('acme', 'imap', 0, 9, { address, first }).map(({ token }) => token);
  assert.deepEqual(awaited('a', true), ['to-a', 'old']);
  assert.deepEqual(awaited('b', false), ['to-b']);
  const left = messages.left('acme', 0, { address: 'b', first: false });
  assert.deepEqual(
    left.map(({ token }) => token),
    ['to-b'],
  );
  messages.seen('imap', { token: 'to-a', lastNotSeen: null, firstSeen: 7 });
  assert.equal(messages.newestSeenBy('acme', 'imap', 0, { address: 'b', first: false }), null);
  assert.equal(messages.newestSeenBy('acme', 'imap', 0), 4);
});
