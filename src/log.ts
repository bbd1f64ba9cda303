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
