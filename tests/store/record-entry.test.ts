import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { enterInto, openForEntry } from '../../src/store/entry.ts';
import { lockDatabase } from '../../src/store/lock.ts';
import { openDatabase, StoreError } from '../../src/store/open.ts';
import { recordStore } from '../../src/store/records.ts';
import { entryWatch } from '../../src/store/touched.ts';
import { newFolder } from './exclusion-database.ts';

const notice = {
  tenant: 'acme',
  author: 'operator',
  enteredAt: 1,
  note: null,
  evidence: null,
  clause: null,
  detail: { kind: 'notice', at: 1, subject: 'new terms' },
} as const;

function versionOf(path: string): number {
  const connection = new Database(path, { readonly: true });
  try {
    return Number(connection.pragma('user_version', { simple: true }));
  } finally {
    connection.close();
  }
}

/** A database of the first schema, as an older program left it. */
function olderDatabase(): string {
  const path = join(newFolder(), 'mailminute.db');
  const connection = new Database(path);
  connection.pragma('journal_mode = WAL');
  connection.close();
  return path;
}

test('an entry is made beside a daemon that holds the lock, and the daemon sees it', () => {
  const path = join(newFolder(), 'mailminute.db');
  const release = lockDatabase(path);
  const daemon = openDatabase(path);
  try {
    const id = enterInto(path, (connection) => recordStore(connection).add(notice));
    assert.equal(entryWatch(daemon).changes(0).last, id);
    assert.equal(recordStore(daemon).list('acme').length, 1);
  } finally {
    daemon.close();
    release();
  }
});

test('a database that is missing or older is brought up to date while no daemon runs', () => {
  const missing = join(newFolder(), 'data', 'mailminute.db');
  openForEntry(missing).close();
  assert.ok(existsSync(missing));
  const older = olderDatabase();
  openForEntry(older).close();
  assert.equal(versionOf(older), versionOf(missing));
  lockDatabase(older)();
});

test('under a running daemon an older schema is left alone, and the person is told what to do', () => {
  const path = olderDatabase();
  const release = lockDatabase(path);
  try {
    assert.throws(
      () => openForEntry(path),
      (error) =>
        error instanceof StoreError && /restart the daemon with this version/.test(error.message),
    );
    assert.equal(versionOf(path), 0);
  } finally {
    release();
  }
});

test('a newer schema and a file that is no database are refused in words', () => {
  const path = join(newFolder(), 'mailminute.db');
  openForEntry(path).close();
  const connection = new Database(path);
  connection.pragma('user_version = 900');
  connection.close();
  assert.throws(() => openForEntry(path), /written by a newer mailminute \(schema 900/);
  const text = join(newFolder(), 'mailminute.db');
  writeFileSync(text, 'not a database at all, but long enough to be looked at '.repeat(40));
  assert.throws(() => openForEntry(text), /not a SQLite database/);
});

test('what SQLite refuses is told in words; a fault of our own is not hidden', () => {
  const path = join(newFolder(), 'mailminute.db');
  assert.throws(
    () => enterInto(path, (connection) => connection.exec('DELETE FROM nowhere')),
    (error) =>
      error instanceof StoreError && /nothing was entered: .*no such table/.test(error.message),
  );
  assert.throws(
    () =>
      enterInto(path, () => {
        throw new TypeError('ours');
      }),
    { name: 'TypeError', message: 'ours' },
  );
});
