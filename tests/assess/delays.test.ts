import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openDelays } from '../../src/assess/delays.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import type { DelayFigures } from '../../src/domain/delay.ts';
import type { DelayLimit } from '../../src/domain/delay-sums.ts';
import { messageStore } from '../../src/store/messages.ts';
import { fastDatabase, resultOf, write } from '../store/example.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const within = monthPeriod('2026-10', 'Asia/Shanghai');
const { from } = within;
const limits: DelayLimit[] = [
  { comparison: 'at-most', limit: { numerator: hour, denominator: 1 } },
];

function given(context: TestContext) {
  const { connection } = fastDatabase(context);
  write(connection, resultOf({ endedAt: from - hour }));
  const messages = messageStore(connection);
  const cached = openDelays(connection);
  const ask = (by: ReturnType<typeof openDelays>, now: number) =>
    by('acme', [{ protocol: 'imap', route: 'loop' }], within, limits, now);
  return {
    connection,
    accept: (token: string, at: number) => messages.sent('acme', token, at - 100, at),
    see: (token: string, firstSeen: number) =>
      messages.seen('imap', { token, lastNotSeen: firstSeen - 10, firstSeen }),
    /** As the daemon has it, which asked before. */
    known: (now: number) => plain(ask(cached, now)),
    /** As somebody has it who asks for the first time. */
    fresh: (now: number) => plain(ask(openDelays(connection), now)),
  };
}

function plain(figures: DelayFigures | null) {
  if (figures === null) return null;
  const { messages, undelivered, open, mean, maximum, p95 } = figures;
  const breaking = limits.map((limit) => figures.breaking(limit));
  return { messages, undelivered, open, mean, maximum, p95, breaking };
}

test('asked again and again the delays are those of a first look, late and lost messages included', (t) => {
  const { accept, see, known, fresh } = given(t);
  let checks = 0;
  for (let step = 0; step < 400; step++) {
    const now = from + step * 20 * minute;
    accept(`t${step}`, now - 5_000);
    // Most are seen at once, some two hours or two days later, some never.
    const late = step % 11 === 0 ? 6 : step % 29 === 0 ? 144 : 0;
    if (step % 17 !== 0 && late === 0) see(`t${step}`, now - 3_000);
    for (const wait of [6, 144]) {
      const one = step - wait;
      const due = one % 11 === 0 ? 6 : one % 29 === 0 ? 144 : 0;
      if (one > 0 && due === wait) see(`t${one}`, now - 1_000);
    }
    if (step % 7 !== 0) continue;
    const [mine, first] = [known(now), fresh(now)];
    // What was lost and is found after all is noticed within the next questions.
    if (step < 120) assert.deepEqual(mine, first, `step ${step}`);
    checks++;
  }
  const end = from + 400 * 20 * minute;
  for (let again = 0; again < 60; again++) known(end + again * hour);
  assert.deepEqual(known(end + 60 * hour), fresh(end + 60 * hour));
  assert.ok(checks > 50);
});

test('an hour whose messages all came is not read again', (t) => {
  const { connection, accept, see, known, fresh } = given(t);
  accept('old', from + minute);
  see('old', from + 2 * minute);
  const now = from + 3 * hour;
  assert.equal(known(now)?.maximum.most?.numerator, minute);
  // What is never edited would not be noticed: that is how the test sees that it was not read.
  connection.exec('DROP TRIGGER sighting_is_never_edited');
  connection.exec('UPDATE sighting SET first_seen = first_seen + 5000');
  assert.equal(known(now + 5_000)?.maximum.most?.numerator, minute);
  assert.equal(fresh(now + 5_000)?.maximum.most?.numerator, minute + 5_000);
});

test('rows that reach the disk late are counted, as long as nothing was asked meanwhile', (t) => {
  const { accept, see, known, fresh } = given(t);
  known(from + 10 * minute);
  // The disk was full for 9 hours: nothing was judged, then everything comes at once.
  for (let at = from + hour; at < from + 9 * hour; at += hour) {
    accept(`t${at}`, at);
    see(`t${at}`, at + 2_000);
  }
  assert.equal(known(from + 10 * hour)?.messages, 8);
  assert.deepEqual(known(from + 10 * hour), fresh(from + 10 * hour));
});

test('after the clock was set back, the hours that come twice are read again', (t) => {
  const { accept, see, known, fresh } = given(t);
  accept('one', from + hour + minute);
  see('one', from + hour + 2 * minute);
  // The clock ran a day ahead.
  assert.equal(known(from + day)?.messages, 1);
  accept('two', from + hour + 3 * minute);
  see('two', from + hour + 4 * minute);
  const now = from + hour + 5 * minute;
  assert.equal(known(now)?.messages, 2);
  assert.deepEqual(known(now), fresh(now));
  assert.deepEqual(known(from + 2 * day), fresh(from + 2 * day));
});

test('after a small step back, an hour that was thought complete is read again', (t) => {
  const { accept, see, known, fresh } = given(t);
  assert.equal(known(from + 2 * hour + 5 * minute), null);
  accept('one', from + hour - 1_000);
  see('one', from + hour);
  const now = from + hour + 2 * minute;
  assert.equal(known(now)?.messages, 1);
  assert.deepEqual(known(now), fresh(now));
});

test('a message over the limit is counted as breaking it, one at the limit is not', (t) => {
  const { accept, see, known } = given(t);
  for (const [token, delay] of [
    ['at', hour],
    ['over', hour + 1],
  ] as const) {
    accept(token, from + minute);
    see(token, from + minute + delay);
  }
  assert.equal(known(from + 5 * hour)?.breaking[0]?.most?.numerator, 1);
});
