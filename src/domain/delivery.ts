import { deeper } from './protocol.ts';
import type { Failure, ProbeResult } from './result.ts';

/** A message of ours that was accepted, and that one reading protocol has not seen before this look. */
export interface AwaitedMessage {
  readonly token: string;
  readonly acceptedAt: number;
}

/**
 * What a reader's look into the mailbox says of delivery (measurement §2): a message that is not there
 * after the allowance is a failure of the reading protocol from acceptance + allowance until the look.
 * A newer message that was seen excuses an older one: what is lost is not an outage.
 * @param awaited every message this protocol was still to see, the round's own included
 * @param allowance integer ms
 */
export function judgeDelivery(
  result: ProbeResult,
  awaited: readonly AwaitedMessage[],
  allowance: number,
): ProbeResult {
  if (result.failure !== null || result.lookedAt === null) return result;
  const seen = new Set(result.sightings.map((sighting) => sighting.token));
  const newestSeen = Math.max(
    -Infinity,
    ...awaited.filter(({ token }) => seen.has(token)).map(({ acceptedAt }) => acceptedAt),
  );
  const overdue = awaited
    .filter(({ token, acceptedAt }) => !seen.has(token) && acceptedAt > newestSeen)
    .map(({ acceptedAt }) => acceptedAt + allowance);
  const since = Math.min(Infinity, ...overdue);
  if (since < result.lookedAt) return notDelivered(result, since, result.lookedAt);
  const read = newestSeen > -Infinity;
  const vouches = read ? deeper(result.vouches ?? 'roundtrip', 'roundtrip') : result.vouches;
  return { ...result, vouches };
}

function notDelivered(result: ProbeResult, since: number, lookedAt: number): ProbeResult {
  const failure: Failure = {
    phase: 'visible',
    reason: 'not-delivered',
    kind: 'silence',
    code: null,
    message: 'a message that was accepted is not in the mailbox',
    provenFrom: since,
    provenTo: lookedAt,
  };
  return { ...result, failure, vouches: result.vouches === null ? null : 'login' };
}
