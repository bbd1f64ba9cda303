import type { Clock } from '../src/domain/clock.ts';
import type { ControlResult } from '../src/domain/control.ts';
import type { Reason } from '../src/domain/reason.ts';
import { startDeadline } from './deadline.ts';
import { type Fault, faultOf } from './failure.ts';
import { connectStream, type DialObserver } from './stream.ts';

/** Where a control target listens. */
export interface ControlTarget {
  readonly host: string;
  readonly port: number;
}

export interface ControlContext {
  readonly clock: Clock;
  /** Aborts on shutdown. */
  readonly signal: AbortSignal;
  /** Which of a host's addresses is tried first. */
  readonly turn: number;
  /** Of every target, integer ms; default 5 s. */
  readonly deadline?: number;
}

/** What has no number of its own yet. */
export type ControlLook = Omit<ControlResult, 'round'>;

const defaultDeadline = 5_000;

/** A peer that says no has been reached, and its answer came back: the way is open. */
const answered: ReadonlySet<Reason> = new Set(['connection-refused', 'connection-reset']);

/**
 * Looks at every control target at once: name and TCP connection, nothing is sent. Only silence, a
 * missing route and a name that does not resolve count as failed. Never throws, lasts at most the
 * deadline; null when our own shutdown cut the round short, since that says nothing.
 */
export async function probeControls(
  targets: readonly ControlTarget[],
  context: ControlContext,
): Promise<readonly ControlLook[] | null> {
  const looks = await Promise.all(targets.map((target) => probeControl(target, context)));
  return context.signal.aborted ? null : looks;
}

async function probeControl(target: ControlTarget, context: ControlContext): Promise<ControlLook> {
  const { clock } = context;
  const startedAt = clock.wall();
  const monotonicStart = clock.monotonic();
  const tried: Tried = { address: null, at: null };
  const fault = await connecting(target, context, tried);
  const monotonicEnd = clock.monotonic();
  const ok = fault === null || answered.has(fault.reason);
  return {
    target: nameOf(target),
    startedAt,
    // The wall clock as it is, not the start plus what passed: a step must show.
    endedAt: clock.wall(),
    monotonicStart,
    monotonicEnd,
    ok,
    reason: fault?.reason ?? null,
    address: tried.address,
    connectMicroseconds: ok && tried.at !== null ? monotonicEnd - tried.at : null,
  };
}

async function connecting(
  target: ControlTarget,
  context: ControlContext,
  tried: Tried,
): Promise<Fault | null> {
  const deadline = startDeadline(context.deadline ?? defaultDeadline, context.signal);
  const { signal } = deadline;
  try {
    const stream = { ...target, ca: null, servername: null, turn: context.turn };
    const socket = await connectStream(stream, false, noting(tried, context.clock), signal);
    socket.destroy();
    return null;
  } catch (error) {
    return faultOf(signal.aborted ? signal.reason : error);
  } finally {
    deadline.clear();
  }
}

/** What a look that is under way knows. */
interface Tried {
  address: string | null;
  /** Monotonic microseconds of the first request to connect. */
  at: number | null;
}

function noting(tried: Tried, clock: Clock): DialObserver {
  return {
    phase() {},
    mark() {},
    address(text) {
      tried.address = text;
      tried.at ??= clock.monotonic();
    },
    tls() {},
  };
}

function nameOf({ host, port }: ControlTarget): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
