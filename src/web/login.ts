import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Secret } from '../domain/secret.ts';
import type { Compare } from './bcrypt.ts';

/** Wrong passwords that are remembered, so that a client that repeats one costs nothing. */
const mostRefused = 1_000;
/** Comparisons of one client that may wait at once. */
const mostWaitingOf = 4;

export type LoginOutcome = 'granted' | 'refused' | 'busy';

/**
 * Basic authentication (RFC 7617) against bcrypt hashes. A password that was found right is remembered
 * as a keyed hash until its user's bcrypt hash changes: a scrape every second costs no bcrypt.
 * An unknown user is compared like a known one, so that the time tells nobody which names exist.
 */
export function createLogin(compare: Compare) {
  const key = randomBytes(32);
  const granted = new Map<string, Buffer>();
  const refused = new Set<string>();
  const waiting = new Map<string, number>();
  const keyed = (...parts: string[]) => {
    const hash = createHmac('sha256', key);
    for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
    return hash.digest();
  };

  /** The bcrypt hash to compare with: for an unknown name always the same one of those there are. */
  function hashFor(name: string, users: ReadonlyMap<string, Secret>): string {
    const known = users.get(name);
    const decoys = [...users.values()];
    const decoy = decoys[keyed('decoy', name).readUInt32BE() % decoys.length];
    return (known ?? decoy)?.reveal() ?? '';
  }

  async function decide(
    { name, password }: Credentials,
    client: string,
    users: ReadonlyMap<string, Secret>,
  ): Promise<LoginOutcome> {
    const hash = hashFor(name, users);
    const digest = keyed(name, hash, password);
    const before = granted.get(name);
    if (users.has(name) && before !== undefined && timingSafeEqual(before, digest))
      return 'granted';
    const text = digest.toString('base64');
    if (refused.has(text)) return 'refused';
    const own = waiting.get(client) ?? 0;
    if (own >= mostWaitingOf) return 'busy';
    waiting.set(client, own + 1);
    try {
      const isRight = (await compare(password, hash)) && users.has(name);
      if (isRight) granted.set(name, digest);
      else remember(text);
      return isRight ? 'granted' : 'refused';
    } catch {
      return 'busy';
    } finally {
      const left = (waiting.get(client) ?? 1) - 1;
      if (left > 0) waiting.set(client, left);
      else waiting.delete(client);
    }
  }

  function remember(text: string): void {
    const [oldest] = refused;
    if (refused.size >= mostRefused && oldest !== undefined) refused.delete(oldest);
    refused.add(text);
  }

  /** @param authorization the header's value @param client its address, whose comparisons are bounded */
  return async (
    authorization: string | undefined,
    client: string,
    users: ReadonlyMap<string, Secret>,
  ): Promise<LoginOutcome> => {
    if (users.size === 0) return 'granted';
    for (const name of granted.keys()) if (!users.has(name)) granted.delete(name);
    const credentials = credentialsIn(authorization);
    return credentials === null ? 'refused' : decide(credentials, client, users);
  };
}

interface Credentials {
  readonly name: string;
  readonly password: string;
}

function credentialsIn(authorization: string | undefined): Credentials | null {
  const encoded = /^basic +([A-Za-z0-9+/]+=*) *$/i.exec(authorization ?? '')?.[1];
  if (encoded === undefined) return null;
  const text = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : { name: text.slice(0, colon), password: text.slice(colon + 1) };
}
