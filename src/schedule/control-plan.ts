import type { Clock } from '../domain/clock.ts';
import { type Depth, depthOf, reaches } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';

/** Pauses from start to start, ms: when all is well, and while something fails. */
const calmPause = 60_000;
const alarmedPause = 10_000;
/** However many protocols begin to fail: never sooner than this after the last start, ms. */
const shortestPause = 2_000;
/** A failure that is not repeated for so long no longer alarms: its login is held back, ms. */
const alarmLasts = 60_000;

/** The part of a result that alarms or calms. */
export type Alarm = Pick<ProbeResult, 'tenant' | 'protocol' | 'vouches' | 'failure'>;

interface Failing {
  readonly depth: Depth;
  /** Monotonic ms of the last failure. */
  readonly at: number;
}

/**
 * When the control targets are due: every minute, spread by ± 10 % so that it beats in step with
 * nothing, and at once and then every 10 s while any protocol of any tenant fails, so that every
 * failure has a round within about 10 s. One round at a time. Reads no clock: `now` is monotonic ms.
 */
export function planControls(now: number, random: () => number) {
  const failing = new Map<string, Failing>();
  let startedAt = -Infinity;
  let due = now;
  let underWay = false;

  function isAlarmed(at: number): boolean {
    for (const [key, one] of failing) if (at - one.at > alarmLasts) failing.delete(key);
    return failing.size > 0;
  }

  return {
    /** Monotonic ms of the next round; Infinity while one is under way. */
    next: (): number => (underWay ? Infinity : due),
    /** Begins the round that is due; false when none is. */
    begin(at: number): boolean {
      if (underWay || at < due) return false;
      underWay = true;
      startedAt = at;
      due = at + Math.round(calmPause * (0.9 + 0.2 * random()));
      return true;
    },
    /** The round is over: whatever it found, the next can come. */
    ended(at: number): void {
      underWay = false;
      if (isAlarmed(at)) due = Math.min(due, startedAt + alarmedPause);
    },
    /** Learns from a stored result. */
    observe(result: Alarm, at: number): void {
      const key = `${result.tenant} ${result.protocol}`;
      const known = failing.get(key);
      if (result.failure !== null) {
        failing.set(key, { depth: depthOf(result.failure.phase), at });
        const pause = known === undefined ? shortestPause : alarmedPause;
        due = Math.min(due, Math.max(at, startedAt + pause));
      } else if (known && result.vouches !== null && reaches(result.vouches, known.depth)) {
        failing.delete(key);
      }
    },
  };
}

export interface ControlPorts {
  readonly clock: Clock;
  /** Calls back after so many ms; gives a function that cancels. */
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly random: () => number;
  /** Does one round and stores it; must not reject. */
  readonly round: (turn: number) => Promise<void>;
}

/** Keeps the rounds going until stopped. */
export function startControls(ports: ControlPorts) {
  const now = () => Math.floor(ports.clock.monotonic() / 1000);
  const plan = planControls(now(), ports.random);
  let turn = 0;
  let stopped = false;
  let cancel = ports.timer(0, wake);

  function wake(): void {
    if (stopped) return;
    if (plan.begin(now())) {
      turn++;
      void ports.round(turn).finally(() => {
        plan.ended(now());
        sleep();
      });
    }
    sleep();
  }

  function sleep(): void {
    cancel();
    const next = plan.next();
    if (!stopped && next !== Infinity) cancel = ports.timer(Math.max(0, next - now()), wake);
  }

  return {
    /** Learns from a stored result, of any tenant. */
    observe(result: Alarm): void {
      plan.observe(result, now());
      sleep();
    },
    stop(): void {
      stopped = true;
      cancel();
    },
  };
}
