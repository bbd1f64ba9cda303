import { type Depth, deeper, depthOf, type Protocol, reaches } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import {
  denseInterval,
  refusedElsewherePause,
  refusedPasswordPause,
  throttledPause,
} from './pace.ts';

/** What a protocol's last results mean for the next ones. Times are monotonic ms. */
interface Failing {
  readonly since: number;
  readonly depth: Depth;
  readonly successesInARow: number;
}

/** What an observed result asks for. */
export interface Wish {
  /** This protocol just began to fail: look at the tenant's others at once. */
  readonly others: boolean;
  /** A run ended at a shallow depth: prove the deeper ones at once. */
  readonly login: boolean;
}

/**
 * Watches one protocol of one tenant: when to probe densely, and when to hold logins back because a
 * password was refused or the server asked us to slow down.
 */
export function watchProtocol(protocol: Protocol, deepest: Depth) {
  let failing: Failing | null = null;
  let denseDue = 0;
  let heldUntil = 0;
  let throttledInARow = 0;
  let retryDue: number | null = null;

  function succeeded(depth: Depth): Wish {
    if (reaches(depth, 'login')) throttledInARow = 0;
    if (failing === null || !reaches(depth, failing.depth)) return { others: false, login: false };
    const successesInARow = failing.successesInARow + 1;
    const shallow = successesInARow === 1 && !reaches(depth, 'login') && reaches(deepest, 'login');
    failing = successesInARow >= 2 ? null : { ...failing, successesInARow };
    return { others: false, login: shallow };
  }

  function failed(result: ProbeResult, acceptedElsewhere: boolean, now: number): Wish {
    const failure = result.failure;
    if (failure === null) return { others: false, login: false };
    if (failure.reason === 'throttled' || failure.reason === 'policy-blocked') {
      throttledInARow++;
      heldUntil = now + throttledPause(throttledInARow);
      return { others: false, login: false };
    }
    if (failure.reason === 'auth-refused' || failure.reason === 'secret-unreadable') {
      heldUntil = now + (acceptedElsewhere ? refusedElsewherePause : refusedPasswordPause);
      retryDue = heldUntil;
      return { others: false, login: false };
    }
    const begins = failing === null;
    failing = {
      since: failing?.since ?? now,
      depth: deeper(failing?.depth ?? 'connect', depthOf(failure.phase)),
      successesInARow: 0,
    };
    if (begins) denseDue = now + denseInterval(failing.depth, 0);
    return { others: begins, login: false };
  }

  return {
    protocol,
    /** @param acceptedElsewhere the same secret worked on another protocol within the last minute */
    observe(result: ProbeResult, acceptedElsewhere: boolean, now: number): Wish {
      if (result.failure !== null) {
        // An attempt that logged in but missed its message still ends a run of failed logins.
        if (result.vouches !== null && failing?.depth !== 'roundtrip') failing = null;
        return failed(result, acceptedElsewhere, now);
      }
      return result.vouches === null ? { others: false, login: false } : succeeded(result.vouches);
    },
    /** Monotonic ms at which dense probing is due next; null when the protocol is not failing. */
    denseDue: (): number | null => (failing === null ? null : denseDue),
    /** Takes the dense attempt that is due and plans the next: a fixed beat, missed beats left out. */
    takeDense(now: number): Depth {
      const depth = failing?.depth ?? 'connect';
      const interval = denseInterval(depth, now - (failing?.since ?? now));
      denseDue += interval;
      if (denseDue <= now) denseDue = now + interval;
      return depth;
    },
    /** True while logins are to be held back. */
    held: (now: number): boolean => now < heldUntil,
    /** Monotonic ms at which a refused login is due to be tried again; null if none is. */
    retryDue: (): number | null => retryDue,
    /** Takes that retry; everything else waits until its answer is in, `deadline` ms at most. */
    takeRetry(now: number, deadline: number): void {
      retryDue = null;
      heldUntil = now + deadline;
    },
  };
}
export type ProtocolWatch = ReturnType<typeof watchProtocol>;
