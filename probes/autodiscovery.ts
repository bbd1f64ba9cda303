import { promises as dns } from 'node:dns';
import type { Endpoint } from '../src/domain/tenant.ts';

export interface DiscoveryOptions {
  /** Of all look-ups together, integer ms; default 10 s. */
  readonly deadline?: number;
  /** Default: the system's. */
  readonly servers?: readonly string[];
}

/** A service that a domain announces. */
export type AnnouncedEndpoint = Pick<Endpoint, 'host' | 'port' | 'tls'>;

/** What a mail domain says of itself in the DNS, which nobody signs: to be confirmed before use. */
export interface Discovery {
  /** Host names of the mail exchangers, the preferred ones first. */
  readonly exchangers: readonly string[];
  /** Null where nothing is announced, or where the domain says that it is not offered. */
  readonly smtp: AnnouncedEndpoint | null;
  readonly imap: AnnouncedEndpoint | null;
  readonly pop: AnnouncedEndpoint | null;
}

/** RFC 6186 §3 and RFC 8314 §5.1; TLS from the first byte is preferred (RFC 8314 §3). */
const services = {
  smtp: [
    ['_submissions', 'implicit'],
    ['_submission', 'starttls'],
  ],
  imap: [
    ['_imaps', 'implicit'],
    ['_imap', 'starttls'],
  ],
  pop: [
    ['_pop3s', 'implicit'],
    ['_pop3', 'starttls'],
  ],
} as const;

/** Asks the DNS where a domain's mail is handled. Never throws: what is not answered is not known. */
export async function discover(domain: string, options: DiscoveryOptions = {}): Promise<Discovery> {
  const resolver = new dns.Resolver({ timeout: 2_500, tries: 2 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  const timer = setTimeout(() => resolver.cancel(), options.deadline ?? 10_000);
  try {
    const [exchangers, smtp, imap, pop] = await Promise.all([
      exchangersOf(resolver, domain),
      announced(resolver, domain, services.smtp),
      announced(resolver, domain, services.imap),
      announced(resolver, domain, services.pop),
    ]);
    return { exchangers, smtp, imap, pop };
  } finally {
    clearTimeout(timer);
  }
}

async function exchangersOf(resolver: dns.Resolver, domain: string): Promise<readonly string[]> {
  const found = await resolver.resolveMx(domain).catch(() => []);
  return found
    .sort((one, other) => one.priority - other.priority)
    .map(({ exchange }) => bare(exchange))
    .filter((name) => name !== '');
}

async function announced(
  resolver: dns.Resolver,
  domain: string,
  names: readonly (readonly [string, Endpoint['tls']])[],
): Promise<AnnouncedEndpoint | null> {
  const answers = await Promise.all(
    names.map(([name]) => resolver.resolveSrv(`${name}._tcp.${domain}`).catch(() => [])),
  );
  for (const [position, [, tls]] of names.entries()) {
    // RFC 2782: the lowest priority is tried first; among equals the heaviest is met most often.
    const [first] = [...(answers[position] ?? [])].sort(
      (one, other) => one.priority - other.priority || other.weight - one.weight,
    );
    const host = bare(first?.name ?? '');
    // RFC 6186 §3.4: the root as a target says that the service is not offered.
    if (first !== undefined && host !== '' && first.port > 0)
      return { host, port: first.port, tls };
  }
  return null;
}

function bare(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}
