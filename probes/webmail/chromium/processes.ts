import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The processes that live in a folder of ours: it stands in their command line, or as their home. Only Linux
 * tells; elsewhere there are none to be found.
 */
export function processesIn(folder: string): readonly number[] {
  return entriesOf('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((pid) =>
      ['cmdline', 'environ'].some((file) => textOf(join('/proc', pid, file)).includes(folder)),
    )
    .map(Number);
}

/** Ends them at once, each by its own number. Never throws. */
export function killProcessesIn(folder: string): void {
  // A process may have just begun another one: until none is left, or three times.
  for (let round = 0; round < 3; round += 1) {
    const found = processesIn(folder);
    if (found.length === 0) return;
    for (const pid of found) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
