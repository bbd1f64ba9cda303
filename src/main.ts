import type { Hono } from 'hono';
import { watchAccess } from './access-watch.ts';
import type { LoadedSettings, Settings } from './config/settings.ts';
import type { Contract } from './domain/contract.ts';
import type { ProbeResult } from './domain/result.ts';
import { startJudging } from './judging.ts';
import { type Logger, logResult } from './log.ts';
import { createMailSink } from './mail-sink.ts';
import { tellOutages } from './outages.ts';
import { startProbing } from './probing.ts';
import { createReloader } from './reload.ts';
import { createScreens } from './screens.ts';
import { assertPlausible, startVigil } from './self-watch.ts';
import { openJournal } from './store/journal.ts';
import { lockDatabase } from './store/lock.ts';
import { messageStore } from './store/messages.ts';
import { openDatabase } from './store/open.ts';
import { attemptReader } from './store/results.ts';
import { systemClock as clock } from './system-clock.ts';
import type { Watched } from './upkeep.ts';
import { version } from './version.ts';

export interface DaemonOptions {
  readonly logger: Logger;
  /** Reads the configuration anew. Left out, it is fixed. */
  readonly read?: (running: Settings) => LoadedSettings;
  /** Trusted HTML for the landing page, and more routes: the demo's switches. */
  readonly panel?: () => string;
  readonly extra?: (app: Hono) => void;
}

export interface Daemon {
  /** Ports in use, in the order of `listen`. */
  readonly ports: readonly number[];
  /** The port of our own MX; null: there is none. */
  readonly sinkPort: () => number | null;
  /** Takes up a changed configuration: null when it did, else what is wrong with it. Never rejects. */
  reload(): Promise<string | null>;
  /** Lets what is under way finish, logs out, writes the last results. Within 10 s. May be called again. */
  stop(): Promise<void>;
}

/**
 * The daemon: schedule → probe → result → store → assess → metrics · web.
 * @throws StoreError, or an Error with the remedy when an address cannot be had
 */
export async function startDaemon(settings: Settings, options: DaemonOptions): Promise<Daemon> {
  const { logger } = options;
  const watched = watchedOf(settings);
  assertPlausible(clock);
  const release = lockDatabase(settings.database);
  const connection = orRelease(release, () => openDatabase(settings.database));
  const journal = openJournal(connection, announce);
  const messages = messageStore(connection);
  const screens = createScreens(watched, settings, {
    ...options,
    clock,
    messages,
    journal: journal.state,
    reload: () => reloader.reload(),
    notices: () => reloader.notices(),
  });
  const { metrics } = screens;
  const read = options.read ?? (() => ({ settings, faults: [], warnings: [] }));
  const reloader = createReloader(settings, { clock, logger, metrics, read, apply });
  const giveUp = async (error: unknown): Promise<never> => {
    await screens.close();
    await metrics.stop();
    connection.close();
    release();
    throw error;
  };
  const ports = await screens.listen().catch(giveUp);
  let { tenants } = settings;
  const own = { clock, logger, journal, messages, metrics, tenants: () => tenants };
  const sink = createMailSink(own);
  await sink.apply(settings.sink ?? null).catch(giveUp);

  const last = attemptReader(connection).lastReading();
  const tell = (kind: 'start' | 'stop') =>
    journal.record({ kind, from: clock.wall(), to: clock.wall(), detail: version });
  tell('start');
  const report = journal.append;
  const probing = startProbing(settings, {
    clock,
    logger,
    connection,
    metrics,
    report,
    journal,
    sink,
  });
  const vigil = startVigil({ clock, logger, journal, metrics, last });
  const outages = tellOutages(settings, { clock, logger, metrics });
  const judging = startJudging(watched, connection, {
    clock,
    logger,
    flush() {
      vigil.look();
      return journal.flush();
    },
    judged(...judgement) {
      screens.judged(...judgement);
      outages.judged(judgement[0], judgement[2]);
    },
    messages: screens.messages,
    claim: (tenant, contract, claim) => metrics.claim(tenant.name, contract.name, claim),
  });

  const access = watchAccess(settings.web, { logger, metrics, secure: screens.secure });

  /** Everything goes on by these settings; what is the same in them notices nothing. */
  async function apply(next: Settings): Promise<void> {
    if (stopping !== null) throw new Error('the daemon is stopping');
    // The one part that can refuse comes first: all goes on as it was then.
    await sink.apply(next.sink ?? null);
    access.apply(next.web);
    tenants = next.tenants;
    const watched = watchedOf(next);
    screens.apply(watched, next);
    outages.apply(next);
    judging.apply(watched);
    await probing.apply(next);
  }

  /** A result that is on disk is told to all who want to know. */
  function announce(result: ProbeResult): void {
    screens.observe(result);
    probing.observe(result);
    judging.observe(result);
    logResult(logger, result);
  }

  async function stop(): Promise<void> {
    await probing.stop();
    await sink.close();
    vigil.stop();
    access.stop();
    await screens.close();
    await judging.stop();
    await outages.stop();
    await metrics.stop();
    tell('stop');
    connection.close();
    release();
    logger.info('stopped');
  }
  let stopping: Promise<void> | null = null;
  return {
    ports,
    sinkPort: sink.port,
    reload: reloader.reload,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

function watchedOf({ tenants, contracts }: Settings): Watched[] {
  return tenants.map((tenant) => ({
    tenant,
    contract: contracts.get(tenant.contract) as Contract,
  }));
}

function orRelease<T>(release: () => void, open: () => T): T {
  try {
    return open();
  } catch (error) {
    release();
    throw error;
  }
}
