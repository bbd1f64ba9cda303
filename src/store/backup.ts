import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { lockDatabase } from './lock.ts';
import { explain, isKnownSchema, openForReading, opening, StoreError } from './open.ts';

/**
 * Writes a consistent copy of the database, beside a running daemon or without one; the daemon goes on
 * writing meanwhile. The copy appears under its name only when it is whole and on disk.
 * @throws StoreError
 */
export function backUp(path: string, target: string, overwrite: boolean): void {
  if (existsSync(target) && !overwrite)
    throw new StoreError(`${target} is there already; --force overwrites it, or name another file`);
  const part = `${target}.part`;
  const connection = openForReading(path);
  try {
    rmSync(part, { force: true });
    // It writes to the other file alone, which is still a write to SQLite.
    connection.pragma('query_only = OFF');
    // One snapshot in one read transaction (SQLite, "VACUUM INTO"): the page-wise backup would begin
    // anew with every result that the daemon writes.
    connection.prepare('VACUUM INTO ?').run(part);
    toDisk(part);
    renameSync(part, target);
    toDisk(dirname(target));
  } catch (error) {
    rmSync(part, { force: true });
    if (error instanceof StoreError) throw error;
    throw new StoreError(explain(target, error));
  } finally {
    connection.close();
  }
}

/**
 * Puts a backup in the database's place; what was there is kept beside it, under the name returned.
 * No daemon may run on it.
 * @param now wall ms, for the name of what is kept
 * @throws StoreError and then everything is as it was
 */
export function restore(path: string, source: string, now: number): string | null {
  examine(source);
  const release = lockDatabase(path);
  try {
    return swap(path, source, now);
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(explain(path, error));
  } finally {
    release();
  }
}

function swap(path: string, source: string, now: number): string | null {
  const part = `${path}.part`;
  copyFileSync(source, part);
  toDisk(part);
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const kept = existsSync(path) ? `${path}.before-${stamp}` : null;
  if (kept !== null) {
    settle(path);
    renameSync(path, kept);
  }
  for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
  renameSync(part, path);
  toDisk(dirname(path));
  return kept;
}

/** What stands in the write-ahead log belongs to the file that is moved away. */
function settle(path: string): void {
  opening(
    path,
    () => new Database(path, { timeout: 2000 }),
    (connection) => {
      connection.pragma('wal_checkpoint(TRUNCATE)');
    },
  ).close();
}

/** A backup is whole, and of a schema that this program knows or can bring up to date. */
function examine(source: string): void {
  const connect = () => new Database(source, { fileMustExist: true, readonly: true });
  opening(source, connect, (connection) => {
    const found = connection.pragma('integrity_check(1)', { simple: true });
    if (found !== 'ok')
      throw new StoreError(`${source}: the backup is damaged (${found}); take an older one`);
    if (!isKnownSchema(connection))
      throw new StoreError(
        `${source}: no database of mailminute, or one of a newer version; update mailminute first`,
      );
  }).close();
}

function toDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
