import type { Hono } from 'hono';
import { probes } from '../probes/index.ts';
import { type ProbePorts, runAttemptOf, runRound } from '../probes/round.ts';
import { openAssessor } from './assess/assess.ts';
import { zoneOf } from './assess/case.ts';
import type { Settings } from './config/settings.ts';
import { monthOf } from './domain/calendar.ts';
import type { Contract } from './domain/contract.ts';
import type { ProbeResult } from './domain/result.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { createOverview } from './overview.ts';
import { messagePorts } from './probing.ts';
import type { Task } from './schedule/plan.ts';
import { startScheduler } from './schedule/scheduler.ts';
import { keepVigil } from './schedule/vigil.ts';
import { openJournal } from './store/journal.ts';
import { lockDatabase } from './store/lock.ts';
import { messageStore } from './store/messages.ts';
import { openDatabase } from './store/open.ts';
import { watchSurroundings } from './surroundings.ts';
import { systemClock } from './system-clock.ts';
import { layTripwires } from './tripwires.ts';
import { keepUp } from './upkeep.ts';
import { version } from './version.ts';
import { createApp } from './web/app.ts';
import { type Listening, listen } from './web/listen.ts';

export interface DaemonOptions {
  readonly logger: Logger;
  /** Trusted HTML for the landing page, and more routes: the demo's switches. */
  readonly panel?: () => string;
  readonly extra?: (app: Hono) => void;
}

export interface Daemon {
  /** Ports in use, in the order of `listen`. */
  readonly ports: readonly number[];
  /** Lets what is under way finish, logs out, writes the last results. Within 10 s. May be called again. */
  stop(): Promise<void>;
}

const beat = 1_000;
const assessEvery = 5_000;
/** On stop: what is under way may end by itself for so long, and then has so long to log out, ms. */
const stopAllowance = { finish: 5_000, abort: 3_000 };

/**
 * The daemon: schedule → probe → result → store → assess → metrics · web.
 * @throws StoreError, or an Error with the remedy when an address cannot be had
 */
