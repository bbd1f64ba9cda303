import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { backUp, restore } from '../../src/store/backup.ts';
import { openJournal } from '../../src/store/journal.ts';
import { lockDatabase } from '../../src/store/lock.ts';
import { openDatabase, StoreError } from '../../src/store/open.ts';
import { verifySeals } from '../../src/store/verify.ts';
import { newDatabase, resultOf, temporaryFolder } from './example.ts';

const rowsOf = (path: string) => {
  const database = new Database(path, { readonly: true });
  const rows = database.prepare('SELECT * FROM result ORDER BY id').all();
  database.close();
  return rows;
};

test('a backup beside a daemon that writes holds every result so far, whole', (t) => {
  const { path, connection } = newDatabase(t);
  const journal = openJournal(connection, () => {});
  for (let at = 1; at <= 50; at += 1) journal.append(resultOf({ endedAt: at * 1_000_000 }));
  const file = join(temporaryFolder(t), 'backup.db');
  backUp(path, file, false);
  assert.deepEqual(rowsOf(file), rowsOf(path));
  assert.equal(rowsOf(file).length, 50);
  journal.append(resultOf({ endedAt: 51_000_000 }));
  assert.equal(rowsOf(path).length, 51);
});

test('a backup that is there is not overwritten unless that is asked for', (t) => {
  const { path } = newDatabase(t);
  const file = join(temporaryFolder(t), 'backup.db');
  writeFileSync(file, 'mine');
  assert.throws(() => backUp(path, file, false), /is there already; --force overwrites it/);
  assert.equal(readFileSync(file, 'utf8'), 'mine');
  backUp(path, file, true);
  assert.deepEqual(rowsOf(file), []);
});

test('a backup into a folder that is not there says so, and leaves nothing behind', (t) => {
  const { path } = newDatabase(t);
  const folder = temporaryFolder(t);
  assert.throws(() => backUp(path, join(folder, 'none/backup.db'), false), StoreError);
  assert.deepEqual(readdirSync(folder), []);
});

test('a restored database is the backup, and what was there is kept', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'mailminute.db');
  const first = openDatabase(path);
  openJournal(first, () => {}).append(resultOf({ endedAt: 1_000_000 }));
  const file = join(folder, 'backup.db');
  backUp(path, file, false);
  openJournal(first, () => {}).append(resultOf({ endedAt: 2_000_000 }));
  first.close();
  const kept = restore(path, file, Date.UTC(2026, 9, 3, 12, 30));
  assert.equal(kept, `${path}.before-20261003T123000Z`);
  assert.equal(rowsOf(path).length, 1);
  assert.equal(rowsOf(kept ?? '').length, 2);
  const again = openDatabase(path);
  t.after(() => again.close());
  openJournal(again, () => {}).append(resultOf({ endedAt: 3_000_000 }));
  assert.equal(rowsOf(path).length, 2);
  assert.doesNotThrow(() => verifySeals(again, { most: 100 }));
});

test('nothing is restored under a running daemon, nor from what is no whole backup', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'mailminute.db');
  openDatabase(path).close();
  const file = join(folder, 'backup.db');
  backUp(path, file, false);
  const release = lockDatabase(path);
  assert.throws(() => restore(path, file, 0), /another mailminute daemon/);
  release();
  const text = join(folder, 'text.db');
  writeFileSync(text, 'no database');
  assert.throws(() => restore(path, text, 0), StoreError);
  const other = join(folder, 'other.db');
  new Database(other).exec('CREATE TABLE a (b); PRAGMA user_version = 0').close();
  assert.throws(() => restore(path, other, 0), /no database of mailminute/);
  const cut = join(folder, 'cut.db');
  writeFileSync(cut, readFileSync(file).subarray(0, 8192));
  assert.throws(() => restore(path, cut, 0), StoreError);
  assert.throws(() => restore(path, join(folder, 'none.db'), 0), StoreError);
  assert.equal(existsSync(`${path}.part`), false);
  assert.deepEqual(rowsOf(path), []);
});
