import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';

export type Connection = Database.Database;

/** A fault of the database that a person can mend; the message says where and how. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}

const migrationsFolder = fileURLToPath(new URL('../../migrations/', import.meta.url));

/**
 * Opens the database for writing, creates it if need be, and brings its schema up to date.
 * One writer only: take the lock (`lockDatabase`) before.
 * @throws StoreError
 */
export function openDatabase(path: string): Connection {
  const connect = () => {
    mkdirSync(dirname(path), { recursive: true });
    return new Database(path);
  };
  return opening(path, connect, (connection) => {
    // Full sync: with NORMAL the last commits may be lost at power failure, and a result is evidence.
    connection.pragma('journal_mode = WAL');
    connection.pragma('synchronous = FULL');
    connection.pragma('foreign_keys = ON');
    connection.pragma('busy_timeout = 2000');
    migrate(connection, readMigrations(), path);
  });
}

/**
 * Opens an existing database for reading, beside a running daemon or without one.
 * @throws StoreError also when the schema is not the one that this program knows
 */
export function openForReading(path: string): Connection {
  const connect = () => new Database(path, { fileMustExist: true, timeout: 2000 });
  return opening(path, connect, (connection) => {
    connection.pragma('query_only = ON');
    const known = newestVersion(readMigrations());
    const found = versionOf(connection);
    if (found === known) return;
    throw new StoreError(
      found > known
        ? newerSchema(path, found, known)
        : `${path}: schema ${found} is older than this program's ${known}; start the daemon once, it brings the schema up to date`,
    );
  });
}

/** Connects and prepares; closes again what could not be prepared. @throws StoreError whatever was wrong */
export function opening(
  path: string,
  connect: () => Connection,
  prepare: (connection: Connection) => void,
): Connection {
  let connection: Connection | null = null;
  try {
    connection = connect();
    prepare(connection);
    return connection;
  } catch (error) {
    connection?.close();
    if (error instanceof StoreError) throw error;
    throw new StoreError(explain(path, error));
  }
}

export function explain(path: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const folder = dirname(path);
  if (code === 'SQLITE_NOTADB')
    return `${path}: not a SQLite database; move it away or name another file under "database"`;
  if (code.startsWith('SQLITE_CORRUPT'))
    return `${path}: the database is damaged; restore the last backup`;
  if (code === 'SQLITE_FULL' || code === 'ENOSPC')
    return `${path}: no space left on the disk; free some and start again`;
  if (code.startsWith('SQLITE_BUSY'))
    return `${path}: in use by another program; end that program and start again`;
  if (
    code.startsWith('SQLITE_CANTOPEN') ||
    code === 'EACCES' ||
    code === 'EPERM' ||
    code === 'EROFS' ||
    code.startsWith('SQLITE_READONLY')
  )
    return `${path}: cannot be opened (${code}); check that it exists and that this user may write to ${folder}`;
  return `${path}: ${error instanceof Error ? error.message : String(error)}`;
}

export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly sql: string;
}

export function readMigrations(): Migration[] {
  return readdirSync(migrationsFolder)
    .filter((name) => /^\d{4}_.*\.sql$/.test(name))
    .sort()
    .map((name) => ({
      version: Number(name.slice(0, 4)),
      name,
      sql: readFileSync(join(migrationsFolder, name), 'utf8'),
    }));
}

export function newestVersion(migrations: readonly Migration[]): number {
  return Math.max(0, ...migrations.map(({ version }) => version));
}

export function versionOf(connection: Connection): number {
  return Number(connection.pragma('user_version', { simple: true }));
}

/** True for a schema of this program's, or one that it can bring up to date. */
export function isKnownSchema(connection: Connection): boolean {
  const found = versionOf(connection);
  return found > 0 && found <= newestVersion(readMigrations());
}

/** Runs the migrations that are still to come, each in a transaction of its own. */
function migrate(connection: Connection, migrations: readonly Migration[], path: string): void {
  const found = versionOf(connection);
  const known = newestVersion(migrations);
  if (found > known) throw new StoreError(newerSchema(path, found, known));
  for (const { version, sql } of migrations.filter(({ version }) => version > found)) {
    connection.transaction(() => {
      connection.exec(sql);
      connection.pragma(`user_version = ${version}`);
    })();
  }
}

export function newerSchema(path: string, found: number, known: number): string {
  return `${path}: written by a newer mailminute (schema ${found}, this program knows ${known}); start that version, or name another file under "database"`;
}
