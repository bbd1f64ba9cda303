import pino from 'pino';
import type { Fate } from './domain/message.ts';
import type { ProbeResult } from './domain/result.ts';

export type Logger = pino.Logger;

/**
 * One JSON line an event, on standard output, written at once: a killed process loses none.
 * Log whitelisted fields only, never a config object or a raw error: they may hold secrets.
 */
export function createLogger(level: string): Logger {
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 1, sync: true }),
  );
}

/** An error as one line that is safe to log: name and message, no fields and no stack. */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}

/** A success is only told when asked for; a failure always, in words of the closed sets. */
export function logResult(logger: Logger, result: ProbeResult): void {
  const { tenant, protocol, depth, startedAt, endedAt, failure } = result;
  const fields = { tenant, protocol, depth, milliseconds: endedAt - startedAt };
  if (failure === null) {
    logger.debug(fields, 'probe succeeded');
    return;
  }
  const { phase, reason, code } = failure;
  logger.warn({ ...fields, phase, reason, code }, 'probe failed');
}

/** A message that came in time is told only when asked for. */
export function logFate(
  logger: Logger,
  tenant: string,
  { token, to }: { readonly token: string; readonly to: Fate },
): void {
  const level = to === 'on-time' || to === 'pending' ? 'debug' : 'warn';
  logger[level]({ tenant, token, fate: to }, 'a message has its fate');
}
