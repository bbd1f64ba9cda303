import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeCertificates } from './authority.ts';
import { isAvailable } from './available.ts';
import { writeDaemonConfig } from './daemon-config.ts';
import { configureDovecot } from './dovecot.ts';
import { Guard } from './guard.ts';
import { type Layout, makeLayout } from './layout.ts';
import { deliverForeign, listMessages, writeSieve } from './mailbox.ts';
import { type AccessRule, configurePostfix, type Route } from './postfix.ts';
import { flushQueue, type QueuedMessage, readQueue, superviseQueue } from './queue.ts';
import type { ServiceControl } from './service.ts';
import { makeServices, type ServiceName, type ServiceSet } from './services.ts';
import { type TenantUser, Users } from './users.ts';
import { configureWebmail } from './webmail.ts';

export { isAvailable } from './available.ts';
export type { TenantUser } from './users.ts';

/** Where one listener is; the fields of the product's own endpoints. */
export interface TenantEndpoint {
  readonly host: string;
  readonly port: number;
  readonly tls: 'implicit' | 'starttls' | 'none';
}

export interface TenantOptions {
  /**
   * Loopback address of every listener. Not 127.0.0.1 by default: there client and server have one
   * address, and Postfix and Dovecot relax their TLS rules.
   */
  readonly host?: string;
  readonly domain?: string;
  /** Names to have from the start, besides `probe`. */
  readonly users?: readonly string[];
  /** Allow IMAP and POP logins without TLS; refused by default. */
  readonly plaintext?: boolean;
  /** A limit for the probe's mailbox, as a rule of Dovecot's: `storage=100K`. */
  readonly quota?: string;
  /** Where mail for other domains goes, e.g. a sink of the test's own; other domains bounce. */
  readonly routes?: readonly Route[];
  /** What Postfix does with mail for some users. */
  readonly access?: readonly AccessRule[];
}

/** A running mail tenant: Postfix, Dovecot and Roundcube from Debian's packages. */
export interface RealTenant {
  readonly directory: string;
  readonly domain: string;
  readonly host: string;
  readonly ca: { readonly path: string; readonly text: string };
  readonly endpoints: Readonly<
    Record<'submission' | 'smtps' | 'mx' | 'imap' | 'imaps' | 'pop3' | 'pop3s', TenantEndpoint>
  >;
  readonly webmail: { readonly url: string; readonly plainUrl: string };
  /** A `mailminute.yaml` that probes this tenant as `probe`. */
  readonly configPath: string;
  readonly probe: TenantUser;
  /** All users, `probe` first. */
  readonly users: readonly TenantUser[];
  addUser(name: string, password?: string, quota?: string): Promise<TenantUser>;
  /** Postfix takes mail for this name, and Dovecot does not know it; returns the address. */
  addGhost(name: string): Promise<string>;
  setSieve(user: TenantUser, script: string): void;
  service(name: ServiceName): ServiceControl;
  /** Every log so far, by file name. */
  logs(): Readonly<Record<string, string>>;
  /** Fills a mailbox (the probe's INBOX) with foreign messages; returns their Message-IDs. */
  deliver(count: number, where?: { user?: TenantUser; mailbox?: string }): Promise<string[]>;
  /** Message-IDs with brackets in a mailbox (INBOX), oldest first; needs no running service. */
  list(mailbox?: string, user?: TenantUser): Promise<string[]>;
  queue(): Promise<QueuedMessage[]>;
  /** `id` is a queue id or `ALL`. */
  superviseQueue(action: 'hold' | 'release' | 'delete', id: string): Promise<void>;
  flushQueue(): Promise<void>;
  /** Ends every process and removes the directory. May be called more than once. */
  close(): Promise<void>;
}

