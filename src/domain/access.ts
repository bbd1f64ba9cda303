import type { Secret } from './secret.ts';

/** What a client has to show of itself in the TLS handshake; the names are those of Go's crypto/tls. */
export const clientAuthTypes = [
  'NoClientCert',
  'RequestClientCert',
  'RequireAnyClientCert',
  'VerifyClientCertIfGiven',
  'RequireAndVerifyClientCert',
] as const;
export type ClientAuthType = (typeof clientAuthTypes)[number];

export const tlsVersions = ['TLSv1.2', 'TLSv1.3'] as const;
export type TlsVersion = (typeof tlsVersions)[number];

/** How pages and metrics are served over TLS. */
export interface TlsAccess {
  /** PEM: the leaf first, then its chain. */
  readonly certificate: string;
  /** PEM. */
  readonly key: Secret;
  readonly clientAuth: ClientAuthType;
  /** PEM of the authorities whose client certificates are accepted; null when none is verified. */
  readonly clientAuthorities: string | null;
  /** Subject alternative names of which a client's certificate must have one; empty: any. */
  readonly clientNames: readonly string[];
  readonly least: TlsVersion;
  readonly most: TlsVersion;
  /** OpenSSL's names, best first; null for the usual ones. Those of TLS 1.3 are always offered. */
  readonly ciphers: readonly string[] | null;
  readonly serverPrefers: boolean;
  /** OpenSSL's names, best first; null for the usual ones. */
  readonly curves: readonly string[] | null;
}

/** A token bucket for each client address. */
export interface RequestRate {
  /** Time in which one request is allowed, ms; at least 1. */
  readonly interval: number;
  /** So many requests may come at once; at least 1. */
  readonly burst: number;
}

/** Who may reach pages and metrics, and how. */
export interface WebAccess {
  readonly tls: TlsAccess | null;
  /** Set on every answer, in place of our own of the same name. */
  readonly headers: Readonly<Record<string, string>>;
  /** bcrypt hashes by user name; empty: nobody is asked for a password. */
  readonly users: ReadonlyMap<string, Secret>;
  /** Null: unlimited. */
  readonly rate: RequestRate | null;
  /** Absolute paths of all files that this was read from; a change of one of them is taken up. */
  readonly files: readonly string[];
}

/** True when a server for the one can go on with the other; else it has to be made anew. */
export function isServedAlike(one: WebAccess, other: WebAccess): boolean {
  return (one.tls?.clientAuth ?? null) === (other.tls?.clientAuth ?? null);
}

/** Far above a scrape every second and several people with the page open, far below what would disturb. */
export const defaultRate: RequestRate = { interval: 20, burst: 200 };

/** Access without a web configuration file: plain HTTP, no login. */
export const openAccess: WebAccess = {
  tls: null,
  headers: {},
  users: new Map(),
  rate: defaultRate,
  files: [],
};
