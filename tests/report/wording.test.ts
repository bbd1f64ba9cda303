import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  formatDuration,
  formatMoment,
  formatPercent,
  formatTarget,
  percentOf,
  printable,
} from '../../src/report/wording.ts';

test('a percentage is cut off, never rounded up', () => {
  const cases: [number, number, string][] = [
    [44_639, 44_640, '99.9977 %'],
    [525_599, 525_600, '99.9998 %'],
    [9_999_999, 10_000_000, '99.9999 %'],
    [999_999_999, 1_000_000_000, '99.9999 %'],
    [44_640, 44_640, '100.0000 %'],
    [2, 3, '66.6666 %'],
    [1, 1_000_000, '0.0001 %'],
    [0, 44_640, '0.0000 %'],
  ];
  for (const [numerator, denominator, expected] of cases) {
    assert.equal(formatPercent({ numerator, denominator }), expected);
  }
});

test('a share of nothing is refused', () => {
  assert.throws(() => percentOf({ numerator: 0, denominator: 0 }), RangeError);
});

test('a target reads as its contract writes it', () => {
  assert.equal(formatTarget({ numerator: 999, denominator: 1000 }), '99.9 %');
  assert.equal(formatTarget({ numerator: 1, denominator: 1 }), '100 %');
  assert.equal(formatTarget({ numerator: 9995, denominator: 10_000 }), '99.95 %');
  assert.equal(formatTarget({ numerator: 9, denominator: 10 }), '90 %');
});

test('durations keep their milliseconds', () => {
  assert.equal(formatDuration(0), '0.000 s');
  assert.equal(formatDuration(59_999), '59.999 s');
  assert.equal(formatDuration(60_000), '1 min 00.000 s');
  assert.equal(formatDuration(3_600_000), '1 h 00 min 00.000 s');
  assert.equal(formatDuration(90_061_001), '25 h 01 min 01.001 s');
});

test('a moment shows the offset of its own time of year', () => {
  assert.equal(
    formatMoment(Date.parse('2026-07-01T12:00:00Z'), 'America/New_York'),
    '2026-07-01 08:00:00.000 -04:00',
  );
  assert.equal(
    formatMoment(Date.parse('2026-12-01T12:00:00.5Z'), 'America/New_York'),
    '2026-12-01 07:00:00.500 -05:00',
  );
});

test('printable text is one line without control or direction characters, and bounded', () => {
  assert.equal(printable('535 5.7.8 Zugang verweigert: 拒绝'), '535 5.7.8 Zugang verweigert: 拒绝');
  assert.equal(printable('a\u0000b\u001bc\u009bd\u2028e\u202ef\n'), 'a�b�c�d�e�f�');
  assert.equal(printable('x'.repeat(500)).length, 200);
  assert.equal(printable('x'.repeat(200)), 'x'.repeat(200));
});

test('a text that is cut is not cut through a character', () => {
  const cut = printable('😀'.repeat(150));
  assert.ok(cut.isWellFormed());
  assert.ok(cut.length <= 200);
});
