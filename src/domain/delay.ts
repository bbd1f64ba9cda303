import type { PromisedLimit, Ratio } from './contract.ts';
import { type Range, satisfies } from './promise.ts';
import { whole } from './ratio.ts';

/** A message of ours that was accepted, and when one reader saw it: in `(lastNotSeen, firstSeen]`, wall ms. */
export interface TimedMessage {
  readonly acceptedAt: number;
  readonly seen: { readonly lastNotSeen: number | null; readonly firstSeen: number } | null;
}

/**
 * The delays of a set of messages, as bounds: each value lies in [least, most], ms. Percentiles by nearest
 * rank: the smallest delay that at least p % of the messages do not exceed, always one that occurred.
 */
export interface DelayFigures {
  readonly messages: number;
  /** Still awaited, or lost. */
  readonly undelivered: number;
  /** True while a message is awaited: its delay is still growing. */
  readonly open: boolean;
  /** Arithmetic mean, an exact share of ms. */
  readonly mean: Range;
  readonly maximum: Range;
  readonly median: Range;
  readonly p95: Range;
  readonly p99: Range;
  /** How many messages break a limit, ms. */
  readonly breaking: (limit: Pick<PromisedLimit, 'comparison' | 'limit'>) => Range;
}

/** How long a message is watched for before it is lost, integer ms (measurement §6: 24 h). */
export const watchedFor = 24 * 3_600_000;

/**
 * The delays by what is known at `now`. No message is left out: one that has not arrived enters with the time
 * that has passed, and with at most the whole time it is watched for. One that is lost has exactly that delay,
 * so that a month judged again years later comes out the same.
 * @returns null without a message
 */
export function delayFigures(
  messages: readonly TimedMessage[],
  now: number,
  lostAfter: number = watchedFor,
): DelayFigures | null {
  if (messages.length === 0) return null;
  const bounds = messages.map((message) => delayOf(message, now, lostAfter));
  const least = bounds.map((one) => one.least).sort((a, b) => a - b);
  const most = bounds.map((one) => one.most).sort((a, b) => a - b);
  const count = messages.length;
  // The nth smallest of the lower bounds is below the nth smallest delay, and so for the upper ones.
  const ranked = (percent: number): Range => {
    const index = Math.ceil((count * percent) / 100) - 1;
    return { least: whole(least[index] ?? 0), most: whole(most[index] ?? 0) };
  };
  return {
    messages: count,
    undelivered: messages.filter(({ seen }) => seen === null).length,
    open: messages.some(({ seen, acceptedAt }) => seen === null && now - acceptedAt < lostAfter),
    mean: { least: meanOf(least), most: meanOf(most) },
    maximum: ranked(100),
    median: ranked(50),
    p95: ranked(95),
    p99: ranked(99),
    breaking: (limit) => {
      const broken = (delay: number) => !satisfies(whole(delay), limit);
      return { least: whole(least.filter(broken).length), most: whole(most.filter(broken).length) };
    },
  };
}

/**
 * The same delays as an upper bound only. A tenant's mail to itself takes its sending and its receiving delay
 * together: each of the two lies between nothing and that.
 */
export function asUpperBounds(figures: DelayFigures): DelayFigures {
  const fromZero = ({ most }: Range): Range => ({ least: whole(0), most });
  return {
    ...figures,
    mean: fromZero(figures.mean),
    maximum: fromZero(figures.maximum),
    median: fromZero(figures.median),
    p95: fromZero(figures.p95),
    p99: fromZero(figures.p99),
    breaking: (limit) => fromZero(figures.breaking(limit)),
  };
}

/** A clock that stepped back can show a message before it was accepted: a delay is never negative. */
function delayOf({ acceptedAt, seen }: TimedMessage, now: number, lostAfter: number) {
  const since = (instant: number) => Math.max(0, instant - acceptedAt);
  if (seen === null) return { least: Math.min(since(now), lostAfter), most: lostAfter };
  const most = since(seen.firstSeen);
  return { least: Math.min(since(seen.lastNotSeen ?? acceptedAt), most), most };
}

function meanOf(delays: readonly number[]): Ratio {
  return { numerator: delays.reduce((sum, delay) => sum + delay, 0), denominator: delays.length };
}
