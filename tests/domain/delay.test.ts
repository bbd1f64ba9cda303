import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  asUpperBounds,
  type DelayFigures,
  delayFigures,
  figuresOfSums,
} from '../../src/domain/delay.ts';
import {
  addDelays,
  type DelayLimit,
  sumDelays,
  type TimedMessage,
  watchedFor,
} from '../../src/domain/delay-sums.ts';
import { whole } from '../../src/domain/ratio.ts';

const much = 10 * watchedFor;
const seen = (acceptedAt: number, lastNotSeen: number | null, firstSeen: number): TimedMessage => ({
  acceptedAt,
  seen: { lastNotSeen, firstSeen },
});
const awaited = (acceptedAt: number): TimedMessage => ({ acceptedAt, seen: null });
function figuresOf(messages: readonly TimedMessage[], now: number = much): DelayFigures {
  const figures = delayFigures(messages, now);
  if (figures === null) throw new Error('no message');
  return figures;
}
const between = (least: number, most: number) => ({ least: whole(least), most: whole(most) });
const limit = (value: number, comparison: 'at-most' | 'below' = 'at-most') => ({
  comparison,
  limit: whole(value),
});

test('a delay lies between the last look without the message and the first with it', () => {
  const figures = figuresOf([seen(1_000, 6_000, 11_000)]);
  assert.deepEqual(figures.maximum, between(5_000, 10_000));
  assert.deepEqual(figures.median, between(5_000, 10_000));
});

test('a message that no look missed may have been there at once', () => {
  assert.deepEqual(figuresOf([seen(1_000, null, 3_000)]).maximum, between(0, 2_000));
  // The last look without it was before it was accepted.
  assert.deepEqual(figuresOf([seen(1_000, 400, 3_000)]).maximum, between(0, 2_000));
});

test('a delay is never negative, nor its lower bound above its upper one', () => {
  assert.deepEqual(figuresOf([seen(5_000, null, 4_900)]).maximum, between(0, 0));
  assert.deepEqual(figuresOf([seen(0, 9_000, 8_000)]).maximum, between(8_000, 8_000));
});

test('the mean is an exact share: 60 000, 60 000 and 60 001 ms are more than a minute on average', () => {
  const figures = figuresOf([60_000, 60_000, 60_001].map((delay) => seen(0, delay, delay)));
  assert.deepEqual(figures.mean.least, { numerator: 180_001, denominator: 3 });
});

test('percentiles by nearest rank are values that occurred', () => {
  // 20 messages of 1 to 20 s: ranks ⌈20 × 50 %⌉ = 10, ⌈20 × 95 %⌉ = 19, ⌈20 × 99 %⌉ = 20.
  const delays = Array.from({ length: 20 }, (_, index) => (20 - index) * 1_000);
  const figures = figuresOf(delays.map((delay) => seen(0, delay, delay)));
  assert.deepEqual(figures.median, between(10_000, 10_000));
  assert.deepEqual(figures.p95, between(19_000, 19_000));
  assert.deepEqual(figures.p99, between(20_000, 20_000));
  assert.deepEqual(figures.maximum, between(20_000, 20_000));
  // 3 messages: rank ⌈1.5⌉ = 2.
  const three = figuresOf([1, 2, 9].map((delay) => seen(0, delay, delay)));
  assert.deepEqual(three.median, between(2, 2));
});

test('how often a limit is broken has bounds, and a value on the limit breaks "below" only', () => {
  const figures = figuresOf([
    seen(0, 3_600_000, 3_600_000),
    seen(0, 3_600_000, 3_600_001),
    seen(0, 3_600_001, 3_605_000),
    seen(0, 10, 20),
  ]);
  assert.deepEqual(figures.breaking(limit(3_600_000)), between(1, 2));
  assert.deepEqual(figures.breaking(limit(3_600_000, 'below')), between(3, 3));
});

