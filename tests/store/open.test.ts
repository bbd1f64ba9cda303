import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import Database from 'better-sqlite3';
import { openDatabase, openForReading, StoreError } from '../../src/store/open.ts';
import { newDatabase, resultOf, temporaryFolder, write } from './example.ts';

const migrations = readdirSync(join(import.meta.dirname, '../../migrations')).sort();

function refusalOf(open: () => unknown): string {
  try {
    open();
  } catch (error) {
    assert.ok(error instanceof StoreError, `not a StoreError: ${error}`);
    return error.message;
  }
  throw new Error('was not refused');
}

test('a new database has the schema of the last migration, in WAL mode with full sync', (t) => {
  const { connection } = newDatabase(t);
  assert.equal(connection.pragma('user_version', { simple: true }), migrations.length);
  assert.equal(connection.pragma('journal_mode', { simple: true }), 'wal');
  assert.equal(connection.pragma('synchronous', { simple: true }), 2);
  assert.equal(connection.pragma('foreign_keys', { simple: true }), 1);
});

test('the folders of a new database are made', (t) => {
  const path = join(temporaryFolder(t), 'not', 'yet', 'mailminute.db');
  openDatabase(path).close();
  openForReading(path).close();
});

test('migrations are numbered without a gap, so that their count is the version', () => {
  for (const [index, name] of migrations.entries())
    assert.ok(name.startsWith(String(index + 1).padStart(4, '0')), name);
});

test('migrations run once: opening again keeps what is there', (t) => {
  const { path, connection } = newDatabase(t);
  write(connection, resultOf());
  const again = openDatabase(path);
  t.after(() => again.close());
  assert.deepEqual(again.prepare('SELECT count(*) AS n FROM result').get(), { n: 1 });
});

test('a database that is behind gets what it lacks, in order; a report on it says what to do', (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  new Database(path).close();
  writeFileSync(path, '');
  assert.equal(
    refusalOf(() => openForReading(path)),
    `${path}: schema 0 is older than this program's ${migrations.length}; start the daemon once, it brings the schema up to date`,
  );
  const connection = openDatabase(path);
  t.after(() => connection.close());
  assert.equal(connection.pragma('user_version', { simple: true }), migrations.length);
});

test('a newer schema is refused by writer and reader, and is left as it is', (t) => {
  const { path, connection } = newDatabase(t);
  connection.pragma(`user_version = ${migrations.length + 1}`);
  const said = `${path}: written by a newer mailminute (schema ${migrations.length + 1}, this program knows ${migrations.length}); start that version, or name another file under "database"`;
  assert.equal(
    refusalOf(() => openDatabase(path)),
    said,
  );
  assert.equal(
    refusalOf(() => openForReading(path)),
    said,
  );
  assert.equal(connection.pragma('user_version', { simple: true }), migrations.length + 1);
});

test('every table is STRICT: a value of the wrong type is refused', (t) => {
  const { connection } = newDatabase(t);
  const tables = connection.pragma('table_list') as { name: string; strict: number }[];
  for (const { name, strict } of tables.filter((table) => !table.name.startsWith('sqlite_')))
    assert.equal(strict, 1, name);
  const insert = connection.prepare(
    'INSERT INTO minute (tenant, contract, minute, state) VALUES (?, ?, ?, ?)',
  );
  assert.throws(() => insert.run('acme', 'plain', 'noon', 'available'), /cannot store TEXT value/);
});

test('a file that is not a database is refused with the remedy, and kept', (t) => {
  const path = join(temporaryFolder(t), 'notes.txt');
  const text = 'not a database\n'.repeat(100);
  writeFileSync(path, text);
  const said = `${path}: not a SQLite database; move it away or name another file under "database"`;
  assert.equal(
    refusalOf(() => openDatabase(path)),
    said,
  );
  assert.equal(
    refusalOf(() => openForReading(path)),
    said,
  );
  assert.equal(readFileSync(path, 'utf8'), text);
});

test('a damaged database is refused with the remedy', (t) => {
  const { path, connection } = newDatabase(t);
  connection.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, 100, 4096);
  writeFileSync(path, bytes);
  assert.match(
    refusalOf(() => openDatabase(path)),
    /the database is damaged; restore the last backup/,
  );
});

test('a path below a regular file is refused, and the path is named', (t) => {
  const file = join(temporaryFolder(t), 'file');
  writeFileSync(file, '');
  const path = join(file, 'data', 'mailminute.db');
  for (const open of [openDatabase, openForReading])
    assert.ok(refusalOf(() => open(path)).startsWith(`${path}: `));
});

test('a folder in place of the file is refused, and the path is named', (t) => {
  const path = join(temporaryFolder(t), 'mailminute.db');
  mkdirSync(path);
  for (const open of [openDatabase, openForReading])
    assert.match(
      refusalOf(() => open(path)),
      /mailminute\.db: cannot be opened \(SQLITE_CANTOPEN.*\); check that it exists/,
    );
});

test('a report never creates a database', (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, 'mailminute.db');
  assert.match(
    refusalOf(() => openForReading(path)),
    /cannot be opened .*check that it exists/,
  );
  assert.deepEqual(readdirSync(folder), []);
});

test('a database opened for reading cannot be written', (t) => {
  const { path } = newDatabase(t);
  const reader = openForReading(path);
  t.after(() => reader.close());
  assert.throws(() => write(reader, resultOf()), /readonly/);
});
