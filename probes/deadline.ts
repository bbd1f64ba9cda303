import { Fault } from './failure.ts';

const shutdownMessage = 'ended by shutdown';

export interface Deadline {
  /** Aborts with a `Fault`: `timeout` at the deadline, `internal-error` on shutdown. */
  readonly signal: AbortSignal;
  /** Ends timer and listener; the signal never aborts afterwards. */
  clear(): void;
}

/** The one deadline of an attempt, joined with the shutdown signal. The timer keeps no process alive. */
export function startDeadline(milliseconds: number, shutdown: AbortSignal): Deadline {
  const controller = new AbortController();
  // An answer may lie in the kernel when our own loop is late: let it be read before calling it silence.
  let immediate: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    immediate = setImmediate(() => {
      controller.abort(new Fault('timeout', 'no answer by the deadline'));
    });
  }, milliseconds).unref();
  const onShutdown = (): void => {
    controller.abort(new Fault('internal-error', shutdownMessage));
  };
  shutdown.addEventListener('abort', onShutdown, { once: true });
  if (shutdown.aborted) onShutdown();
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      clearImmediate(immediate);
      shutdown.removeEventListener('abort', onShutdown);
    },
  };
}

/** True if a result's failure is only our own end: it says nothing about the provider, drop it. */
export function isEndedByShutdown(failure: { reason: string; message: string } | null): boolean {
  return failure?.reason === 'internal-error' && failure.message === shutdownMessage;
}
