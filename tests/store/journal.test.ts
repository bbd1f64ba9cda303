import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { ProbeResult } from '../../src/domain/result.ts';
import { incidentStore } from '../../src/store/incidents.ts';
import { openJournal } from '../../src/store/journal.ts';
import { messageStore } from '../../src/store/messages.ts';
import type { Connection } from '../../src/store/open.ts';
import { failureOf, newDatabase, resultOf } from './example.ts';

function newJournal(context: TestContext) {
  const { connection } = newDatabase(context);
  const announced: number[] = [];
  const journal = openJournal(connection, ({ endedAt }) => void announced.push(endedAt));
  return { connection, journal, announced };
}

/** A result that takes a page of its own or more. */
function large(endedAt: number): ProbeResult {
  const transcript = 'x'.repeat(8_000);
  return resultOf({ endedAt, failure: failureOf({ provenTo: endedAt }), transcript });
}

const stored = (connection: Connection): number[] =>
  (
    connection.prepare('SELECT ended_at AS at FROM result ORDER BY id').all() as { at: number }[]
  ).map(({ at }) => at);

/** From now on the database cannot grow. */
function fillDisk(connection: Connection): void {
  connection.pragma(`max_page_count = ${connection.pragma('page_count', { simple: true })}`);
}

const freeDisk = (connection: Connection) => connection.pragma('max_page_count = 100000');

const pause = { kind: 'pause', from: 1_000, to: 9_000, detail: '8 s' } as const;

test('a result is on disk when its listener hears of it', (t) => {
  const { connection } = newDatabase(t);
  const atAnnouncement: number[][] = [];
  const journal = openJournal(connection, () => void atAnnouncement.push(stored(connection)));
  journal.append(resultOf({ endedAt: 10 }));
  journal.append(resultOf({ endedAt: 20 }));
  assert.deepEqual(atAnnouncement, [[10], [10, 20]]);
  assert.deepEqual(journal.state(), { waiting: 0, lost: 0, error: null });
});

test('while the disk is full, results wait in order and nobody hears of them', (t) => {
  const { connection, journal, announced } = newJournal(t);
  journal.append(large(1));
  fillDisk(connection);
  for (const at of [2, 3, 4]) journal.append(large(at));
  assert.deepEqual(announced, [1]);
  assert.deepEqual(journal.state(), {
    waiting: 3,
    lost: 0,
    error: 'database or disk is full',
  });
  assert.equal(journal.flush(), false);
});

test('once there is space, the next write writes all, in order, and announces each once', (t) => {
  const { connection, journal, announced } = newJournal(t);
  fillDisk(connection);
  for (const at of [1, 2, 3]) journal.append(large(at));
  freeDisk(connection);
  journal.append(large(4));
  assert.deepEqual(announced, [1, 2, 3, 4]);
  assert.deepEqual(stored(connection), [1, 2, 3, 4]);
  assert.deepEqual(journal.state(), { waiting: 0, lost: 0, error: null });
  assert.equal(journal.flush(), true);
  assert.equal(announced.length, 4);
});

test('without a new result, a flush is enough', (t) => {
  const { connection, journal, announced } = newJournal(t);
  fillDisk(connection);
  journal.append(large(1));
  freeDisk(connection);
  assert.equal(journal.flush(), true);
  assert.deepEqual(announced, [1]);
});

test('a result is stored with its message and sightings, or not at all', (t) => {
  const { connection, journal } = newJournal(t);
  const messages = messageStore(connection);
  fillDisk(connection);
  journal.append({ ...large(1), protocol: 'smtp', token: 'a', acceptedAt: 1 });
  assert.equal(messages.acceptedAt('a'), null);
  freeDisk(connection);
  journal.append(resultOf({ sightings: [{ token: 'a', lastNotSeen: null, firstSeen: 5 }] }));
  assert.equal(messages.left('acme', -1_000)[0]?.seenBy, 1);
});

test('what waits is bounded: the oldest is given up and counted', (t) => {
  const { connection, journal, announced } = newJournal(t);
  fillDisk(connection);
  for (let at = 1; at <= 5_003; at++) journal.append(large(at));
  assert.equal(journal.state().waiting, 5_000);
  assert.equal(journal.state().lost, 3);
  freeDisk(connection);
  journal.flush();
  assert.equal(announced.length, 5_000);
  assert.equal(announced[0], 4);
  assert.equal(announced.at(-1), 5_003);
  assert.equal(journal.state().lost, 3);
});

test('a result that can never be stored does not hold up the others', (t) => {
  const { connection, journal, announced } = newJournal(t);
  journal.append(resultOf({ endedAt: 1, monotonicStart: 0.5 }));
  assert.equal(journal.state().lost, 1);
  assert.match(journal.state().error ?? '', /cannot store REAL value/);
  journal.append(resultOf({ endedAt: 2 }));
  assert.deepEqual(announced, [2]);
  assert.deepEqual(stored(connection), [2]);
  assert.deepEqual(journal.state(), { waiting: 0, lost: 1, error: null });
});

test('an incident waits for space as results do, and is stored before them', (t) => {
  const { connection } = newDatabase(t);
  const incidents = incidentStore(connection);
  const known: number[] = [];
  const journal = openJournal(connection, () => void known.push(incidents.blind(0, 10_000).length));
  fillDisk(connection);
  journal.append(large(9_500));
  // A page that is there already has room for a few rows.
  for (let count = 0; count < 500; count++) journal.record(pause);
  assert.notEqual(journal.state().error, null);
  freeDisk(connection);
  assert.equal(journal.flush(), true);
  assert.deepEqual(known, [500]);
});
