import type { Settings } from '../config/settings.ts';
import { createLogger } from '../log.ts';
import { type Daemon, type DaemonOptions, startDaemon } from '../main.ts';
import { StoreError } from '../store/open.ts';
import { CommandError } from './exit.ts';

/** Runs the daemon until it is told to stop; resolves when everything is written and logged out. */
export async function run(
  settings: Settings,
  options: Omit<DaemonOptions, 'logger'> & {
    readonly logLevel: string;
    readonly started?: (daemon: Daemon) => void;
  },
): Promise<void> {
  const logger = createLogger(options.logLevel);
  const stopped = stopSignal();
  // From the start: a SIGHUP that nobody listens to ends the process.
  let begun: (daemon: Daemon) => void = () => {};
  const running = new Promise<Daemon>((resolve) => {
    begun = resolve;
  });
  if (options.read)
    process.on('SIGHUP', () => {
      logger.info({ signal: 'SIGHUP' }, 'reading the configuration anew');
      void running.then((daemon) => daemon.reload());
    });
  const daemon = await startDaemon(settings, { ...options, logger }).catch((error: unknown) => {
    if (error instanceof StoreError) throw new CommandError(error.message);
    throw error instanceof Error ? new CommandError(error.message) : error;
  });
  const tenants = settings.tenants.map(({ name }) => name);
  logger.info({ tenants, ports: daemon.ports, database: settings.database }, 'started');
  begun(daemon);
  options.started?.(daemon);
  const signal = await stopped;
  logger.info({ signal }, 'stopping: what is under way ends first');
  await daemon.stop();
}

const stopSignals = ['SIGTERM', 'SIGINT'] as const;

/** Resolves with the name of the first signal that asks us to stop; a second one ends us at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    const told = (signal: NodeJS.Signals): void => {
      for (const one of stopSignals) process.off(one, told);
      resolve(signal);
    };
    for (const one of stopSignals) process.on(one, told);
  });
}
