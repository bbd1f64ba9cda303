import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MinuteState } from '../../src/domain/ledger.ts';
import { answerText } from '../../src/report/answer-text.ts';
import { wordsOf } from '../../src/report/words/of.ts';
import { shipped } from '../domain/worked.ts';
import { entryOf } from './entries.ts';
import { reportOf, statesOf } from './example.ts';
import { at, period } from './instants.ts';

const english = wordsOf('en');
const contract = shipped('tencent-exmail-2020');

/** States up to `until`, with so many minutes of 3 October in these states. */
function statesWith(until: number, ...given: [MinuteState, number][]): Map<number, MinuteState> {
  const states = new Map<number, MinuteState>(
    [...statesOf(until).keys()].map((minute) => [minute, 'available']),
  );
  let minute = at('03T00:00:00');
  for (const [state, count] of given)
    for (let i = 0; i < count; i++, minute += 60_000) states.set(minute, state);
  return states;
}

function answer(until: number, ...given: [MinuteState, number][]): string {
  const states = statesWith(until, ...given);
  return answerText(reportOf({ generatedAt: until, records: [] }, { states }), english);
}

test('44 lost minutes of a month of 31 days keep 99.9 %, 45 break it', () => {
  assert.match(answer(period.to, ['unavailable', 44]), /— promise kept; credit: none\.$/);
  assert.match(answer(period.to, ['unavailable', 45]), /— promise broken; credit: 10 %/);
});

test('while the month runs the promise is kept so far, not decided yet, or broken', () => {
  const middle = at('16T00:00:00');
  assert.match(
    answer(middle, ['unavailable', 44]),
    /— promise kept so far; credit so far: none; claim/,
  );
  assert.match(
    answer(middle, ['unavailable', 40], ['unknown', 5]),
    /— not decided yet; credit so far: none, 10 % of the month’s fee; claim from/,
  );
  assert.match(answer(middle, ['unavailable', 45]), /— promise broken; credit so far: 10 %/);
});

test('a month that is over and not decided says so', () => {
  assert.match(
    answer(period.to, ['unavailable', 44], ['suspect', 1]),
    /the evidence does not decide whether the promise was kept/,
  );
});

test('nothing to claim: no claim dates; lapsed or claimed: that instead of the dates', () => {
  assert.doesNotMatch(answer(period.to, ['unavailable', 44]), /claim/i);
  const broken = { states: statesWith(period.to, ['unavailable', 45]) };
  const late = Date.parse('2026-12-31T00:00:00+08:00');
  const lapsed = answerText(reportOf({ generatedAt: late, records: [] }, broken), english);
  assert.match(lapsed, /Claim: lapsed without having been claimed\.$/);
  const claim = (iso: string) => ({
    ...entryOf(9),
    clause: null,
    events: [],
    detail: { kind: 'claim', month: '2026-10', number: 'T-1', at: Date.parse(iso) } as const,
  });
  const claimed = (iso: string) =>
    answerText(reportOf({ generatedAt: late, records: [claim(iso)] }, broken), english);
  // The window is [7 November, 31 December).
  assert.match(claimed('2026-11-07T00:00:00+08:00'), /claimed inside the window/);
  assert.match(claimed('2026-11-06T23:59:59+08:00'), /claimed outside the window/);
  assert.match(claimed('2026-12-31T00:00:00+08:00'), /claimed outside the window/);
});

test('a contract that promises no availability is not said to keep or break it', () => {
  const states = statesWith(period.to, ['unavailable', 45]);
  const plain = reportOf({}, { contract: shipped('aliyun-reseller'), states });
  assert.match(answerText(plain, english), /— the contract promises no availability\.$/);
});

test('a month before the service was rented, and one that is still to come, have no figure', () => {
  const service = { from: period.to, until: null };
  const none = reportOf({}, { states: new Map(), service });
  assert.equal(
    answerText(none, english),
    'October 2026: the service was not rented in this month.',
  );
  const ahead = reportOf({}, { states: new Map() });
  assert.equal(answerText(ahead, english), 'October 2026: nothing is judged yet.');
});

test('further promises that are broken are named by their clauses', () => {
  const states = statesWith(period.to, ['unavailable', 44]);
  const text = answerText(
    reportOf({}, { contract: shipped('enterprise-mail-guarantee'), states }),
    english,
  );
  // 44 of 44 640 keep 99.9 %; less than 44 minutes and 99.99 % are missed.
  assert.match(text, /— promise kept; further promises broken: T4\.2, T4\.13\.$/);
});

test('credit is never more than the fee less what vouchers paid of it', () => {
  const fee = {
    ...entryOf(1),
    clause: null,
    events: [],
    detail: {
      kind: 'fee',
      month: '2026-10',
      months: 1,
      amount: { minor: 1999, currency: 'CNY' },
      paidByVouchers: 1900,
    } as const,
  };
  const states = statesWith(period.to, ['unavailable', 45]);
  // 10 % of 19.99 is 1.999, cut off to 1.99; the cap is 0.99.
  assert.match(
    answerText(reportOf({ contract, records: [fee] }, { states }), english),
    /\(CNY 0\.99\)/,
  );
});
