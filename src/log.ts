import pino from 'pino';

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
