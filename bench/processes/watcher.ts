/**
 * The truth of arrival: tells when a message's file appears in a Maildir's `new/`, whatever any client
 * says. In a process of its own that is served first, so that the clients' work does not delay it.
 * Argument: the Maildir. Prints nothing; sends an `Arrival` for each of our messages.
 */
import { readdirSync, readFileSync, watch } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import type { Arrival } from './messages.ts';

const maildir = process.argv[2] ?? '';
const seen = new Set<string>();

try {
  setPriority(constants.priority.PRIORITY_HIGHEST);
} catch {
  // Root without that right, as in some containers: the truth then comes a little late at times.
}

/** By the time that it is read, a client may have moved it from `new/` to `cur/` and given it flags. */
function read(name: string): string {
  try {
    return readFileSync(join(maildir, 'new', name), 'utf8');
  } catch {
    const moved = readdirSync(join(maildir, 'cur')).find((other) => other.startsWith(`${name}:`));
    return moved === undefined ? '' : readFileSync(join(maildir, 'cur', moved), 'utf8');
  }
}

function tell(name: string, at: number): void {
  const token = /^X-Mailminute-Token: (\S+)\r?$/m.exec(read(name))?.[1];
  if (token !== undefined) process.send?.({ token, at } satisfies Arrival);
}

watch(join(maildir, 'new'), (_, name) => {
  const at = Date.now();
  // The same name comes again when the file is moved away.
  if (name === null || seen.has(name)) return;
  seen.add(name);
  try {
    tell(name, at);
  } catch {
    // Already removed: the round has no truth then, and says so.
  }
});
process.on('disconnect', () => process.exit(0));
process.send?.('ready');
