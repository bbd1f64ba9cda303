import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';
import { StoreError } from './open.ts';

/**
 * Makes this process the only daemon on the database, until released or dead. The lock is one of the
 * operating system, on a file of its own: it dies with its process (kill -9 included), leaves nothing
 * to clean up, and does not keep reports from reading the database.
 * @throws StoreError when another daemon holds it
 */
export function lockDatabase(path: string): () => void {
  const lockPath = `${path}.lock`;
  const holderPath = `${path}.pid`;
  mkdirSync(dirname(path), { recursive: true });
  const lock = new Database(lockPath, { timeout: 0 });
  try {
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
    if (!busy) throw error;
    throw new StoreError(
      `${path}: another mailminute daemon${holder(holderPath)} is running on this database; stop it first, or name another file under "database"`,
    );
  }
  writeFileSync(holderPath, `${process.pid}\n`);
  return () => lock.close();
}

function holder(holderPath: string): string {
  try {
    return ` (process ${Number.parseInt(readFileSync(holderPath, 'utf8'), 10)})`;
  } catch {
    return '';
  }
}
