import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columns, fields, padded, widthOf } from '../../src/report/layout.ts';
import { amountText, limitText, moneyText, rangeText } from '../../src/report/value.ts';
import { wordsOf } from '../../src/report/words/of.ts';

const english = wordsOf('en');
const chinese = wordsOf('zh');
const whole = (numerator: number) => ({ numerator, denominator: 1 });

test('a range says no more than is known', () => {
  const range = (least: number, most: number | null) =>
    rangeText(whole(least), most === null ? null : whole(most), 'milliseconds', english);
  assert.equal(range(0, 2500), 'at most 2.500 s');
  assert.equal(range(1000, 2500), '1.000 s to 2.500 s');
  assert.equal(range(1000, null), 'at least 1.000 s');
  assert.equal(range(7, 7), '0.007 s');
  assert.equal(range(0, 0), '0.000 s');
  assert.equal(rangeText(whole(3), whole(5), 'minutes', english), '3 to 5 minutes');
  assert.equal(rangeText(whole(3), whole(5), 'days', chinese), '3 至 5 天');
});

test('a mean between two milliseconds is cut off at its lower end and rounded up at its upper one', () => {
  const third = { numerator: 1001, denominator: 3 };
  const half = { numerator: 2001, denominator: 2 };
  assert.equal(rangeText(third, half, 'milliseconds', english), '0.333 s to 1.001 s');
  assert.equal(
    amountText({ numerator: 999_999, denominator: 1_000_000 }, 'share', english),
    '99.9999 %',
  );
});

test('a limit reads as its contract writes it', () => {
  assert.equal(limitText(whole(60_000), 'milliseconds', english), '1 min');
  assert.equal(limitText(whole(90_000), 'milliseconds', english), '90 s');
  assert.equal(limitText(whole(3_600_000), 'milliseconds', chinese), '1 小时');
  assert.equal(limitText(whole(1500), 'milliseconds', english), '1.500 s');
  assert.equal(limitText({ numerator: 9999, denominator: 10_000 }, 'share', chinese), '99.99%');
});

test('money has the decimals of its currency', () => {
  assert.equal(moneyText({ currency: 'CNY', minor: 5 }), 'CNY 0.05');
  assert.equal(moneyText({ currency: 'CNY', minor: 123_456 }), 'CNY 1234.56');
  assert.equal(moneyText({ currency: 'JPY', minor: 500 }), 'JPY 500');
});

test('durations read the same in both languages', () => {
  assert.equal(chinese.say.duration(59_999), '59.999 秒');
  assert.equal(chinese.say.duration(61_001), '1 分 01.001 秒');
  assert.equal(chinese.say.duration(3_600_000), '1 小时 00 分 00.000 秒');
});

test('Chinese takes two columns of a terminal, and columns line up', () => {
  assert.equal(widthOf('分钟（SMTP）'), 12);
  assert.equal(widthOf(padded('合同', 10)), 10);
  assert.equal(padded('longer than that', 3), 'longer than that');
});

test('values stand under each other, however long or wide a label is', () => {
  const lines = fields([
    ['Verdict', 'one'],
    ['Without exclusions, and more', 'two'],
    ['可能的上限，以及更多的说明', 'three'],
    ['', 'four'],
    ['cafe\u0301', 'five'],
  ]);
  const starts = lines.map((line) =>
    widthOf(line.slice(0, line.search(/(one|two|three|four|five)$/))),
  );
  assert.deepEqual(starts, [30, 30, 30, 30, 30]);
});

test('columns grow with their widest cell, and numbers are flush right', () => {
  assert.deepEqual(
    columns(
      [
        ['不可用', '5', 'proven'],
        ['unavailable', '1234567', ''],
        ['', 'and what stands last may be as long as it likes'],
      ],
      { least: [4], right: [1], gap: 2 },
    ),
    [
      '不可用             5  proven',
      'unavailable  1234567',
      '             and what stands last may be as long as it likes',
    ],
  );
});

test('every label of a table fits the column that is kept for it', () => {
  for (const { labels } of [english, chinese])
    for (const name of [
      ...(['certain', 'possible', 'attempts', 'attributed', 'changed', 'counted'] as const),
      ...(['transcript', 'window', 'announced', 'entered', 'ended', 'ruling', 'refused'] as const),
    ])
      assert.ok(widthOf(labels[name]) <= 12, labels[name]);
});
