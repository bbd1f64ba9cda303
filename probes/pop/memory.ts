import type { Memory } from '../probe.ts';

/** What POP remembers of a mailbox beside the anchor; losing it costs time only. */
export interface PopMemory {
  /** UIDL → our token, or null for what is not ours. */
  readonly tokens: Map<string, string | null>;
  /** UIDLs of the last listing, as far as it was kept. */
  listed: ReadonlySet<string>;
  /** The anchor's number in the last whole listing; null if it was not in it. */
  anchorAt: number | null;
  /** A message that had just come was among the highest numbers: mail is numbered by arrival. */
  byArrival: boolean;
}

const remembered = new WeakMap<Memory, PopMemory>();
const tokensRemembered = 1000;

export function popMemoryOf(memory: Memory): PopMemory {
  const known = remembered.get(memory);
  if (known !== undefined) {
    if (known.tokens.size > tokensRemembered) known.tokens.clear();
    return known;
  }
  const fresh: PopMemory = {
    tokens: new Map(),
    listed: new Set(),
    anchorAt: null,
    byArrival: false,
  };
  remembered.set(memory, fresh);
  return fresh;
}
