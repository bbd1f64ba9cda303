import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayFigures } from '../../src/domain/delay.ts';
import { delayLegs, type MeasuredDelays } from '../../src/domain/delay-legs.ts';
import { sumDelays, type TimedMessage, watchedFor } from '../../src/domain/delay-sums.ts';
import { whole } from '../../src/domain/ratio.ts';

const hour = 3_600_000;
const now = 9 * hour;
const exactly = (delay: number): TimedMessage => ({
  acceptedAt: 1_000,
  seen: { lastNotSeen: 1_000 + delay, firstSeen: 1_000 + delay },
});
const figures = (...delays: number[]) => {
  const found = delayFigures(delays.map(exactly), now);
  return found === null ? [] : [found];
};
const [out, back] = [
  [10_000, 30_000, 50_000],
  [4_000, hour + 1],
];
const loop = figures(40_000, 80_000);
const nothing: MeasuredDelays = { loop, stamps: null, outbound: [], inbound: [], both: () => [] };
const measured: MeasuredDelays = {
  ...nothing,
  outbound: figures(...out),
  inbound: figures(...back),
  both: () => figures(...out, ...back),
};

test('sending and receiving are apart, and pooled beside them', () => {
  const { send, receive, pooled, sources } = delayLegs(measured, false);
  // (10 + 30 + 50) / 3 s; (4 000 + 3 600 001) / 2 ms; their five delays together.
  assert.deepEqual(send[0]?.mean.least, { numerator: 90_000, denominator: 3 });
  assert.deepEqual(receive[0]?.mean.most, { numerator: 3_604_001, denominator: 2 });
  assert.deepEqual(pooled[0]?.mean.least, { numerator: 3_694_001, denominator: 5 });
  assert.deepEqual(pooled[0]?.median.least, whole(30_000));
  assert.deepEqual(sources, { send: 'outbound', receive: 'inbound' });
  const limit = { comparison: 'at-most', limit: whole(hour) } as const;
  assert.deepEqual(send[0]?.breaking(limit), { least: whole(0), most: whole(0) });
  assert.deepEqual(pooled[0]?.breaking(limit), { least: whole(1), most: whole(1) });
});

test('a direction that no route measures is bounded by the mail of the tenant to itself', () => {
  const { send, receive, pooled, sources } = delayLegs({ ...measured, inbound: [] }, false);
  assert.deepEqual(send[0]?.maximum.least, whole(50_000));
  assert.deepEqual(receive[0]?.mean, {
    least: whole(0),
    most: { numerator: 120_000, denominator: 2 },
  });
  // One direction alone says nothing of both.
  assert.deepEqual(pooled[0]?.maximum, { least: whole(0), most: whole(80_000) });
  assert.deepEqual(sources, { send: 'outbound', receive: 'loop' });
});

test('where the loop is stamped on the way, that stands in for a direction without a route', () => {
  const stamps = { send: figures(1_000, 2_000), receive: figures(39_000, 78_000) };
  const { send, receive, sources } = delayLegs({ ...measured, stamps, outbound: [] }, false);
  assert.equal(send, stamps.send);
  assert.equal(receive, measured.inbound);
  assert.deepEqual(sources, { send: 'stamps', receive: 'inbound' });
});

test('where only internal mail counts (T4.9), the other routes do not', () => {
  const legs = delayLegs(measured, true);
  for (const leg of [legs.send, legs.receive, legs.pooled])
    assert.deepEqual(leg[0]?.maximum.most, whole(80_000));
  assert.deepEqual(legs.sources, { send: 'loop', receive: 'loop' });
  const { send, receive, pooled } = delayLegs({ ...measured, loop: [] }, true);
  assert.deepEqual([send, receive, pooled], [[], [], []]);
});

test('a bounced message enters with the time until its report, and is awaited no more', () => {
  const bounced = { acceptedAt: 1_000, seen: null, failedAt: 31_000 };
  const sums = sumDelays([bounced, exactly(10_000)], [], 2_000 + hour);
  assert.equal(sums.undelivered, 1);
  assert.equal(sums.awaited, 0);
  assert.deepEqual(sums.total, { least: 40_000, most: 40_000 });
  const arrived = { ...exactly(50_000), failedAt: 31_000 };
  assert.deepEqual(sumDelays([arrived], [], hour).total, { least: 50_000, most: 50_000 });
  const late = { ...bounced, failedAt: 1_000 + 2 * watchedFor };
  assert.deepEqual(sumDelays([late], [], hour).maximum, { least: watchedFor, most: watchedFor });
});

test('what has not arrived may be held up in either part of its way, so it proves a delay of neither', () => {
  const part = { acceptedAt: 1_000, seen: null, part: true };
  assert.deepEqual(sumDelays([part], [], hour).total, { least: 0, most: watchedFor });
  const failed = { ...part, failedAt: 31_000 };
  assert.deepEqual(sumDelays([failed], [], hour).total, { least: 0, most: 30_000 });
});
