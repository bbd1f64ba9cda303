import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { opening, StoreError } from './open.ts';

/**
 * Makes this process the only daemon on the database, until released or dead. The lock is one of the
 * operating system, on a file of its own: it dies with its process (kill -9 included), leaves nothing
 * to clean up, and does not keep reports from reading the database.
 * @throws StoreError when another daemon holds it, or the file cannot be made
 */
export function lockDatabase(path: string): () => void {
  const lockPath = `${path}.lock`;
  const holderPath = `${path}.pid`;
  const connect = () => {
    mkdirSync(dirname(path), { recursive: true });
    return new Database(lockPath, { timeout: 0 });
  };
  const lock = opening(lockPath, connect, (connection) => {
    try {
      connection.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
      if (!busy) throw error;
      throw new StoreError(
        `${path}: another mailminute daemon${holder(holderPath)} is running on this database; stop it first, or name another file under "database"`,
      );
    }
  });
  tellHolder(holderPath);
  return () => lock.close();
}

/** For the message above only: a full disk must not keep the daemon from starting. */
function tellHolder(holderPath: string): void {
  try {
    writeFileSync(holderPath, `${process.pid}\n`);
  } catch {
    // The lock itself is held all the same.
  }
}

function holder(holderPath: string): string {
  try {
    const pid = Number.parseInt(readFileSync(holderPath, 'utf8'), 10);
    return Number.isNaN(pid) ? '' : ` (process ${pid})`;
  } catch {
    return '';
  }
}
