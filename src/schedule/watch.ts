import {
  type Depth,
  deeper,
  depthOf,
  type Protocol,
  reaches,
  shallower,
} from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import {
  denseInterval,
  mostInFlight,
  refusedElsewherePause,
  refusedPasswordPause,
  roomPause,
  throttledPause,
} from './pace.ts';

/** What a protocol's last results mean for the next ones. Times are monotonic ms. */
interface Failing {
  readonly since: number;
  readonly depth: Depth;
  readonly successesInARow: number;
}

/** The part of a result that a watch learns from. */
type Learnt = Pick<ProbeResult, 'vouches' | 'failure'>;

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
  /** A tripwire was cut and no attempt has ended since: so many dense attempts are left to find out. */
  let suspicion = 0;
  /** The server asked us to slow down: nothing as deep as that is tried before. */
  let throttled: { readonly until: number; readonly depth: Depth; readonly inARow: number } | null =
    null;
  /** A password was refused: no login before. */
  let refusedUntil = -Infinity;
  let retryDue: number | null = null;

  function succeeded(depth: Depth): Wish {
    if (failing === null || !reaches(depth, failing.depth)) return { others: false, login: false };
    const successesInARow = failing.successesInARow + 1;
    const shallow = successesInARow === 1 && !reaches(depth, 'login') && reaches(deepest, 'login');
    failing = successesInARow >= 2 ? null : { ...failing, successesInARow };
    return { others: false, login: shallow };
  }

  function failed(result: Learnt, acceptedElsewhere: boolean, now: number): Wish {
    const failure = result.failure;
    if (failure === null) return { others: false, login: false };
    if (failure.reason === 'throttled' || failure.reason === 'policy-blocked') {
      slowDown(depthOf(failure.phase), now);
      return { others: false, login: false };
    }
    if (failure.reason === 'auth-refused' || failure.reason === 'secret-unreadable') {
      refusedUntil = now + (acceptedElsewhere ? refusedElsewherePause : refusedPasswordPause);
      retryDue = refusedUntil;
      return { others: false, login: false };
    }
    const begins = failing === null;
    failing = {
      since: failing?.since ?? now,
      depth: deeper(failing?.depth ?? 'connect', depthOf(failure.phase)),
      successesInARow: 0,
    };
    if (begins && suspicion === 0) denseDue = now + denseInterval(failing.depth, 0);
    suspicion = 0;
    return { others: begins, login: false };
  }

  /** A login was accepted: nothing is held back any more. */
  function letIn(): void {
    throttled = null;
    refusedUntil = -Infinity;
    retryDue = null;
  }

  function slowDown(depth: Depth, now: number): void {
    const held = shallower(shallower(depth, 'login'), throttled?.depth ?? 'login');
    if (throttled !== null && now < throttled.until) {
      // It was under way already when we slowed down: no further warning.
      throttled = { ...throttled, depth: held };
      return;
    }
    const inARow = (throttled?.inARow ?? 0) + 1;
    throttled = { until: now + throttledPause(inARow), depth: held, inARow };
  }

  return {
    protocol,
    /** @param acceptedElsewhere the same secret worked on another protocol within the last minute */
    observe(result: Learnt, acceptedElsewhere: boolean, now: number): Wish {
      if (result.vouches !== null) suspicion = 0;
      if (result.vouches !== null && reaches(result.vouches, 'login')) letIn();
      if (result.failure !== null) {
        // An attempt that logged in but missed its message still ends a run of failed logins.
        if (result.vouches !== null && failing !== null && reaches(result.vouches, failing.depth))
          failing = null;
        return failed(result, acceptedElsewhere, now);
      }
      return result.vouches === null ? { others: false, login: false } : succeeded(result.vouches);
    },
    /** The deepest depth at which the protocol fails now; null when it does not. */
    failingAt: (): Depth | null => failing?.depth ?? null,
    /** Monotonic ms at which dense probing is due next; null when the protocol is not failing. */
    denseDue: (): number | null => (failing === null && suspicion === 0 ? null : denseDue),
    /** A hung service proves nothing before a deadline has passed: try again and again until then. */
    suspect(now: number): void {
      if (failing !== null || suspicion > 0) return;
      suspicion = mostInFlight;
      denseDue = now + denseInterval('connect', 0);
    },
    /** Takes the dense attempt that is due and plans the next: a fixed beat, missed beats left out. */
    takeDense(now: number): Depth {
      if (failing === null) suspicion--;
      const depth = failing?.depth ?? 'connect';
      const interval = denseInterval(depth, now - (failing?.since ?? now));
      denseDue += interval;
      if (denseDue <= now) denseDue = now + interval;
      return depth;
    },
    /** No room for the dense attempt that is due: it waits for the next one to end. */
    putOffDense(now: number): void {
      denseDue = now + roomPause;
    },
    /** True while attempts of this depth are to be held back. */
    held(depth: Depth, now: number): boolean {
      if (throttled !== null && now < throttled.until && reaches(depth, throttled.depth))
        return true;
      return reaches(depth, 'login') && now < refusedUntil;
    },
    /** Monotonic ms at which a refused login is due to be tried again; null if none is. */
    retryDue: (): number | null =>
      retryDue === null ? null : Math.max(retryDue, throttled?.until ?? retryDue),
    /** Takes that retry; everything else waits until its answer is in, `deadline` ms at most. */
    takeRetry(now: number, deadline: number): void {
      retryDue = null;
      refusedUntil = now + deadline;
    },
  };
}
