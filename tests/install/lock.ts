import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** One package in the lock file; what else an entry has is passed on. */
interface Entry {
  engines?: unknown;
  gypfile?: boolean;
  optionalDependencies?: Readonly<Record<string, string>>;
}

/** A lock file as npm writes it. */
export interface Lock {
  readonly packages: Readonly<Record<string, Entry>>;
}

/** The lock file of this tree. */
export const lockFile = join(import.meta.dirname, '../../package-lock.json');

export function readLock(): Lock {
  return JSON.parse(readFileSync(lockFile, 'utf8'));
}

/**
 * Puts into a lock file what lets `npm ci` work on a bare machine and `npm install` takes out again:
 *
 * - better-sqlite3: `"gypfile": false`. It brings its binaries, but also a binding.gyp, and npm before
 *   11 builds whatever has one, with Python and a compiler.
 * - no `engines` but our own: npm asks the Node that started it, while Node 24 from the package `node`
 *   runs everything. A package that is optional (as each of knip's native parts is) would be left out
 *   for it in silence; the others would be warned of, one after the other.
 */
export function prepared(lock: Lock): Lock {
  const packages: Record<string, Entry> = {};
  for (const [path, entry] of Object.entries(lock.packages)) {
    const { engines, ...rest } = entry;
    if (path === '') packages[path] = entry;
    else if (path === 'node_modules/better-sqlite3') packages[path] = { ...rest, gypfile: false };
    else packages[path] = rest;
  }
  return { ...lock, packages };
}

// `npm run lock`
if (import.meta.main) writeFileSync(lockFile, `${JSON.stringify(prepared(readLock()), null, 2)}\n`);
