import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { messageStore } from '../../src/store/messages.ts';
import { newDatabase, resultOf, write } from './example.ts';

function newMessages(context: TestContext) {
  const { connection } = newDatabase(context);
  return { connection, messages: messageStore(connection) };
}

const seen = (token: string, firstSeen = 5_000) => ({ token, lastNotSeen: null, firstSeen });

test('a round trip is written as a message, its readers as sightings', (t) => {
  const { connection, messages } = newMessages(t);
  write(
    connection,
    resultOf({ protocol: 'smtp', token: 'a', startedAt: 900, endedAt: 1000, acceptedAt: 990 }),
    resultOf({ sightings: [{ token: 'a', lastNotSeen: 1010, firstSeen: 1100 }] }),
  );
  assert.equal(messages.acceptedAt('a'), 990);
  assert.deepEqual(connection.prepare('SELECT * FROM sighting').all(), [
    { token: 'a', protocol: 'imap', last_not_seen: 1010, first_seen: 1100, folder: 'inbox' },
  ]);
  assert.deepEqual(messages.left('acme', 0), [
    { token: 'a', acceptedAt: 990, sentAt: 900, seenBy: 1, astray: false },
  ]);
});

test('a message whose 250 never came is sent, and not accepted', (t) => {
  const { messages } = newMessages(t);
  messages.sent('acme', 'a', 900, null);
  assert.equal(messages.acceptedAt('a'), null);
  assert.deepEqual(messages.awaitedBy('acme', 'imap', 0, 10), []);
  assert.deepEqual(messages.left('acme', 0), [
    { token: 'a', acceptedAt: null, sentAt: 900, seenBy: 0, astray: false },
  ]);
});

test('the first sighting of a protocol stands; those of strangers are not taken', (t) => {
  const { connection, messages } = newMessages(t);
  messages.sent('acme', 'a', 900, 990);
  messages.seen('imap', seen('a', 1100));
  messages.seen('imap', seen('a', 1200));
  messages.seen('pop', seen('a', 1300));
  messages.seen('imap', seen('stranger'));
  assert.deepEqual(
    connection.prepare('SELECT protocol, first_seen AS at FROM sighting ORDER BY at').all(),
    [
      { protocol: 'imap', at: 1100 },
      { protocol: 'pop', at: 1300 },
    ],
  );
});

test('a protocol awaits what was accepted, is not seen by it and not removed, newest first', (t) => {
  const { messages } = newMessages(t);
  for (const [index, token] of ['a', 'b', 'c', 'd', 'e'].entries())
    messages.sent('acme', token, 1000 * index, 1000 * index + 90);
  messages.sent('other', 'f', 6000, 6090);
  messages.seen('imap', seen('b'));
  messages.seen('pop', seen('c'));
  messages.removed('d', 9000);
  const awaited = (since: number, most: number) =>
    messages.awaitedBy('acme', 'imap', since, most).map(({ token }) => token);
  assert.deepEqual(awaited(0, 10), ['e', 'c', 'a']);
  assert.deepEqual(awaited(0, 2), ['e', 'c']);
  assert.deepEqual(awaited(2090, 10), ['e', 'c']);
  assert.deepEqual(awaited(2091, 10), ['e']);
});

test('a message sent before `since` and accepted after it is awaited', (t) => {
  const { messages } = newMessages(t);
  messages.sent('acme', 'slow', 1_000, 60_000);
  assert.equal(messages.awaitedBy('acme', 'imap', 31_000, 10).length, 1);
});

test('the newest that a protocol has seen is by acceptance, not by arrival', (t) => {
  const { messages } = newMessages(t);
  assert.equal(messages.newestSeenBy('acme', 'imap', 0), null);
  messages.sent('acme', 'old', 1000, 1090);
  messages.sent('acme', 'new', 2000, 2090);
  messages.seen('imap', seen('new', 3000));
  messages.seen('imap', seen('old', 4000));
  assert.equal(messages.newestSeenBy('acme', 'imap', 0), 2090);
  assert.equal(messages.newestSeenBy('acme', 'imap', 2001), null);
  assert.equal(messages.newestSeenBy('acme', 'pop', 0), null);
  assert.equal(messages.newestSeenBy('other', 'imap', 0), null);
});

test('what is removed is left no more; removing again keeps the first time', (t) => {
  const { connection, messages } = newMessages(t);
  messages.sent('acme', 'a', 1000, 1090);
  messages.sent('acme', 'b', 2000, 2090);
  messages.removed('a', 3000);
  messages.removed('a', 4000);
  assert.deepEqual(
    messages.left('acme', 0).map(({ token }) => token),
    ['b'],
  );
  assert.deepEqual(messages.left('acme', 2001), []);
  assert.deepEqual(
    connection.prepare("SELECT removed_at AS at FROM message WHERE token = 'a'").get(),
    { at: 3000 },
  );
});

test('asking what is awaited does not read the messages of all time', (t) => {
  const { connection } = newMessages(t);
  const asked: string[] = [];
  const prepare = connection.prepare.bind(connection);
  t.mock.method(connection, 'prepare', (sql: string) => {
    asked.push(sql);
    return prepare(sql);
  });
  messageStore(connection);
  const sql = asked.find((one) => one.includes('@since') && one.includes('NOT EXISTS')) ?? '';
  const plan = connection
    .prepare(`EXPLAIN QUERY PLAN ${sql}`)
    .all({ tenant: 'acme', protocol: 'imap', since: 0, most: 1, address: null, first: 0 }) as {
    detail: string;
  }[];
  assert.match(
    plan.map(({ detail }) => detail).join('\n'),
    /message_left \(tenant=\? AND sent_at>\?\)/,
  );
});
