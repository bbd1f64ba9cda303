import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The file system as the configuration needs it. Both throw what `node:fs` throws, with its `code`. */
export interface Files {
  /** The text (UTF-8) of a regular file. */
  readonly read: (path: string) => string;
  /** The names in a folder. */
  readonly list: (folder: string) => readonly string[];
}

/** No file that a configuration names is larger. Bytes. */
const maximumSize = 1024 * 1024;

export const realFiles: Files = { read: readRegularFile, list: (folder) => readdirSync(folder) };

/** A pipe or a device could block for ever or never end, so only regular files of a bounded size are read. */
function readRegularFile(path: string): string {
  const descriptor = openSync(path, 'r');
  try {
    const status = fstatSync(descriptor);
    if (status.isDirectory()) throw withCode('EISDIR');
    if (!status.isFile()) throw withCode('ENOTREG');
    if (status.size > maximumSize) throw withCode('EFBIG');
    const buffer = Buffer.alloc(maximumSize + 1);
    let length = 0;
    for (;;) {
      const count = readSync(descriptor, buffer, length, buffer.length - length, null);
      length += count;
      if (length > maximumSize) throw withCode('EFBIG');
      if (count === 0) return buffer.toString('utf8', 0, length);
    }
  } finally {
    closeSync(descriptor);
  }
}

function withCode(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Why a file could not be read, in words: `there is no such file (ENOENT)`. */
export function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return `${causes[code] ?? 'cannot be read'} (${code})`;
}

const causes: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  EISDIR: 'it is a folder',
  ENOTREG: 'it is not a regular file',
  EFBIG: 'it is larger than 1 MiB',
};

/** A file as it is opened (absolute) and as it is shown in a fault (as the person named it). */
export interface Place {
  readonly path: string;
  readonly shown: string;
}

/** A path that a configuration names: relative paths start at the folder of that configuration. */
export function besides(configuration: string, path: string): Place {
  return {
    path: resolve(dirname(configuration), path),
    shown: isAbsolute(path) ? path : join(dirname(configuration), path),
  };
}

/** The folder of the contracts, flows or providers that come with the program. */
export function builtInFolder(kind: 'contracts' | 'flows' | 'providers'): string {
  return fileURLToPath(new URL(`../../config/${kind}`, import.meta.url));
}

/** True when a reference is meant as a path and not as the name of something built in. */
export function isPath(reference: string): boolean {
  return /[\\/]|\.ya?ml$/.test(reference);
}
