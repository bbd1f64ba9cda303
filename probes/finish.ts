import type { Tap } from './attempt/tap.ts';
import type { ProbeOutcome } from './probe.ts';

/** How long a kept session may wait for its `finish`, and how long that may take; ms. */
const keepLimit = 60_000;
const finishLimit = 5000;

/**
 * A `finish` over the session that is still open. `work` deletes and pushes each token that is gone;
 * it may throw, what it pushed before stays true. Then the farewell is said and the tap closed.
 * A finish that is never called ends the session by itself after a minute.
 */
export function finisher(
  tap: Tap,
  farewell: string,
  work: (tokens: readonly string[], gone: string[]) => Promise<void>,
): NonNullable<ProbeOutcome['finish']> {
  const forgotten = setTimeout(() => tap.destroy(), keepLimit).unref();
  return async (tokens) => {
    clearTimeout(forgotten);
    const gone: string[] = [];
    // Destroying the tap wakes whatever read is pending.
    const limit = setTimeout(() => tap.destroy(), finishLimit);
    try {
      await work(tokens, gone);
    } catch {
      // Leftovers are swept by a later round; nothing here is evidence.
    } finally {
      clearTimeout(limit);
    }
    await tap.farewell(farewell);
    return gone;
  };
}
