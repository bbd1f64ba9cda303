import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openMeasuring } from '../../src/assess/measured.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import type { DelayFigures } from '../../src/domain/delay.ts';
import { messageStore } from '../../src/store/messages.ts';
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

test('each direction has the delay of its own route; all messages are pooled beside', (t) => {
  const { send, receive, pooled, routes } = given(t)('tencent-exmail-quality');
  assert.deepEqual(means(send), [[1, 999, 1_000]]);
  assert.deepEqual(means(receive), [[1, 2_999, 3_000]]);
  assert.deepEqual(means(pooled), [[3, (6_999 + 999 + 2_999) / 3, 11_000 / 3]]);
  assert.deepEqual(routes, ['outbound', 'inbound']);
});

test('where only internal mail counts (T4.9) the loop alone bounds both', (t) => {
  const { send, receive, pooled } = given(t)('enterprise-mail-guarantee');
  assert.deepEqual(means(send), [[1, 0, 7_000]]);
  assert.equal(receive, send);
  assert.equal(pooled, undefined);
});
