import { promises as dns } from 'node:dns';
import type { Clock } from '../src/domain/clock.ts';
import { canonical, type DomainRecords, type RecordSet } from '../src/domain/dns.ts';

export interface DomainLookOptions {
  readonly clock: Clock;
  /** Aborts on shutdown. */
  readonly signal: AbortSignal;
  /** Of the whole look, integer ms; default 10 s. */
  readonly deadline?: number;
  /** Default: the system's. */
  readonly servers?: readonly string[];
}

const defaultDeadline = 10_000;
/** What a domain publishes beyond this is cut: it would only cost memory. */
const mostRecords = 64;
const longestRecord = 2_048;

/** The answers «no such domain» (NXDOMAIN) and «no such record» (NODATA, RFC 2308 §2.2): an empty set. */
const absent: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

/**
 * MX, NS and SPF of a domain. Never throws; a look-up that fails, or is not answered by the deadline,
 * is null: a name server that is silent has changed nothing.
 */
export async function lookUpDomain(
  domain: string,
  options: DomainLookOptions,
): Promise<DomainRecords> {
  const resolver = new dns.Resolver({ timeout: 2_500, tries: 2 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  const cancel = (): void => resolver.cancel();
  const timer = setTimeout(cancel, options.deadline ?? defaultDeadline).unref();
  options.signal.addEventListener('abort', cancel, { once: true });
  try {
    const [mx, ns, spf] = await Promise.all([
      settled(resolver.resolveMx(domain), (found) =>
        found.map(({ priority, exchange }) => `${priority} ${exchange}`),
      ),
      settled(resolver.resolveNs(domain), (found) => found),
      settled(resolver.resolveTxt(domain), (found) => found.map(joined).filter(isSpf)),
    ]);
    return { domain, at: options.clock.wall(), records: { mx, ns, spf } };
  } finally {
    clearTimeout(timer);
    options.signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
}

async function settled<T>(
  query: Promise<T>,
  read: (found: T) => readonly string[],
): Promise<RecordSet | null> {
  try {
    const records = canonical(read(await query).map((record) => record.slice(0, longestRecord)));
    return records.slice(0, mostRecords);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    return absent.has(code) ? [] : null;
  }
}

/** RFC 7208 §3.3: the strings of one record belong together without a space. */
function joined(strings: readonly string[]): string {
  return strings.join('');
}

/** RFC 7208 §4.5: the version is a word of its own. */
function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}
