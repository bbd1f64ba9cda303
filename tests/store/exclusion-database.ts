import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { type Connection, openDatabase } from '../../src/store/open.ts';

/** A new database with the current schema; gone after the tests of the file. */
export function emptyDatabase(): Connection {
  const connection = openDatabase(join(newFolder(), 'mailminute.db'));
  after(() => connection.close());
  return connection;
}

/** A new folder; gone after the tests of the file. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-entries-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
