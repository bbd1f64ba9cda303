import { isIPv6 } from 'node:net';
import type { RequestRate } from '../domain/access.ts';

/** Requests under way at once: of everybody, and of one address. */
const mostUnderWay = { all: 64, address: 32 };
/** So many addresses are remembered; the oldest are forgotten first. */
const mostAddresses = 10_000;

/** Why a request is not served now, and after how many whole seconds to come again. */
export interface Refusal {
  readonly status: 429 | 503;
  readonly retryAfter: number;
}

/** Admits requests, so that no client uses up the process that also measures. `now` is ms, monotonic. */
export function createLimits(now: () => number) {
  /** When an address's bucket is full again, ms: all that a token bucket has to remember. */
  const fullAt = new Map<string, number>();
  const underWay = new Map<string, number>();
  let all = 0;

  function take(address: string, { interval, burst }: RequestRate): Refusal | null {
    const at = now();
    const full = Math.max(fullAt.get(address) ?? at, at);
    const wait = full - at - interval * (burst - 1);
    if (wait > 0) return { status: 429, retryAfter: Math.ceil(wait / 1000) };
    fullAt.delete(address);
    if (fullAt.size >= mostAddresses) forget(at);
    fullAt.set(address, full + interval);
    return null;
  }

  function forget(at: number): void {
    for (const [address, full] of fullAt) if (full <= at) fullAt.delete(address);
    for (const address of fullAt.keys()) {
      if (fullAt.size < mostAddresses) return;
      fullAt.delete(address);
    }
  }

  /** A refusal, or what to call when the answer is sent. */
  return (remote: string, rate: RequestRate | null): Refusal | (() => void) => {
    const address = networkOf(remote);
    const refusal = rate === null ? null : take(address, rate);
    if (refusal !== null) return refusal;
    const own = underWay.get(address) ?? 0;
    if (own >= mostUnderWay.address) return { status: 429, retryAfter: 1 };
    if (all >= mostUnderWay.all) return { status: 503, retryAfter: 1 };
    all++;
    underWay.set(address, own + 1);
    return () => {
      all--;
      const left = (underWay.get(address) ?? 1) - 1;
      if (left > 0) underWay.set(address, left);
      else underWay.delete(address);
    };
  };
}

/** Whose address it is: of IPv6 the /64, which one subscriber has whole (RFC 6177 §2). */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [plain = ''] = address.split('%');
  if (!isIPv6(plain)) return address;
  const [head = '', tail = ''] = plain.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === '' ? [] : tail.split(':');
  const zeros = plain.includes('::') ? 8 - before.length - after.length : 0;
  return [...before, ...Array<string>(Math.max(0, zeros)).fill('0'), ...after]
    .slice(0, 4)
    .join(':');
}
