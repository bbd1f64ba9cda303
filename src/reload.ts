import type { LoadedSettings, Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import { describe, type Logger } from './log.ts';
import type { Observations } from './metrics/observation.ts';
import { tellFaults } from './refusal.ts';

export interface ReloadPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Observations;
  /** Reads the configuration anew; what runs decides what may change. */
  readonly read: (running: Settings) => LoadedSettings;
  /** Has everything go on by these settings. */
  readonly apply: (next: Settings) => Promise<void>;
}

/**
 * Takes up a changed configuration: all of it, or nothing. One at a time; who asks while one is under
 * way shares the next one, which reads what is in the file then.
 */
export function createReloader(first: Settings, ports: ReloadPorts) {
  const { clock, logger, metrics } = ports;
  let running = first;
  let refused: { readonly at: number; readonly faults: string } | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let next: Promise<string | null> | null = null;
  metrics.own.configured(clock.wall());

  function refuse(faults: string): string {
    refused = { at: clock.wall(), faults };
    metrics.own.configured(null);
    logger.error('the configuration was refused: the one before goes on');
    return faults;
  }

  async function takeUp(): Promise<string | null> {
    const { settings, faults, warnings } = ports.read(running);
    for (const { file, line, path, message } of warnings)
      logger.warn({ file, line, path, warning: message }, 'a doubt about the configuration');
    if (settings === null) return refuse(tellFaults(logger, faults, 'wrong configuration'));
    await ports.apply(settings);
    running = settings;
    refused = null;
    metrics.own.configured(clock.wall());
    logger.info({ tenants: settings.tenants.length }, 'the configuration was taken up');
    return null;
  }

  return {
    /** Null when the configuration was taken up, else what is wrong with it, a line a fault. Never rejects. */
    reload(): Promise<string | null> {
      next ??= last.then(() => {
        next = null;
        const taking = takeUp().catch((error: unknown) => refuse(describe(error)));
        last = taking;
        return taking;
      });
      return next;
    },
    /** What an administrator should know: that the file and what runs are no longer the same. */
    notices(): readonly string[] {
      if (refused === null) return [];
      const at = new Date(refused.at).toISOString();
      return [
        `The configuration was refused at ${at}, and the one before goes on: ${refused.faults}`,
      ];
    },
  };
}
