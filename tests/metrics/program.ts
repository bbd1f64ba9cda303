import { accessSync, constants } from 'node:fs';

/** Where a program is, of the folders in PATH; null where it is not installed. */
export function programInPath(name: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(':')) {
    try {
      accessSync(`${folder}/${name}`, constants.X_OK);
      return `${folder}/${name}`;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
