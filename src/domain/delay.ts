import type { Ratio } from './contract.ts';
import {
  type Bounds,
  breaks,
  type DelayLimit,
  type DelaySums,
  delayOf,
  sumDelays,
  type TimedMessage,
  watchedFor,
} from './delay-sums.ts';
import type { Range } from './promise.ts';
import { whole } from './ratio.ts';

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
  readonly breaking: (limit: DelayLimit) => Range;
}

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
  return figuresOfSums(sumDelays(messages, [], now, lostAfter), () => messages, now, lostAfter);
}

/**
 * Figures from sums.
 * @param messages those of the sums; read only for a percentile, or a limit that the sums did not count
 * @returns null without a message
 */
export function figuresOfSums(
  sums: DelaySums,
  messages: () => readonly TimedMessage[],
  now: number,
  lostAfter: number = watchedFor,
): DelayFigures | null {
  const count = sums.messages;
  if (count === 0) return null;
  let sorted: { readonly least: readonly number[]; readonly most: readonly number[] } | null = null;
  const delays = () => {
    sorted ??= sortedDelays(messages(), now, lostAfter);
    return sorted;
  };
  // The nth smallest of the lower bounds is below the nth smallest delay, and so for the upper ones.
  const ranked = (percent: number): Range => {
    const index = Math.ceil((count * percent) / 100) - 1;
    return rangeOf({ least: delays().least[index] ?? 0, most: delays().most[index] ?? 0 });
  };
  const counted = (limit: DelayLimit): Bounds => ({
    least: delays().least.filter((delay) => breaks(delay, limit)).length,
    most: delays().most.filter((delay) => breaks(delay, limit)).length,
  });
  const shareOf = (total: number): Ratio => ({ numerator: total, denominator: count });
  return {
    messages: count,
    undelivered: sums.undelivered,
    open: sums.awaited > 0,
    mean: { least: shareOf(sums.total.least), most: shareOf(sums.total.most) },
    maximum: rangeOf(sums.maximum),
    get median() {
      return ranked(50);
    },
    get p95() {
      return ranked(95);
    },
    get p99() {
      return ranked(99);
    },
    breaking: (limit) =>
      rangeOf(sums.breaking.find((one) => same(one.limit, limit))?.count ?? counted(limit)),
  };
}

/**
 * The same delays as an upper bound only. A tenant's mail to itself takes its sending and its receiving delay
 * together: each of the two lies between nothing and that.
 */
export function asUpperBounds(figures: DelayFigures): DelayFigures {
  const { messages, undelivered, open } = figures;
  const fromZero = ({ most }: Range): Range => ({ least: whole(0), most });
  return {
    messages,
    undelivered,
    open,
    mean: fromZero(figures.mean),
    maximum: fromZero(figures.maximum),
    get median() {
      return fromZero(figures.median);
    },
    get p95() {
      return fromZero(figures.p95);
    },
    get p99() {
      return fromZero(figures.p99);
    },
    breaking: (limit) => fromZero(figures.breaking(limit)),
  };
}

function same(one: DelayLimit, other: DelayLimit): boolean {
  return (
    one.comparison === other.comparison &&
    one.limit.numerator === other.limit.numerator &&
    one.limit.denominator === other.limit.denominator
  );
}

function rangeOf({ least, most }: Bounds): Range {
  return { least: whole(least), most: whole(most) };
}

function sortedDelays(messages: readonly TimedMessage[], now: number, lostAfter: number) {
  const delays = messages.map((message) => delayOf(message, now, lostAfter));
  return {
    least: delays.map(({ least }) => least).sort((a, b) => a - b),
    most: delays.map(({ most }) => most).sort((a, b) => a - b),
  };
}
