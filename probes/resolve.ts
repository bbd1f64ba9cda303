import { promises as dns } from 'node:dns';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from './failure.ts';

export interface ResolveOptions {
  /** Rotates the list, so that a retry begins with another address. */
  readonly turn: number;
  readonly signal: AbortSignal;
  /** Default: the system's. */
  readonly servers?: readonly string[];
  /** Default: `/etc/hosts`. */
  readonly hostsFile?: string;
}

/** RFC 8305 §3, Resolution Delay: how long one family's answer waits for the other's, ms. */
const resolutionDelay = 50;
const addressLimit = 8;
const absent = new Set(['ENOTFOUND', 'ENODATA', 'EBADNAME']);

/**
 * The addresses of a host, both families interleaved (RFC 8305 §4), at most 8.
 * Not `dns.lookup`: it shares four threads with the file system and would time our own queue.
 * @throws Fault name-not-found, dns-failed, or the signal's reason.
 */
export async function resolve(host: string, options: ResolveOptions): Promise<readonly string[]> {
  const bare = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host;
  if (isIP(bare) !== 0) return [bare];
  const name = bare.toLowerCase().replace(/\.$/, '');
  const listed = await fromHosts(name, options.hostsFile ?? '/etc/hosts');
  const found = listed.length > 0 ? listed : await fromDns(name, options);
  return rotated(interleaved(found).slice(0, addressLimit), options.turn);
}

async function fromHosts(name: string, file: string): Promise<readonly string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const listed = addressesIn(text, name);
  if (listed.length > 0) return listed;
  // RFC 6761 §6.3: localhost never asks the DNS.
  return name === 'localhost' || name.endsWith('.localhost') ? ['::1', '127.0.0.1'] : [];
}

/** Addresses that the text of a hosts file gives for a name (lower case). */
export function addressesIn(hostsText: string, name: string): readonly string[] {
  const found: string[] = [];
  for (const line of hostsText.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    const listed = names.some((candidate) => candidate.toLowerCase() === name);
    if (listed && isIP(address) !== 0) found.push(address);
  }
  return [...new Set(found)];
}

async function fromDns(name: string, options: ResolveOptions): Promise<readonly string[]> {
  const { signal } = options;
  signal.throwIfAborted();
  const resolver = new dns.Resolver({ timeout: 2500, tries: 3 });
  if (options.servers !== undefined) resolver.setServers(options.servers);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await bothFamilies(resolver, name);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', cancel);
    resolver.cancel();
  }
}

async function bothFamilies(resolver: dns.Resolver, name: string): Promise<readonly string[]> {
  const queries = [resolver.resolve6(name), resolver.resolve4(name)];
  const settled: PromiseSettledResult<string[]>[] = [];
  const all = Promise.all(
    queries.map(async (query) => settled.push(...(await Promise.allSettled([query])))),
  );
  const delayed = Promise.any(queries).then(() => sleep(resolutionDelay));
  await Promise.race([all, delayed.catch(() => all)]);
  const found = settled.flatMap((one) => (one.status === 'fulfilled' ? one.value : []));
  if (found.length > 0) return found;
  throw dnsFault(settled.flatMap((one) => (one.status === 'rejected' ? [one.reason] : [])));
}

function dnsFault(errors: readonly unknown[]): Fault {
  const codes = errors.map((error) =>
    error instanceof Error && 'code' in error ? String(error.code) : 'unknown',
  );
  const failed = codes.find((code) => !absent.has(code));
  if (failed === undefined) {
    const code = codes.find((one) => one === 'ENOTFOUND') ?? codes[0] ?? null;
    return new Fault('name-not-found', 'the name has no address', { code });
  }
  const silent = failed === 'ETIMEOUT' || failed === 'ECANCELLED';
  const message = silent ? 'the name server did not answer' : 'the name server did not resolve it';
  return new Fault('dns-failed', message, { code: failed, kind: silent ? 'silence' : 'refusal' });
}

function interleaved(addresses: readonly string[]): readonly string[] {
  const six = addresses.filter((address) => isIP(address) === 6);
  const four = addresses.filter((address) => isIP(address) === 4);
  const rows = Array.from({ length: Math.max(six.length, four.length) }, (_, row) => row);
  return rows.flatMap((row) => [six[row], four[row]].filter((one) => one !== undefined));
}

function rotated(list: readonly string[], turn: number): readonly string[] {
  const by = list.length === 0 ? 0 : Math.abs(turn) % list.length;
  return [...list.slice(by), ...list.slice(0, by)];
}
