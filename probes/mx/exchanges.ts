import { promises as dns } from 'node:dns';
import { Fault } from '../failure.ts';

/** Where mail for a domain is taken in. */
export interface Exchange {
  readonly host: string;
  readonly port: number;
}

/** RFC 7505 §4.2: the recipient's domain has a null MX. Nobody need ask again. */
export const nullMx = '5.1.10';

const lookUpWithin = 5_000;
/** So many of a domain's hosts are tried, the best first. */
const mostHosts = 3;
const absent: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA']);

export interface LookUpOptions {
  /** Default: the system's. */
  readonly servers?: readonly string[];
  /** Of the whole look-up, ms. */
  readonly within?: number;
}

/**
 * The hosts that take mail for a domain, the most preferred first; the domain itself if it names none
 * (RFC 5321 §5.1). @throws Fault: no answer, or the domain takes no mail at all (RFC 7505)
 */
export async function exchangesOf(
  domain: string,
  signal: AbortSignal,
  { servers, within = lookUpWithin }: LookUpOptions = {},
): Promise<readonly Exchange[]> {
  signal.throwIfAborted();
  const resolver = new dns.Resolver({ timeout: 2_000, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const cancel = (): void => resolver.cancel();
  const timer = setTimeout(cancel, within).unref();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const records = await resolver.resolveMx(domain);
    const hosts = records
      .sort((one, other) => one.priority - other.priority)
      .map(({ exchange }) => exchange)
      // One beside others is a mistake (RFC 7505 §3), and no host.
      .filter((host) => host !== '' && host !== '.');
    if (hosts.length === 0)
      throw new Fault('rejected', 'the domain takes no mail (null MX)', { code: nullMx });
    return hosts.slice(0, mostHosts).map((host) => ({ host, port: 25 }));
  } catch (error) {
    if (error instanceof Fault) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (absent.has(code)) return [{ host: domain, port: 25 }];
    throw new Fault('dns-failed', 'the MX records of the domain were not to be had');
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}