export async function startDaemon(settings: Settings, options: DaemonOptions): Promise<Daemon> {
  const { logger } = options;
  const clock = systemClock;
  const watched = settings.tenants.map((tenant) => ({
    tenant,
    contract: settings.contracts.get(tenant.contract) as Contract,
  }));
  const release = lockDatabase(settings.database);
  const connection = openOrRelease(settings.database, release);
  const messages = messageStore(connection);
  const assessor = openAssessor(connection);
  const metrics = new Metrics({ version, nodeVersion: process.version });
  const overview = createOverview(watched, clock, version);
  const journal = openJournal(connection, announce);
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();
  metrics.setTenants(settings.tenants);

  function announce(result: ProbeResult): void {
    metrics.observe(result);
    overview.observe(result);
    scheduler.observe(result);
    surroundings.observe(result);
    for (const { token, firstSeen } of result.sightings) {
      const acceptedAt = messages.acceptedAt(token);
      if (acceptedAt === null) continue;
      const { tenant, protocol } = result;
      overview.delay(tenant, protocol, firstSeen - acceptedAt);
      metrics.delay({ tenant, route: 'loop', protocol, seconds: (firstSeen - acceptedAt) / 1000 });
    }
    logResult(logger, result);
  }

  const ports: ProbePorts = {
    probes,
    clock,
    signal: ending.signal,
    ...messagePorts(messages, clock),
    began: (tenant, protocol) => scheduler.plan(tenant.name)?.began(protocol),
    ended: (tenant, protocol) => scheduler.plan(tenant.name)?.ended(protocol),
    report: (result) => journal.append(result),
  };

  function perform(task: Task): void {
    const work =
      task.kind === 'round'
        ? runRound(task.tenant, task.protocols, task.turn, ports)
        : runAttemptOf(task.tenant, task.protocol, task.depth, task.turn, ports);
    const done = work
      .catch((error: unknown) =>
        logger.error({ fault: describe(error) }, 'a task failed in itself'),
      )
      .finally(() => underWay.delete(done));
    underWay.add(done);
  }

  function assess(): void {
    // Evidence that is not on disk yet may still change what would be closed.
    if (!flushed()) return;
    upkeep.begin();
    for (const { tenant, contract } of watched) assessTenant(tenant, contract);
  }

  function flushed(): boolean {
    try {
      return journal.flush();
    } catch (error) {
      logger.error({ fault: describe(error) }, 'a result could not be announced');
      return false;
    }
  }

  function assessTenant(tenant: Tenant, contract: Contract): void {
    const now = clock.wall();
    try {
      assessor.close(tenant, contract, now);
      const snapshot = assessor.snapshot(
        tenant,
        contract,
        monthOf(now, zoneOf(tenant, contract)),
        now,
      );
      metrics.ledger(tenant.name, contract.name, snapshot);
      overview.judged(tenant.name, snapshot);
    } catch (error) {
      logger.error({ tenant: tenant.name, fault: describe(error) }, 'judging failed; tried again');
    }
  }

  const vigil = keepVigil(clock, beat);
  function watchOurselves(): void {
    for (const blindness of vigil()) {
      journal.record(blindness);
      logger.warn(blindness, 'evidence of this time is left out');
    }
  }

  function notices(): string[] {
    const { waiting, lost, error } = journal.state();
    if (error === null && lost > 0)
      return [`${lost} results were given up while the database could not be written.`];
    if (error === null) return [];
    return [
      `The database cannot be written (${error}): ${waiting} results wait in memory, ${lost} were given up.`,
    ];
  }

  const app = createApp({
    metrics,
    readState: () => overview.state(notices()),
    health: () => {
      const { waiting, error } = journal.state();
      if (error === null) return { ready: true };
      return {
        ready: false,
        reason: `the database cannot be written: ${error} (${waiting} waiting)`,
      };
    },
    onError: (error, path) => logger.error({ path, fault: error.message }, 'a page failed'),
    ...(options.panel && { panel: options.panel }),
    ...(options.extra && { extra: options.extra }),
  });
  const listening: Listening[] = [];
  try {
    for (const { host, port } of settings.listen) listening.push(await listen(app, host, port));
  } catch (error) {
    for (const one of listening) await one.close();
    connection.close();
    release();
    throw error;
  }

  const timer = (delay: number, call: () => void) => {
    const pending = setTimeout(call, delay);
    return () => clearTimeout(pending);
  };
  journal.record({ kind: 'start', from: clock.wall(), to: clock.wall(), detail: version });
  const scheduler = startScheduler(settings.tenants, {
    clock,
    timer,
    random: Math.random,
    perform,
    late: (milliseconds) => metrics.lag(milliseconds / 1000),
  });
  const { signal } = ending;
  const surroundings = watchSurroundings(settings, connection, { clock, timer, signal, logger });
  const tripwires = layTripwires(settings.tenants, { clock, trip: scheduler.trip });
  const upkeep = keepUp(watched, connection, assessor, { clock, logger });
  assess();
  const beats = setInterval(watchOurselves, beat);
  const assessing = setInterval(assess, assessEvery);

  async function stop(): Promise<void> {
    scheduler.stop();
    surroundings.stop();
    tripwires.stop();
    await settled(underWay, stopAllowance.finish);
    ending.abort();
    await settled(underWay, stopAllowance.abort);
    clearInterval(beats);
    clearInterval(assessing);
    for (const one of listening) await one.close();
    await upkeep.settled();
    assess();
    journal.record({ kind: 'stop', from: clock.wall(), to: clock.wall(), detail: version });
    connection.close();
    release();
    logger.info('stopped');
  }
  let stopping: Promise<void> | null = null;
  return {
    ports: listening.map(({ port }) => port),
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Waits until the set is empty, at most so many ms. */
async function settled(underWay: ReadonlySet<Promise<void>>, allowance: number): Promise<void> {
  let cut: NodeJS.Timeout | undefined;
  const patience = new Promise<void>((resolve) => {
    cut = setTimeout(resolve, allowance);
  });
  await Promise.race([Promise.all(underWay), patience]);
  clearTimeout(cut);
}

function logResult(logger: Logger, result: ProbeResult): void {
  const { tenant, protocol, depth, startedAt, endedAt, failure } = result;
  const fields = { tenant, protocol, depth, milliseconds: endedAt - startedAt };
  if (failure === null) {
    logger.debug(fields, 'probe succeeded');
    return;
  }
  const { phase, reason, code } = failure;
  logger.warn({ ...fields, phase, reason, code }, 'probe failed');
}

function openOrRelease(path: string, release: () => void) {
  try {
    return openDatabase(path);
  } catch (error) {
    release();
    throw error;
  }
}
