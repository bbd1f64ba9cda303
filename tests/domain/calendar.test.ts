import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInstant, monthOf, monthPeriod } from '../../src/domain/calendar.ts';

const hour = 3_600_000;
const day = 24 * hour;
const hoursOf = (month: string, zone: string): number => {
  const period = monthPeriod(month, zone);
  return (period.to - period.from) / hour;
};

test('a month has its own number of days, leap years included', () => {
  assert.equal(hoursOf('2026-02', 'UTC'), 28 * 24);
  assert.equal(hoursOf('2028-02', 'UTC'), 29 * 24);
  assert.equal(hoursOf('2100-02', 'UTC'), 28 * 24);
  assert.equal(hoursOf('2026-04', 'Asia/Shanghai'), 30 * 24);
  assert.equal(hoursOf('2026-10', 'Asia/Shanghai'), 31 * 24);
});

test('a month begins at midnight of its zone, not of UTC', () => {
  assert.deepEqual(monthPeriod('2026-10', 'Asia/Shanghai'), {
    from: Date.parse('2026-09-30T16:00:00Z'),
    to: Date.parse('2026-10-31T16:00:00Z'),
  });
});

test('a clock change makes the month an hour shorter or longer, or half an hour', () => {
  assert.equal(hoursOf('2026-03', 'Europe/Berlin'), 31 * 24 - 1);
  assert.equal(hoursOf('2026-10', 'Europe/Berlin'), 31 * 24 + 1);
  assert.equal(hoursOf('2026-11', 'America/New_York'), 30 * 24 + 1);
  assert.equal(hoursOf('2026-04', 'Australia/Lord_Howe'), 30 * 24 + 0.5);
  assert.equal(hoursOf('2026-10', 'Australia/Lord_Howe'), 31 * 24 - 0.5);
});

test('zones off the whole hour begin their months off the whole hour', () => {
  const minutesPast = (zone: string): number => (monthPeriod('2026-10', zone).from % hour) / 60_000;
  assert.equal(minutesPast('Asia/Kolkata'), 30);
  assert.equal(minutesPast('Asia/Kathmandu'), 15);
  assert.equal(minutesPast('Australia/Eucla'), 15);
});

test('a month whose first midnight does not exist begins with the first instant that does', () => {
  // Paraguay moved its clocks from 00:00 to 01:00 on 1 October 2000.
  const period = monthPeriod('2000-10', 'America/Asuncion');
  assert.equal(formatInstant(period.from, 'America/Asuncion'), '2000-10-01T01:00:00.000-03:00');
  assert.equal(formatInstant(period.from - 1, 'America/Asuncion'), '2000-09-30T23:59:59.999-04:00');
});

test('December ends where January of the next year begins', () => {
  assert.equal(monthPeriod('2026-12', 'UTC').to, monthPeriod('2027-01', 'UTC').from);
});

test('months follow each other without a gap, on whole minutes, and hold their own instants', () => {
  const zones = [
    'UTC',
    'Asia/Shanghai',
    'Europe/Dublin',
    'America/St_Johns',
    'Africa/Casablanca',
    'Pacific/Apia',
    'Pacific/Chatham',
    'Africa/Monrovia',
  ];
  for (const zone of zones) {
    let end: number | null = null;
    for (let index = 0; index < 12 * 60; index++) {
      const month = `${1973 + Math.floor(index / 12)}-${String((index % 12) + 1).padStart(2, '0')}`;
      const { from, to } = monthPeriod(month, zone);
      if (end !== null) assert.equal(from, end, `${month} in ${zone}`);
      assert.equal(from % 60_000, 0);
      assert.ok(to - from > 27 * day && to - from < 32 * day);
      assert.equal(monthOf(from, zone), month);
      assert.equal(monthOf(to - 1, zone), month);
      end = to;
    }
  }
});

test('a month that begins within a minute is refused, not rounded', () => {
  // Liberia kept UTC-00:44:30 until January 1972.
  assert.throws(() => monthPeriod('1971-05', 'Africa/Monrovia'), {
    name: 'RangeError',
    message: 'The month 1971-05 does not begin on a whole minute in Africa/Monrovia',
  });
});

test('a malformed month or zone is named in the error', () => {
  for (const month of ['2026-13', '2026-00', '2026-1', '26-10', '2026-10-01', ' 2026-10', '']) {
    assert.throws(() => monthPeriod(month, 'UTC'), {
      name: 'RangeError',
      message: `A month is written YYYY-MM, for example 2026-10; found "${month}"`,
    });
  }
  const unknown = { name: 'RangeError', message: /^"Mars\/Olympus" is not an IANA time zone/ };
  assert.throws(() => monthPeriod('2026-10', 'Mars/Olympus'), unknown);
  assert.throws(() => monthOf(0, 'Mars/Olympus'), unknown);
  assert.throws(() => formatInstant(0, 'Mars/Olympus'), unknown);
});

test('an instant is written with milliseconds and the offset of its own moment', () => {
  assert.equal(
    formatInstant(Date.parse('2026-10-03T04:31:05.12Z'), 'Asia/Shanghai'),
    '2026-10-03T12:31:05.120+08:00',
  );
  assert.equal(formatInstant(0, 'UTC'), '1970-01-01T00:00:00.000+00:00');
  const change = Date.parse('2026-10-25T01:00:00Z');
  assert.equal(formatInstant(change - 1, 'Europe/Berlin'), '2026-10-25T02:59:59.999+02:00');
  assert.equal(formatInstant(change, 'Europe/Berlin'), '2026-10-25T02:00:00.000+01:00');
});
