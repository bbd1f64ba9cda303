import type { Hono } from 'hono';
import type { Snapshot } from './assess/assess.ts';
import type { HostAndPort } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import type { ProbeResult } from './domain/result.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';
import { Metrics } from './metrics/metrics.ts';
import { createOverview } from './overview.ts';
import type { JournalState } from './store/journal.ts';
import type { MessageStore } from './store/messages.ts';
import type { Watched } from './upkeep.ts';
import { version } from './version.ts';
import { createApp, type Health } from './web/app.ts';
import { type Listening, listen } from './web/listen.ts';

export interface ScreensPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly messages: MessageStore;
  readonly journal: () => JournalState;
  /** Trusted HTML for the landing page, and more routes: the demo's switches. */
  readonly panel?: () => string;
  readonly extra?: (app: Hono) => void;
}

/** What people and Prometheus see: metrics, the landing page, health. All of it is read from the ledger. */
export function createScreens(watched: readonly Watched[], ports: ScreensPorts) {
  const { clock, logger, messages, journal } = ports;
  const metrics = new Metrics({ version, nodeVersion: process.version });
  const overview = createOverview(watched, clock, version);
  metrics.setTenants(watched.map(({ tenant }) => tenant));
  const app = createApp({
    metrics,
    readState: () => overview.state(notices(journal())),
    health: () => healthOf(journal()),
    onError: (error, path) => logger.error({ path, fault: describe(error) }, 'a page failed'),
    ...(ports.panel && { panel: ports.panel }),
    ...(ports.extra && { extra: ports.extra }),
  });

  return {
    metrics,
    /** Takes a result that is stored. */
    observe(result: ProbeResult): void {
      metrics.observe(result);
      overview.observe(result);
      const { tenant, protocol } = result;
      for (const { token, firstSeen } of result.sightings) {
        const acceptedAt = messages.acceptedAt(token);
        if (acceptedAt === null) continue;
        const delay = firstSeen - acceptedAt;
        overview.delay(tenant, protocol, delay);
        metrics.delay({ tenant, route: 'loop', protocol, seconds: delay / 1000 });
      }
    },
    judged(tenant: Tenant, contract: Contract, snapshot: Snapshot): void {
      metrics.ledger(tenant.name, contract, snapshot);
      overview.judged(tenant.name, snapshot);
    },
    /** Serves on every address, or on none. @throws Error with the remedy */
    async listen(addresses: readonly HostAndPort[]): Promise<readonly Listening[]> {
      const listening: Listening[] = [];
      try {
        for (const { host, port } of addresses) listening.push(await listen(app, host, port));
        return listening;
      } catch (error) {
        for (const one of listening) await one.close();
        throw error;
      }
    },
  };
}

function notices({ waiting, lost, error }: JournalState): string[] {
  if (error !== null)
    return [
      `The database cannot be written (${error}): ${waiting} results wait in memory, ${lost} were given up.`,
    ];
  if (lost === 0) return [];
  return [`${lost} results were given up while the database could not be written.`];
}

function healthOf({ waiting, error }: JournalState): Health {
  if (error === null) return { ready: true };
  const reason = `the database cannot be written: ${error} (${waiting} waiting)`;
  return { ready: false, reason };
}
