import type { Secret } from './secret.ts';

/** From the tenant's mailbox to our own MX: how long the provider takes to send (T3.8). */
export interface OutboundRoute {
  /** The sink's address; every message goes to a subaddress of it that bears its token. */
  readonly to: string;
  /** Integer ms. */
  readonly interval: number;
}

/** From our own sender to the tenant's MX: how long the provider takes to show what came in (T3.9). */
export interface InboundRoute {
  /** Sender and return path. */
  readonly from: string;
  /** It is the sink's address: then each message's return path bears its token, and reports come to the sink. */
  readonly reports: boolean;
  /** Name for EHLO. */
  readonly helo: string;
  /** Null: the hosts that the MX records of the mailbox's domain name, at port 25. */
  readonly mx: { readonly host: string; readonly port: number } | null;
  /** Integer ms. */
  readonly interval: number;
  readonly dkim: DkimKey | null;
}

/** Signs as this domain (RFC 6376); the key is a private one in PEM. */
export interface DkimKey {
  readonly domain: string;
  readonly selector: string;
  readonly key: Secret;
}

/** The ways beside the loop that messages of a tenant take. */
export interface TenantRoutes {
  readonly outbound: OutboundRoute | null;
  readonly inbound: InboundRoute | null;
}

/** Our own MX: where the daemon takes in what the tenants send to it, and nothing else. */
export interface Sink {
  readonly listen: { readonly host: string; readonly port: number };
  /** Lower case; mail is taken for `local+TOKEN@domain` only. */
  readonly address: string;
  /** The name in its banner. */
  readonly name: string;
  /** Absolute paths of PEM files, read anew when they change; null: no STARTTLS. */
  readonly certificate: { readonly chain: string; readonly key: string } | null;
}

/** Where the message with this token is sent, or the report about it: `local+TOKEN@domain` (RFC 5233). */
export function sinkAddress(address: string, token: string): string {
  const at = address.lastIndexOf('@');
  return `${address.slice(0, at)}+${token}${address.slice(at)}`;
}

/**
 * The token in a recipient's address; null if that is anything else than `local+TOKEN@domain`, in
 * whatever case: no source route, no `%`, no quotes, no further `@`, nothing but ASCII.
 */
export function tokenIn(recipient: string, address: string): string | null {
  if (recipient.length > 320) return null;
  const at = address.lastIndexOf('@');
  const [local, domain] = [address.slice(0, at).toLowerCase(), address.slice(at).toLowerCase()];
  // Not lower case at once: U+212A KELVIN SIGN would become an ASCII `k`.
  const given = recipient.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
  if (!given.startsWith(`${local}+`) || !given.endsWith(domain)) return null;
  const token = given.slice(local.length + 1, -domain.length);
  return /^[0-9a-f]{24}$/.test(token) ? token : null;
}
