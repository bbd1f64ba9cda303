import { probesWith } from '../probes/index.ts';
import type { ProbePorts } from '../probes/ports.ts';
import { runAttemptOf, runRound } from '../probes/round.ts';
import { openBrowsing } from './browsing.ts';
import { changeOf } from './change.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { ProbeResult } from './domain/result.ts';
import { mailboxesOf, type Tenant } from './domain/tenant.ts';
import type { Logger } from './log.ts';
import type { MailSink } from './mail-sink.ts';
import { messagePorts } from './message-ports.ts';
import type { Observations } from './metrics/observation.ts';
import { startRoutes } from './routes.ts';
import type { Task } from './schedule/plan.ts';
import { startScheduler } from './schedule/scheduler.ts';
import type { Journal } from './store/journal.ts';
import { mailboxStore } from './store/mailboxes.ts';
import { messageStore } from './store/messages.ts';
import type { Connection } from './store/open.ts';
import { pushStore } from './store/push.ts';
import { attemptReader } from './store/results.ts';
import { watchSurroundings } from './surroundings.ts';
import { layTripwires } from './tripwires.ts';
import { quotaNotice, watchMessages } from './watching.ts';
import { createWork } from './work.ts';

export interface ProbingPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly connection: Connection;
  readonly metrics: Observations;
  /** Takes a result: stores it, then announces it. */
  readonly report: (result: ProbeResult) => void;
  readonly journal: Pick<Journal, 'keep'>;
  readonly sink: MailSink;
}

const timer = (delay: number, call: () => void) => {
  const pending = setTimeout(call, delay);
  return () => clearTimeout(pending);
};

/** Keeps everything going that looks outside: the tenants' probes, control targets, domains, tripwires. */
export function startProbing(settings: Settings, given: ProbingPorts) {
  const { clock, logger, connection, metrics, report, journal, sink } = given;
  const ending = new AbortController();
  let probed = settings.tenants;
  let stopped = false;
  let browsing = openBrowsing(settings);
  const work = createWork(logger);
  const messages = messageStore(connection);
  const { observe: learn, ...remembered } = messagePorts(messages, clock);
  const ports: Omit<ProbePorts, 'signal' | 'probes'> = {
    clock,
    ...remembered,
    began: (tenant, protocol) => scheduler.plan(tenant)?.began(protocol),
    ended: (tenant, protocol) => scheduler.plan(tenant)?.ended(protocol),
    report,
  };

  function perform(task: Task, owner: Tenant): void {
    const probes = probesWith(browsing?.rooms ?? null);
    work.begin(owner, (signal) =>
      task.kind === 'round'
        ? runRound(task.tenant, task.protocols, task.turn, { ...ports, probes, signal })
        : runAttemptOf(task.tenant, task.protocol, task.depth, task.turn, {
            ...ports,
            probes,
            signal,
          }),
    );
  }

  /** From now on these are the tenant's mailboxes: the past is judged by those of its time. */
  function writeDown(tenant: Tenant): void {
    const addresses = mailboxesOf(tenant).map(({ address }) => address);
    mailboxStore(connection).begin(tenant.name, addresses, clock.wall());
  }

  for (const tenant of settings.tenants) writeDown(tenant);
  const scheduler = startScheduler(settings.tenants, {
    clock,
    timer,
    random: Math.random,
    lastRound: attemptReader(connection).lastRound,
    perform,
    late: (milliseconds) => metrics.lag(milliseconds / 1000),
  });
  const watch = watchMessages(settings.tenants, {
    timer,
    probing: ports,
    probes: () => probesWith(browsing?.rooms ?? null),
    messages,
    mailboxes: scheduler.mailboxes,
    may: (tenant, protocol) => scheduler.mayWatch(tenant, protocol),
    work,
  });
  const routes = startRoutes(settings.tenants, {
    timer,
    logger,
    metrics,
    probing: { ...ports, probes: probesWith(null) },
    messages,
    pushes: pushStore(connection),
    journal,
    sink,
    mailboxes: scheduler.mailboxes,
    may: (tenant, protocol) => scheduler.mayWatch(tenant, protocol),
    work,
  });
  const tellOfQuota = quotaNotice(logger);
  const { signal } = ending;
  const looked: Observations['own']['looked'] = (looks) => metrics.own.looked(looks);
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
      learn(result);
      tellOfQuota(result);
      scheduler.observe(result);
      watch.wake(result.tenant);
      surroundings.observe(result);
    },
    /**
     * Probes what these settings name from now on. Who is probed as before notices nothing. Who is not
     * begins when the former work has ended, as one login may shut another one out (POP). Within 8 s.
     */
    async apply(next: Settings): Promise<void> {
      const { ended, begun, tenants } = changeOf(probed, next.tenants);
      probed = tenants;
      for (const tenant of ended) {
        scheduler.end(tenant);
        watch.end(tenant);
        routes.end(tenant);
        tripwires.end(tenant);
      }
      surroundings.apply(next);
      browsing ??= openBrowsing(next);
      await work.end(ended);
      if (stopped) return;
      for (const tenant of begun) {
        writeDown(tenant);
        scheduler.begin(tenant);
        watch.begin(tenant);
        routes.begin(tenant);
        tripwires.begin(tenant);
      }
    },
    /** Lets what is under way finish, then cuts it short; logs out. Within 8 s. */
    async stop(): Promise<void> {
      stopped = true;
      scheduler.stop();
      watch.stop();
      routes.stop();
      surroundings.stop();
      tripwires.stop();
      await work.end();
      ending.abort();
      await browsing?.stop();
    },
  };
}
