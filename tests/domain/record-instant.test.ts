import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseInstant } from '../../src/domain/instant.ts';

test('an instant is read with its offset, or by the clocks of the zone', () => {
  const expected = Date.parse('2026-10-03T04:30:00Z');
  for (const text of [
    '2026-10-03T12:30:00+08:00',
    '2026-10-03T12:30+08:00',
    '2026-10-03T04:30:00.000Z',
    '2026-10-03 12:30',
    '2026-10-03 12:30:00',
    '2026-10-03T12:30',
  ])
    assert.equal(parseInstant(text, 'Asia/Shanghai'), expected, text);
  assert.equal(
    parseInstant('2026-10-03T12:30:05.250Z', 'UTC'),
    Date.parse('2026-10-03T12:30:05.250Z'),
  );
});

test('a local time that the clocks skip or show twice is refused, with its offset it is not', () => {
  assert.equal(parseInstant('2026-03-29 02:30', 'Europe/Berlin'), 'missing');
  assert.equal(parseInstant('2026-10-25 02:30', 'Europe/Berlin'), 'twice');
  assert.equal(parseInstant('2026-10-25 03:00', 'Europe/Berlin'), Date.parse('2026-10-25T02:00Z'));
  assert.equal(
    parseInstant('2026-10-25T02:30+01:00', 'Europe/Berlin'),
    Date.parse('2026-10-25T01:30Z'),
  );
});

test('what is no instant is refused, impossible days and seconds included', () => {
  for (const text of [
    '',
    'yesterday',
    '2026-10-03',
    '12:30',
    '2026-02-30 12:00',
    '2026-02-30T12:00:00Z',
    '2026-10-03 24:00',
    '2026-10-03 12:30 +08:00',
    '2026-06-30T23:59:60Z',
    '2026-06-30 23:59:60',
    '1791001810250',
  ])
    assert.equal(parseInstant(text, 'Asia/Shanghai'), 'malformed', text);
});
