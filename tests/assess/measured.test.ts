import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openMeasuring } from '../../src/assess/measured.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import type { DelayFigures } from '../../src/domain/delay.ts';
import { messageStore } from '../../src/store/messages.ts';
import { traceStore } from '../../src/store/traces.ts';
import { shipped } from '../domain/worked.ts';
import { fastDatabase, resultOf, write } from '../store/example.ts';
import { tenant } from './example.ts';

const { from } = monthPeriod('2026-10', 'Asia/Shanghai');

/** Three messages, a route each: 7 s by the loop, 1 s out, 3 s in. */
function given(context: TestContext) {
  const { connection } = fastDatabase(context);
  write(connection, resultOf({ tenant: tenant.name, endedAt: from - 1 }));
  const messages = messageStore(connection);
  const at = from + 60_000;
  const add = (token: string, way: object, reader: 'imap' | 'sink', delay: number) => {
    messages.sent(tenant.name, token, at - 100, at, way);
    messages.seen(reader, { token, lastNotSeen: at + delay - 1, firstSeen: at + delay });
  };
  add('a', {}, 'imap', 7_000);
  add('b', { route: 'outbound', recipient: 'x+b@sink.example' }, 'sink', 1_000);
  add('c', { route: 'inbound', sender: 'x@send.example' }, 'imap', 3_000);
  return (name: string) => {
    const beyond = { closedUntil: -Infinity, minutes: new Map() };
    return openMeasuring(connection)(tenant, shipped(name), '2026-10', at + 60_000, beyond);
  };
}

const means = (figures: readonly DelayFigures[] | null | undefined) =>
  figures?.map(({ mean, messages }) => [
    messages,
    mean.least.numerator / mean.least.denominator,
    mean.most === null ? null : mean.most.numerator / mean.most.denominator,
  ]);

test('each direction has the delay of its own route; the two are pooled beside', (t) => {
  const { send, receive, pooled, routes } = given(t)('tencent-exmail-quality');
  assert.deepEqual(means(send), [[1, 999, 1_000]]);
  assert.deepEqual(means(receive), [[1, 2_999, 3_000]]);
  assert.deepEqual(means(pooled), [[2, (999 + 2_999) / 2, 2_000]]);
  assert.deepEqual(routes, ['outbound', 'inbound']);
});

test('where only internal mail counts (T4.9) the loop alone bounds both', (t) => {
  const { send, receive, pooled } = given(t)('enterprise-mail-guarantee');
  assert.deepEqual(means(send), [[1, 0, 7_000]]);
  assert.equal(receive, send);
  assert.equal(pooled, send);
});

/** Mail of the tenant to itself, each message stamped on its way by clocks an hour ahead of ours. */
function stamped(context: TestContext) {
  const { connection } = fastDatabase(context);
  write(connection, resultOf({ tenant: tenant.name, endedAt: from - 1 }));
  const messages = messageStore(connection);
  const traces = traceStore(connection);
  const hour = 3_600_000;
  const at = from + 60_000;
  const deliver = (token: string, handed: number, seen: number) => {
    const begin = at + Number(token) * 60_000;
    messages.sent(tenant.name, token, begin - 100, begin);
    messages.seen('imap', { token, lastNotSeen: begin + seen - 1, firstSeen: begin + seen });
    const stamp = (host: string, time: number, submission: boolean) => ({
      host,
      at: Math.floor((time + hour) / 1000) * 1000,
      submission,
    });
    const stamps = [stamp('mx', begin - 50, true), stamp('store', begin + handed, false)];
    traces.traced({ token, stamps, seenAt: begin + seen });
  };
  const measure = (after: number) => {
    const beyond = { closedUntil: -Infinity, minutes: new Map() };
    const contract = shipped('tencent-exmail-quality');
    return openMeasuring(connection)(tenant, contract, '2026-10', at + after, beyond);
  };
  return { deliver, measure, messages, at };
}

test('without routes the stamps part sending from receiving, by what all messages say of the clock', (t) => {
  const { deliver, measure } = stamped(t);
  for (let one = 0; one < 20; one += 1) deliver(String(one), 137 * (one % 7), 137 * (one % 7) + 40);
  // 30 s in the queue, then 20 s unseen.
  deliver('21', 30_000, 50_000);
  const { send, receive, sources, skew } = measure(1_800_000);
  assert.deepEqual(sources, { send: 'stamps', receive: 'stamps' });
  assert.ok(skew && skew.least <= 3_600_000 && 3_600_000 <= skew.most, JSON.stringify(skew));
  assert.ok(skew.most - skew.least <= 1_500);
  const [sending] = send ?? [];
  const [receiving] = receive ?? [];
  const bounds = (one: DelayFigures | undefined) => [
    one?.maximum.least.numerator ?? Number.NaN,
    one?.maximum.most?.numerator ?? Number.NaN,
  ];
  const [least = 0, most = 0] = bounds(sending);
  assert.ok(
    28_000 <= least && least <= 30_000 && 30_000 <= most && most <= 32_000,
    `${least} ${most}`,
  );
  const [back = 0, forth = 0] = bounds(receiving);
  assert.ok(
    18_000 <= back && back <= 20_000 && 20_000 <= forth && forth <= 22_000,
    `${back} ${forth}`,
  );
});

test('a message without a stamp, or not seen yet, keeps the bounds of the whole way', (t) => {
  const { deliver, measure, messages, at } = stamped(t);
  deliver('0', 1_000, 2_000);
  messages.sent(tenant.name, 'bare', at + 59_000, at + 60_000);
  messages.seen('imap', { token: 'bare', lastNotSeen: at + 67_000, firstSeen: at + 68_000 });
  messages.sent(tenant.name, 'gone', at + 119_000, at + 120_000);
  const { send } = measure(600_000);
  assert.equal(send?.[0]?.messages, 3);
  assert.equal(send?.[0]?.undelivered, 1);
  assert.equal(send?.[0]?.open, true);
  // The one that is awaited may be held up on the second part of its way.
  assert.ok((send?.[0]?.maximum.least.numerator ?? 0) <= 1_000);
  assert.equal(send?.[0]?.maximum.most?.numerator, 24 * 3_600_000);
});
