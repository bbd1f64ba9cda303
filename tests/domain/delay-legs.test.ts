import assert from 'node:assert/strict';
import { test } from 'node:test';
import { delayLegs } from '../../src/domain/delay-legs.ts';
import { sumDelays, type TimedMessage, watchedFor } from '../../src/domain/delay-sums.ts';
import { whole } from '../../src/domain/ratio.ts';

const hour = 3_600_000;
const exactly = (delay: number): TimedMessage => ({
  acceptedAt: 1_000,
  seen: { lastNotSeen: 1_000 + delay, firstSeen: 1_000 + delay },
});
const loop = [exactly(40_000), exactly(80_000)];
const outbound = [exactly(10_000), exactly(30_000), exactly(50_000)];
const inbound = [exactly(4_000), exactly(hour + 1)];

test('sending and receiving are apart, and pooled beside them', () => {
  const { send, receive, pooled } = delayLegs({ loop, outbound, inbound }, false, hour * 9);
  // (10 + 30 + 50) / 3 s; (4 000 + 3 600 001) / 2 ms; their five delays together.
  assert.deepEqual(send?.mean.least, { numerator: 90_000, denominator: 3 });
  assert.deepEqual(receive?.mean.most, { numerator: 3_604_001, denominator: 2 });
  assert.deepEqual(pooled?.mean.least, { numerator: 3_694_001, denominator: 5 });
  assert.deepEqual(pooled?.median.least, whole(30_000));
  const limit = { comparison: 'at-most', limit: whole(hour) } as const;
  assert.deepEqual(send?.breaking(limit), { least: whole(0), most: whole(0) });
  assert.deepEqual(pooled?.breaking(limit), { least: whole(1), most: whole(1) });
});

test('a direction that no route measures is bounded by the mail of the tenant to itself', () => {
  const { send, receive, pooled } = delayLegs({ loop, outbound }, false, hour);
  assert.deepEqual(send?.maximum.least, whole(50_000));
  assert.deepEqual(receive?.mean, {
    least: whole(0),
    most: { numerator: 120_000, denominator: 2 },
  });
  assert.deepEqual(pooled?.maximum, { least: whole(0), most: whole(80_000) });
});

test('where only internal mail counts (T4.9), the other routes do not', () => {
  const { send, receive, pooled } = delayLegs({ loop, outbound, inbound }, true, hour * 9);
  for (const leg of [send, receive, pooled]) assert.deepEqual(leg?.maximum.most, whole(80_000));
  assert.deepEqual(delayLegs({ outbound }, true, hour), {
    send: null,
    receive: null,
    pooled: null,
  });
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
