import { isIPv4 } from 'node:net';
import type { Hono } from 'hono';
import type { Snapshot } from './assess/assess.ts';
import type { MessageSnapshot } from './assess/message-ledger.ts';
import type { Settings } from './config/settings.ts';
import type { WebAccess } from './domain/access.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import type { ProbeResult, Quota } from './domain/result.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';
import { MetricsClient } from './metrics/client.ts';
import { createOverview } from './overview.ts';
import type { JournalState } from './store/journal.ts';
import type { MessageStore } from './store/messages.ts';
import type { Watched } from './upkeep.ts';
import { version } from './version.ts';
import { createApp, type Health } from './web/app.ts';
import { createGate } from './web/gate.ts';
import { type Listening, listen } from './web/listen.ts';

export interface ScreensPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly messages: MessageStore;
  readonly journal: () => JournalState;
  /** Takes up a changed configuration: null when it did, else what is wrong with it. */
  readonly reload: () => Promise<string | null>;
  /** More that an administrator should know. */
  readonly notices: () => readonly string[];
  /** Trusted HTML for the landing page, and more routes: the demo's switches. */
  readonly panel?: () => string;
  readonly extra?: (app: Hono) => void;
}

/** What people and Prometheus see: metrics, the landing page, health. All of it is read from the ledger. */
export function createScreens(
  watched: readonly Watched[],
  { listen: addresses, web: first }: Pick<Settings, 'listen' | 'web'>,
  ports: ScreensPorts,
) {
  const { clock, logger, messages, journal } = ports;
  let web = first;
  const listening: Listening[] = [];
  const metrics = new MetricsClient(
    { version, nodeVersion: process.version },
    { onFault: (fault) => logger.error({ fault }, 'metrics') },
  );
  const quotas = new Map<string, Map<string, readonly Quota[]>>();
  const overview = createOverview(watched, clock, version);
  metrics.setTenants(watched.map(({ tenant }) => tenant));
  const app = createApp({
    metrics,
    readState: () => overview.state([...ports.notices(), ...notices(journal())]),
    gate: createGate({
      access: () => web.access,
      now: () => Math.floor(clock.monotonic() / 1000),
    }),
    headers: () => web.access.headers,
    reload: { isEnabled: () => web.enableLifecycle, begin: ports.reload },
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
      const { tenant, protocol, mailbox = '', quota = [] } = result;
      if (quota.length > 0) {
        // Of several mailboxes the fullest is told.
        const own = quotas.get(tenant) ?? new Map<string, readonly Quota[]>();
        quotas.set(tenant, own.set(mailbox, quota));
        const all = [...own.values()].flat();
        metrics.quota(tenant, all);
        overview.quota(tenant, all);
      }
      for (const { token, firstSeen } of result.sightings) {
        const acceptedAt = messages.acceptedAt(token);
        if (acceptedAt === null) continue;
        const delay = firstSeen - acceptedAt;
        overview.delay(tenant, protocol, delay);
        const route = messages.routeOf(token) ?? 'loop';
        metrics.delay({ tenant, route, protocol, seconds: delay / 1000 });
      }
    },
    judged(tenant: Tenant, contract: Contract, snapshot: Snapshot): void {
      metrics.ledger(tenant.name, contract, snapshot);
      overview.judged(tenant.name, snapshot);
    },
    messages(tenant: Tenant, snapshot: MessageSnapshot, now: number): void {
      metrics.messages(tenant.name, snapshot, now);
      overview.messages(tenant.name, snapshot);
    },
    /** Shows these from now on: nothing is left of others. */
    apply(next: readonly Watched[], { web: changed }: Pick<Settings, 'web'>): void {
      web = changed;
      quotas.clear();
      metrics.setTenants(next.map(({ tenant }) => tenant));
      overview.apply(next);
    },
    /** Has these hold from now on. @throws when OpenSSL refuses them */
    secure(access: WebAccess): void {
      const { tls } = access;
      if (tls !== null) for (const one of listening) one.secure(tls);
      web = { ...web, access };
    },
    /** Serves on every address, or on none; gives the ports in use. @throws Error with the remedy */
    async listen(): Promise<readonly number[]> {
      try {
        for (const { host, port } of addresses) {
          const ipv6Only = addresses.some((one) => one.port === port && isIPv4(one.host));
          listening.push(await listen(app, host, port, { tls: web.access.tls, ipv6Only }));
        }
        return listening.map(({ port }) => port);
      } catch (error) {
        await this.close();
        throw error;
      }
    },
    async close(): Promise<void> {
      await Promise.all(listening.splice(0).map((one) => one.close()));
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