function endpointsOf({ host, ports }: Layout): RealTenant['endpoints'] {
  return {
    submission: { host, port: ports.submission, tls: 'starttls' },
    smtps: { host, port: ports.smtps, tls: 'implicit' },
    mx: { host, port: ports.mx, tls: 'none' },
    imap: { host, port: ports.imap, tls: 'starttls' },
    imaps: { host, port: ports.imaps, tls: 'implicit' },
    pop3: { host, port: ports.pop3, tls: 'starttls' },
    pop3s: { host, port: ports.pop3s, tls: 'implicit' },
  };
}

function readLogs(layout: Layout): Record<string, string> {
  const files = globSync([join(layout.logs, '*'), join(layout.webmail, 'log', '*')]);
  return Object.fromEntries(files.map((path) => [basename(path), readFileSync(path, 'utf8')]));
}

/** Stops everything whatever happens; what resists and the directory are the guard's. */
async function shutDown(services: ServiceSet, guard: Guard): Promise<void> {
  const ends = await Promise.allSettled(services.single.map((service) => service.stop()));
  await guard.dismiss();
  const failed = ends.filter((end) => end.status === 'rejected');
  if (failed.length > 0) throw new AggregateError(failed.map(({ reason }) => reason));
}

async function configure(
  layout: Layout,
  users: Users,
  options: TenantOptions,
): Promise<TenantUser> {
  configureDovecot(layout, options.plaintext ?? false);
  configureWebmail(layout);
  configurePostfix(layout, options.routes ?? [], options.access ?? []);
  await makeCertificates(layout);
  const probe = await users.add('probe', undefined, options.quota);
  for (const name of options.users ?? ['alice', 'bob']) await users.add(name);
  return probe;
}

/**
 * Brings a tenant up in a fresh directory, in a few seconds.
 * @throws if a package is missing or a service does not start; nothing is left behind then.
 */
export async function startTenant(options: TenantOptions = {}): Promise<RealTenant> {
  const missing = isAvailable();
  if (missing !== null) throw new Error(missing);
  const layout = await makeLayout(options.host ?? '127.0.0.2', options.domain ?? 'tenant.example');
  const guard = new Guard(layout.directory);
  const services = makeServices(layout, guard);
  const close = (): Promise<void> => shutDown(services, guard);
  const users = new Users(layout);
  try {
    const probe = await configure(layout, users, options);
    await Promise.all(services.single.map((service) => service.start()));
    const tenant = assemble(layout, services, users, probe, close);
    // The first page makes Roundcube create its database, which two at once would do twice.
    await fetch(tenant.webmail.plainUrl, { signal: AbortSignal.timeout(15_000) });
    return tenant;
  } catch (error) {
    await close();
    throw error;
  }
}

function assemble(
  layout: Layout,
  services: ServiceSet,
  users: Users,
  probe: TenantUser,
  close: () => Promise<void>,
): RealTenant {
  const { host, ports } = layout;
  const authority = host.includes(':') ? `[${host}]` : host;
  return {
    directory: layout.directory,
    domain: layout.domain,
    host,
    ca: { path: layout.caPath, text: readFileSync(layout.caPath, 'utf8') },
    endpoints: endpointsOf(layout),
    webmail: {
      url: `https://${authority}:${ports.https}/`,
      plainUrl: `http://${authority}:${ports.http}/`,
    },
    configPath: writeDaemonConfig(layout, probe.address, probe.password),
    probe,
    users: users.all,
    addUser: (name, password, quota) => users.add(name, password, quota),
    addGhost: (name) => users.addGhost(name),
    setSieve: (user, script) => writeSieve(layout, user.address, script),
    service: (name) => services.byName[name],
    logs: () => readLogs(layout),
    deliver: (count, { user = probe, mailbox = 'INBOX' } = {}) =>
      deliverForeign(layout, user.address, mailbox, count),
    list: (mailbox = 'INBOX', user = probe) => listMessages(layout, user.address, mailbox),
    queue: () => readQueue(layout),
    superviseQueue: (action, id) => superviseQueue(layout, action, id),
    flushQueue: () => flushQueue(layout),
    close,
  };
}
