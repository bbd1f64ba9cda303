import { type ConfigFault, formatFaults } from './config/fault.ts';
import type { Logger } from './log.ts';

const mostLogged = 50;

/** Logs each fault with its place, and gives all of them as text. Faults hold no secrets. */
export function tellFaults(
  logger: Logger,
  faults: readonly ConfigFault[],
  message: string,
): string {
  for (const { file, line, column, path, message: fault } of faults.slice(0, mostLogged))
    logger.error({ file, line, column, path, fault }, message);
  return formatFaults(faults);
}
