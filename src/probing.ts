import { probes } from '../probes/index.ts';
import { type ProbePorts, runAttemptOf, runRound } from '../probes/round.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { ProbeResult } from './domain/result.ts';
import { describe, type Logger } from './log.ts';
import { messagePorts } from './message-ports.ts';
import type { Metrics } from './metrics/metrics.ts';
import type { Task } from './schedule/plan.ts';
import { startScheduler } from './schedule/scheduler.ts';
import { messageStore } from './store/messages.ts';
import type { Connection } from './store/open.ts';
import { watchSurroundings } from './surroundings.ts';
import { layTripwires } from './tripwires.ts';

export interface ProbingPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connection: Connection;
  readonly metrics: Metrics;
  /** Takes a result: stores it, then announces it. */
  readonly report: (result: ProbeResult) => void;
}

/** On stop: what is under way may end by itself for so long, and then has so long to log out, ms. */
const stopAllowance = { finish: 5_000, abort: 3_000 };

const timer = (delay: number, call: () => void) => {
  const pending = setTimeout(call, delay);
  return () => clearTimeout(pending);
};

/** Keeps everything going that looks outside: the tenants' probes, control targets, domains, tripwires. */
export function startProbing(settings: Settings, given: ProbingPorts) {
  const { clock, logger, connection, metrics, report } = given;
  const ending = new AbortController();
  const underWay = new Set<Promise<void>>();
  const ports: ProbePorts = {
    probes,
    clock,
    signal: ending.signal,
    ...messagePorts(messageStore(connection), clock),
    began: (tenant, protocol) => scheduler.plan(tenant.name)?.began(protocol),
    ended: (tenant, protocol) => scheduler.plan(tenant.name)?.ended(protocol),
    report,
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

  const scheduler = startScheduler(settings.tenants, {
    clock,
    timer,
    random: Math.random,
    perform,
    late: (milliseconds) => metrics.lag(milliseconds / 1000),
  });
  const { signal } = ending;
  const looked = metrics.own.looked.bind(metrics.own);
  const surroundings = watchSurroundings(settings, connection, {
    clock,
    timer,
    signal,
    logger,
    looked,
  });
  const tripwires = layTripwires(settings.tenants, {
    clock,
    trip(tenant, protocol) {
      metrics.tripwireCut(tenant, protocol);
      scheduler.trip(tenant, protocol);
    },
  });

  return {
    /** Learns from a stored result when to look again. */
    observe(result: ProbeResult): void {
      scheduler.observe(result);
      surroundings.observe(result);
    },
    /** Lets what is under way finish, then cuts it short; logs out. Within 8 s. */
    async stop(): Promise<void> {
      scheduler.stop();
      surroundings.stop();
      tripwires.stop();
      await settled(underWay, stopAllowance.finish);
      ending.abort();
      await settled(underWay, stopAllowance.abort);
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