test('a message that has not arrived is never left out: it enters with the time that has passed', () => {
  const figures = figuresOf([seen(0, 1_000, 1_000), awaited(0)], 7_200_000);
  assert.equal(figures.messages, 2);
  assert.equal(figures.undelivered, 1);
  assert.equal(figures.open, true);
  assert.deepEqual(figures.maximum, between(7_200_000, watchedFor));
  assert.deepEqual(figures.mean.least, { numerator: 7_201_000, denominator: 2 });
  assert.deepEqual(figures.breaking(limit(3_600_000)), between(1, 1));
});

test('a message awaited for less than the limit may still keep it, and may not', () => {
  const figures = figuresOf([awaited(0)], 60_000);
  assert.deepEqual(figures.breaking(limit(3_600_000)), between(0, 1));
});

test('a lost message stays at the whole time it was watched for, whenever it is judged again', () => {
  const messages = [seen(0, 1_000, 2_000), awaited(5_000)];
  const once = figuresOf(messages, 5_000 + watchedFor);
  assert.equal(once.open, false);
  assert.deepEqual(once.maximum, between(watchedFor, watchedFor));
  const later = figuresOf(messages, 400 * watchedFor);
  assert.deepEqual([later.mean, later.maximum, later.p99], [once.mean, once.maximum, once.p99]);
  assert.equal(figuresOf(messages, 4_999 + watchedFor).open, true);
});

test('of a route that takes both delays each is at most the whole', () => {
  const loop = figuresOf([seen(0, 7_000, 8_000), seen(0, 90_000, 95_000)]);
  const leg = asUpperBounds(loop);
  assert.deepEqual(leg.maximum, between(0, 95_000));
  assert.deepEqual(leg.mean.least, whole(0));
  assert.deepEqual(leg.mean.most, loop.mean.most);
  assert.deepEqual(leg.breaking(limit(60_000)), between(0, 1));
});

test('without a message there are no figures', () => {
  assert.equal(delayFigures([], much), null);
});

test('sums of parts add up to the figures of the whole, whatever the parts', () => {
  const limits: DelayLimit[] = [
    { comparison: 'at-most', limit: whole(60_000) },
    { comparison: 'below', limit: whole(3_600_000) },
  ];
  const now = 2 * watchedFor;
  const messages = Array.from({ length: 60 }, (_, index): TimedMessage => {
    const acceptedAt = index * 2_900_000;
    if (index % 7 === 3) return awaited(acceptedAt);
    const delay = (index * 7_919_000) % 7_200_001;
    return seen(acceptedAt, acceptedAt + Math.max(0, delay - 5_000), acceptedAt + delay);
  });
  const entire = figuresOf(messages, now);
  for (const cut of [0, 1, 13, 59, 60]) {
    const sums = addDelays(
      sumDelays(messages.slice(0, cut), limits, now),
      sumDelays(messages.slice(cut), limits, now),
    );
    const figures = figuresOfSums(sums, () => messages, now);
    assert.ok(figures);
    const { messages: count, undelivered, open, mean, maximum, p95 } = figures;
    assert.deepEqual(
      { count, undelivered, open, mean, maximum, p95 },
      {
        count: 60,
        undelivered: 9,
        open: true,
        mean: entire.mean,
        maximum: entire.maximum,
        p95: entire.p95,
      },
    );
    for (const limit of limits)
      assert.deepEqual(figures.breaking(limit), entire.breaking(limit), limit.comparison);
  }
});

test('sums give mean, maximum and counted limits without reading one message', () => {
  const limit: DelayLimit = { comparison: 'at-most', limit: whole(1_000) };
  const sums = sumDelays([seen(0, 900, 2_000), seen(0, null, 500)], [limit], much);
  const figures = figuresOfSums(sums, () => assert.fail('read'), much);
  assert.deepEqual(figures?.mean, {
    least: { numerator: 900, denominator: 2 },
    most: { numerator: 2_500, denominator: 2 },
  });
  assert.deepEqual(figures?.maximum, { least: whole(900), most: whole(2_000) });
  assert.deepEqual(figures?.breaking(limit), { least: whole(0), most: whole(1) });
  assert.throws(() => figures?.median, /read/);
});
