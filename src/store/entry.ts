import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';
import { lockDatabase } from './lock.ts';
import {
  type Connection,
  explain,
  newerSchema,
  newestVersion,
  openDatabase,
  opening,
  readMigrations,
  StoreError,
  versionOf,
} from './open.ts';

/** How long a write waits for that of another process, ms. */
const patience = 5_000;

/**
 * Opens the database to add single rows, beside a running daemon or without one. The daemon's lock is
 * not taken: WAL lets two processes write in turn, and a short transaction waits for its own.
 * A missing or older database is brought up to date first, but never under a running daemon, which
 * knows nothing of the newer schema.
 * @throws StoreError
 */
export function openForEntry(path: string): Connection {
  if (!existsSync(path) || isOlder(path)) bringUpToDate(path);
  const connect = () => new Database(path, { fileMustExist: true, timeout: patience });
  return opening(path, connect, (connection) => {
    const [found, known] = [versionOf(connection), newestVersion(readMigrations())];
    if (found !== known)
      throw new StoreError(found > known ? newerSchema(path, found, known) : olderSchema(path));
    // As the daemon: what a person entered is evidence, too.
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
  });
}

/**
 * Opens the database for `work`, and closes it again whatever happens.
 * @throws StoreError what `openForEntry` throws, and what SQLite refuses: nothing was entered then
 */
export function enterInto<T>(path: string, work: (connection: Connection) => T): T {
  const connection = openForEntry(path);
  try {
    return work(connection);
  } catch (error) {
    const refused = error instanceof Error && 'code' in error && /^SQLITE_/.test(`${error.code}`);
    throw refused ? new StoreError(`nothing was entered: ${explain(path, error)}`) : error;
  } finally {
    connection.close();
  }
}

/** An empty file counts as older: it is a database without a schema. */
function isOlder(path: string): boolean {
  let found = 0;
  const connect = () => new Database(path, { fileMustExist: true, timeout: patience });
  opening(path, connect, (connection) => {
    found = versionOf(connection);
  }).close();
  return found < newestVersion(readMigrations());
}

function bringUpToDate(path: string): void {
  let release: () => void;
  try {
    release = lockDatabase(path);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    throw new StoreError(
      existsSync(path) ? `${olderSchema(path)}; ${error.message}` : error.message,
    );
  }
  try {
    openDatabase(path).close();
  } finally {
    release();
  }
}

function olderSchema(path: string): string {
  return `${path}: its schema is older than this program's, and a daemon that runs would not know the newer one: restart the daemon with this version, it brings the schema up to date`;
}
