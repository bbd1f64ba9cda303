import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { watchedFor } from '../../src/domain/delay-sums.ts';
import { fateStore } from '../../src/store/fates.ts';
import { messageStore } from '../../src/store/messages.ts';
import { fastDatabase, resultOf, write } from './example.ts';

const minute = 60_000;
const start = 1_000 * minute;

function given(context: TestContext) {
  const { connection } = fastDatabase(context);
  const messages = messageStore(connection);
  const fates = fateStore(connection);
  return {
    connection,
    messages,
    fates,
    settle: (now: number) => fates.settle('acme', now, minute).changes,
    counts: () =>
      Object.fromEntries(
        fates.counts('acme', 0, Infinity).map(({ fate, messages: count }) => [fate, count]),
      ),
  };
}

test('every message has one fate from the moment it is sent, and the sums equal the messages', (t) => {
  const { messages, settle, counts } = given(t);
  for (let index = 0; index < 10; index++)
    messages.sent('acme', `m${index}`, start + index, start + index);
  assert.deepEqual(counts(), { pending: 10 });
  messages.seen('imap', { token: 'm1', lastNotSeen: start, firstSeen: start + 20 });
  messages.seen('imap', {
    token: 'm2',
    lastNotSeen: start + 2 * minute,
    firstSeen: start + 125_000,
  });
  messages.seen('imap', { token: 'm3', lastNotSeen: null, firstSeen: start + 20, folder: 'junk' });
  messages.sent('acme', 'no', start, null, { refusedAt: start + 5 });
  const tokens = settle(start + 3 * minute).map(({ token, to }) => [token, to]);
  assert.deepEqual(tokens, [
    ['m1', 'on-time'],
    ['m2', 'late'],
    ['m3', 'junk'],
    ['no', 'refused'],
  ]);
  assert.deepEqual(counts(), { 'on-time': 1, late: 1, junk: 1, refused: 1, pending: 7 });
  assert.deepEqual(settle(start + 3 * minute), []);
  settle(start + watchedFor + minute);
  assert.deepEqual(counts(), { 'on-time': 1, late: 1, junk: 1, refused: 1, lost: 7 });
});

test('evidence that comes later changes a fate', (t) => {
  const { messages, settle, counts } = given(t);
  messages.sent('acme', 'a', start, start);
  messages.seen('imap', { token: 'a', lastNotSeen: null, firstSeen: start + 20 });
  settle(start + 1_000);
  messages.copied({ token: 'a', folder: 'inbox', copies: 2, seenAt: start + minute });
  assert.deepEqual(settle(start + minute), [
    { token: 'a', route: 'loop', from: 'on-time', to: 'duplicate' },
  ]);
  assert.deepEqual(counts(), { duplicate: 1 });
});

test('a message that is there long after its removal is a second copy; one that was never removed is none', (t) => {
  const { messages, settle, counts } = given(t);
  for (const token of ['a', 'b']) {
    messages.sent('acme', token, start, start);
    messages.seen('imap', { token, lastNotSeen: null, firstSeen: start + 20 });
    messages.copied({ token, folder: 'inbox', copies: 1, seenAt: start + 1_000 });
  }
  messages.removed('a', start + 2_000);
  messages.copied({ token: 'a', folder: 'inbox', copies: 1, seenAt: start + 12_001 });
  settle(start + minute);
  assert.deepEqual(counts(), { 'on-time': 1, duplicate: 1 });
});

test('the oldest pending message of each route is told, and bounces by class', (t) => {
  const { messages, settle, fates } = given(t);
  messages.sent('acme', 'a', start, start + 100);
  messages.sent('acme', 'b', start + 5_000, start + 5_100, { route: 'outbound' });
  messages.sent('acme', 'c', start, start + 50);
  const report = { action: 'failed', seenAt: start + 900 } as const;
  messages.reported({ ...report, token: 'c', class: 'hard', status: '5.1.1' });
  messages.reported({ ...report, token: 'c', class: 'other', status: '5.0.0' });
  messages.reported({ ...report, token: 'not-ours', class: 'hard', status: '5.1.1' });
  settle(start + 1_000);
  assert.deepEqual(fates.oldestPending('acme'), [
    { route: 'loop', since: start + 100 },
    { route: 'outbound', since: start + 5_100 },
  ]);
  assert.deepEqual(fates.bounces('acme', 0, Infinity), [{ class: 'hard', messages: 1 }]);
});

test('a sighting is narrowed by the looks before it, of the same reader and folder only', (t) => {
  const { connection, messages } = given(t);
  const look = (folder: 'inbox' | 'junk', lookedAt: number, acceptedSince: number) =>
    messages.looked('acme', 'imap', { folder, lookedAt, acceptedSince });
  messages.sent('acme', 'a', start, start + 100);
  messages.sent('acme', 'b', start, start + 200);
  look('inbox', start + 50_000, start + 100);
  look('inbox', start + 60_000, start + 101);
  look('junk', start + 70_000, start + 100);
  look('inbox', start + 99_000, start + 100);
  messages.looked('acme', 'pop', { folder: 'inbox', lookedAt: start + 80_000, acceptedSince: 0 });
  for (const token of ['a', 'b'])
    messages.seen('imap', { token, lastNotSeen: null, firstSeen: start + 90_000 });
  const notSeen = connection
    .prepare('SELECT last_not_seen AS at FROM sighting ORDER BY token')
    .pluck()
    .all();
  assert.deepEqual(notSeen, [start + 50_000, start + 60_000]);
});

test('what an attempt found already there was not missing at the look that found it', (t) => {
  const { connection } = given(t);
  const sent = { protocol: 'smtp', startedAt: start, endedAt: start + 100 } as const;
  write(
    connection,
    resultOf({ ...sent, token: 'a', acceptedAt: start + 90 }),
    resultOf({
      endedAt: start + 9_000,
      lookedAt: start + 8_000,
      sightings: [{ token: 'a', lastNotSeen: null, firstSeen: start + 8_500 }],
      looks: [{ folder: 'inbox', lookedAt: start + 8_000, acceptedSince: start }],
    }),
  );
  const sighting = connection.prepare('SELECT last_not_seen AS at FROM sighting').get();
  assert.deepEqual(sighting, { at: null });
});

test('evidence of messages is never edited or removed', (t) => {
  const { connection, messages } = given(t);
  messages.sent('acme', 'a', start, start);
  messages.looked('acme', 'imap', { folder: 'inbox', lookedAt: start, acceptedSince: start });
  messages.copied({ token: 'a', folder: 'inbox', copies: 2, seenAt: start });
  messages.reported({ token: 'a', action: 'failed', class: 'hard', status: null, seenAt: start });
  for (const table of ['look', 'delivery_report', 'message_copy']) {
    assert.throws(() => connection.exec(`DELETE FROM ${table}`), /never removed/, table);
    const column = table === 'look' ? 'looked_at' : 'seen_at';
    assert.throws(
      () => connection.exec(`UPDATE ${table} SET ${column} = 1`),
      /never edited/,
      table,
    );
  }
});
