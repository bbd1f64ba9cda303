import type { Folder } from '../../src/domain/message.ts';
import type { Memory } from '../probe.ts';

/** When each message was last surely not in a folder, wall ms, by the looks of all sessions of this process. */
const remembered = new WeakMap<Memory, Map<string, number>>();
const mostRemembered = 1000;

/** A complete look at `at` (wall ms) did not show these messages. */
export function noteMissing(
  memory: Memory,
  folder: Folder,
  tokens: readonly string[],
  at: number,
): void {
  const known = remembered.get(memory) ?? new Map<string, number>();
  remembered.set(memory, known);
  if (known.size > mostRemembered) known.clear();
  for (const token of tokens) {
    const key = `${folder} ${token}`;
    known.set(key, Math.max(at, known.get(key) ?? at));
  }
}

/** The last look before `seenAt` that did not show the message, wall ms; null if none is remembered. */
export function lastMissing(
  memory: Memory,
  folder: Folder,
  token: string,
  seenAt: number,
): number | null {
  const at = remembered.get(memory)?.get(`${folder} ${token}`) ?? null;
  return at !== null && at < seenAt ? at : null;
}
