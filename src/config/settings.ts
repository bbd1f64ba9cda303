import type { WebAccess } from '../domain/access.ts';
import type { Contract } from '../domain/contract.ts';
import type { Sink } from '../domain/route.ts';
import type { Secret } from '../domain/secret.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { ConfigFault } from './fault.ts';

/** A host (name or address, without brackets) and a port. */
export interface HostAndPort {
  readonly host: string;
  readonly port: number;
}

/** How pages and metrics are served. */
export interface WebSettings {
  /** `POST /-/reload` is answered. */
  readonly enableLifecycle: boolean;
  /** Path of the web configuration file, as a person would name it; null when there is none. */
  readonly configFile: string | null;
  /** What that file says. */
  readonly access: WebAccess;
}

/** The browser for webmail flows that need one. */
export interface BrowserSettings {
  /** Absolute path of a Chromium or Chrome. */
  readonly executable: string;
  /** Whether it runs in its own sandbox. */
  readonly sandbox: boolean;
}

/** Where counted outages are told at once. */
export interface AlertmanagerSettings {
  readonly urls: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** Basic authentication (RFC 7617); null for none. */
  readonly login: { readonly username: string; readonly password: Secret } | null;
}

/** Everything that the daemon is told by its configuration. */
export interface Settings {
  /** Where pages and metrics are served; at least one. */
  readonly listen: readonly HostAndPort[];
  readonly web: WebSettings;
  /** Absolute path of the SQLite file. */
  readonly database: string;
  /** Control targets: none, or 1 to 9. */
  readonly controls: readonly HostAndPort[];
  /** Null when none is configured; then no tenant's flow needs one. */
  readonly browser: BrowserSettings | null;
  /** Where counted outages are told at once; null for nowhere. */
  readonly alertmanager: AlertmanagerSettings | null;
  /** Our own MX; left out: none. */
  readonly sink?: Sink;
  /** At least one; names are unique. */
  readonly tenants: readonly Tenant[];
  /** By name; holds the contract of every tenant. */
  readonly contracts: ReadonlyMap<string, Contract>;
}

/** `settings` is null if and only if there are faults. */
export interface LoadedSettings {
  readonly settings: Settings | null;
  readonly faults: readonly ConfigFault[];
  /** What can be run but probably is not what was meant. */
  readonly warnings: readonly ConfigFault[];
}
