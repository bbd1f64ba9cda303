import { deeper } from './protocol.ts';
import type { Failure, Look, ProbeResult } from './result.ts';

/** A message of ours that was accepted, and that one reading protocol has not seen before this look. */
export interface AwaitedMessage {
  readonly token: string;
  readonly acceptedAt: number;
}

/**
 * What a reader's look into the mailbox says of delivery (measurement §2): a message that is not there
 * after the allowance is a failure of the reading protocol from acceptance + allowance until the look.
 * A newer message that was seen excuses an older one: what is lost is not an outage.
 * What a full mailbox keeps out is not the provider's failure, and is told apart.
 * @param awaited every message this protocol was still to see, the round's own included
 * @param allowance integer ms
 * @param full whether the mailbox was full when its quota was last read
 */
export function judgeDelivery(
  result: ProbeResult,
  awaited: readonly AwaitedMessage[],
  allowance: number,
  full = false,
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
  if (since < result.lookedAt) return notDelivered(result, since, result.lookedAt, full);
  const read = newestSeen > -Infinity;
  const vouches = read ? deeper(result.vouches ?? 'roundtrip', 'roundtrip') : result.vouches;
  return { ...result, vouches };
}

/** What the attempt's looks say of the messages that it did not see: nothing if it saw them all. */
export function looksOf(result: ProbeResult, asked: readonly AwaitedMessage[]): Look[] {
  const seen = new Set(result.sightings.map(({ token }) => token));
  const missing = asked.filter(({ token }) => !seen.has(token));
  const oldestMissing = Math.min(Infinity, ...missing.map(({ acceptedAt }) => acceptedAt));
  const acceptedSince = Math.min(...asked.map(({ acceptedAt }) => acceptedAt));
  const looks = [
    { folder: 'inbox' as const, lookedAt: result.lookedAt },
    { folder: 'junk' as const, lookedAt: result.junkLookedAt ?? null },
  ];
  return looks.flatMap(({ folder, lookedAt }) =>
    lookedAt !== null && lookedAt > oldestMissing ? [{ folder, lookedAt, acceptedSince }] : [],
  );
}

function notDelivered(
  result: ProbeResult,
  since: number,
  lookedAt: number,
  full: boolean,
): ProbeResult {
  const failure: Failure = {
    phase: 'visible',
    reason: full ? 'mailbox-full' : 'not-delivered',
    kind: 'silence',
    code: null,
    message: full
      ? 'a message that was accepted is not in the mailbox, which is full'
      : 'a message that was accepted is not in the mailbox',
    provenFrom: since,
    provenTo: lookedAt,
  };
  return { ...result, failure, vouches: result.vouches === null ? null : 'login' };
}
