import type { PromisedLimit } from './contract.ts';
import { satisfies } from './promise.ts';
import { whole } from './ratio.ts';

/** A message of ours that was accepted, and when one reader saw it: in `(lastNotSeen, firstSeen]`, wall ms. */
export interface TimedMessage {
  readonly acceptedAt: number;
  readonly seen: { readonly lastNotSeen: number | null; readonly firstSeen: number } | null;
  /** Wall ms at which a delivery report said that it failed; null or left out: none did. */
  readonly failedAt?: number | null;
  /** The delay of a part of the way is asked for: a message that has not arrived may be held up in the other one. */
  readonly part?: boolean;
}

/** What a delay may not pass, ms. */
export type DelayLimit = Pick<PromisedLimit, 'comparison' | 'limit'>;

/** A delay of which only this much is known, or a count or a sum of such; integers. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
}

/**
 * What delays add up to. Sums of two sets of messages add up to those of both (`addDelays`), so that a month
 * need not be read again for each message that comes.
 */
export interface DelaySums {
  readonly messages: number;
  readonly undelivered: number;
  /** Of the undelivered ones, those that are not lost yet. */
  readonly awaited: number;
  /** All delays together, ms. */
  readonly total: Bounds;
  readonly maximum: Bounds;
  /** How many break a limit, for those that were asked for. */
  readonly breaking: readonly { readonly limit: DelayLimit; readonly count: Bounds }[];
}

/** How long a message is watched for before it is lost, integer ms (measurement §6: 24 h). */
export const watchedFor = 24 * 3_600_000;

/** The sums at `now`, with the counts of those that break each of the limits. */
export function sumDelays(
  messages: readonly TimedMessage[],
  limits: readonly DelayLimit[],
  now: number,
  lostAfter: number = watchedFor,
): DelaySums {
  const delays = messages.map((message) => delayOf(message, now, lostAfter));
  const over = (combine: (values: readonly number[]) => number): Bounds => ({
    least: combine(delays.map(({ least }) => least)),
    most: combine(delays.map(({ most }) => most)),
  });
  const unseen = messages.filter(({ seen }) => seen === null);
  return {
    messages: messages.length,
    undelivered: unseen.length,
    awaited: unseen.filter(
      ({ acceptedAt, failedAt = null }) => failedAt === null && now - acceptedAt < lostAfter,
    ).length,
    total: over((values) => values.reduce((sum, value) => sum + value, 0)),
    maximum: over((values) => values.reduce((longest, value) => Math.max(longest, value), 0)),
    breaking: limits.map((limit) => ({
      limit,
      count: over((values) => values.filter((value) => breaks(value, limit)).length),
    })),
  };
}

/** The sums of both sets; they must have been asked for the same limits, in the same order. */
export function addDelays(one: DelaySums, other: DelaySums): DelaySums {
  return {
    messages: one.messages + other.messages,
    undelivered: one.undelivered + other.undelivered,
    awaited: one.awaited + other.awaited,
    total: both(one.total, other.total, (a, b) => a + b),
    maximum: both(one.maximum, other.maximum, Math.max),
    breaking: one.breaking.map(({ limit, count }, index) => ({
      limit,
      count: both(count, other.breaking[index]?.count ?? { least: 0, most: 0 }, (a, b) => a + b),
    })),
  };
}

function both(one: Bounds, other: Bounds, combine: (a: number, b: number) => number): Bounds {
  return { least: combine(one.least, other.least), most: combine(one.most, other.most) };
}

export function breaks(delay: number, limit: DelayLimit): boolean {
  return !satisfies(whole(delay), limit);
}

/**
 * What failed for good enters with the time until that was known: nobody waits for it any longer.
 * A clock that stepped back can show a message before it was accepted: a delay is never negative.
 */
export function delayOf(
  { acceptedAt, seen, failedAt = null, part = false }: TimedMessage,
  now: number,
  lostAfter: number,
): Bounds {
  const since = (instant: number) => Math.max(0, instant - acceptedAt);
  if (seen === null && failedAt !== null) {
    const until = Math.min(since(failedAt), lostAfter);
    return { least: part ? 0 : until, most: until };
  }
  if (seen === null) return { least: part ? 0 : Math.min(since(now), lostAfter), most: lostAfter };
  const most = since(seen.firstSeen);
  return { least: Math.min(since(seen.lastNotSeen ?? acceptedAt), most), most };
}
