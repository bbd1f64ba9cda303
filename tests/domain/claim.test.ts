import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatInstant } from '../../src/domain/calendar.ts';
import { claimWindow } from '../../src/domain/claim.ts';
import type { ClaimWindow } from '../../src/domain/contract.ts';

const tencent: ClaimWindow = {
  opensAfterWorkingDay: 5,
  lapses: { kind: 'calendar-days', days: 60 },
  calendar: 'PRC',
};

const worked: readonly { month: string; first: string; last: string; why: string }[] = [
  {
    month: '2025-09',
    first: '2025-10-15',
    last: '2025-11-29',
    why: 'holiday to 8 October; 9, 10, 11 (Sat, swapped), 13, 14 worked; 31 + 29 days',
  },
  {
    month: '2025-10',
    first: '2025-11-08',
    last: '2025-12-30',
    why: '3 to 7 November worked, opens on a Saturday; 30 + 30 days',
  },
  {
    month: '2025-08',
    first: '2025-09-06',
    last: '2025-10-30',
    why: '1 to 5 September worked; the swap of the 28th comes later; 30 + 30 days',
  },
  {
    month: '2025-01',
    first: '2025-02-11',
    last: '2025-04-01',
    why: 'holiday to 4 February; 5, 6, 7, 8 (Sat, swapped), 10 worked; 28 + 31 + 1 days',
  },
  {
    month: '2025-12',
    first: '2026-01-09',
    last: '2026-03-01',
    why: 'holiday to 3 January; 4 (Sun, swapped), 5, 6, 7, 8 worked; 31 + 28 + 1 days',
  },
  {
    month: '2026-01',
    first: '2026-02-07',
    last: '2026-04-01',
    why: '2 to 6 February worked, before the holiday of the 15th; 28 + 31 + 1 days',
  },
  {
    month: '2026-02',
    first: '2026-03-07',
    last: '2026-04-29',
    why: '2 to 6 March worked; 31 + 29 days',
  },
  {
    month: '2026-04',
    first: '2026-05-12',
    last: '2026-06-29',
    why: 'holiday to 5 May; 6, 7, 8, 9 (Sat, swapped), 11 worked; 31 + 29 days',
  },
  {
    month: '2026-09',
    first: '2026-10-14',
    last: '2026-11-29',
    why: 'holiday to 7 October; 8, 9, 10 (Sat, swapped), 12, 13 worked; 31 + 29 days',
  },
];

for (const { month, first, last, why } of worked) {
  test(`the claim for ${month} opens on ${first} and lapses with ${last}: ${why}`, () => {
    const claim = claimWindow(tencent, month, 'Asia/Shanghai');
    assert.deepEqual([claim.firstDay, claim.lastDay], [first, last]);
    assert.equal(claim.opensAt, Date.parse(`${first}T00:00:00+08:00`));
    assert.equal(claim.lapsesAt, Date.parse(`${last}T00:00:00+08:00`) + 86_400_000);
    assert.equal(claim.provisional, false);
  });
}

test('where the working days are not published the opening is provisional, the deadline is not moved by it', () => {
  const claim = claimWindow(tencent, '2026-12', 'Asia/Shanghai');
  assert.equal(claim.provisional, true);
  // 1 January 2027 is a Friday; 4 to 8 worked.
  assert.equal(claim.firstDay, '2027-01-09');
  assert.equal(claim.lastDay, '2027-03-01');
  assert.equal(claimWindow(tencent, '2026-11', 'Asia/Shanghai').provisional, false);
});

test('sixty days count 29 February in a leap year', () => {
  // January 2028: 29 + 31 days end with 31 March.
  assert.equal(claimWindow(tencent, '2028-01', 'Asia/Shanghai').lastDay, '2028-03-31');
});

test('by plain weekdays the holidays are worked', () => {
  const claim = claimWindow({ ...tencent, calendar: 'weekdays' }, '2025-09', 'Asia/Shanghai');
  assert.equal(claim.firstDay, '2025-10-08');
});

test('a claim until the end of the next month opens with the month’s end', () => {
  const microsoft: ClaimWindow = {
    opensAfterWorkingDay: null,
    lapses: { kind: 'end-of-next-month' },
    calendar: 'weekdays',
  };
  const claim = claimWindow(microsoft, '2026-12', 'Asia/Shanghai');
  assert.equal(formatInstant(claim.opensAt, 'Asia/Shanghai'), '2027-01-01T00:00:00.000+08:00');
  assert.equal(formatInstant(claim.lapsesAt, 'Asia/Shanghai'), '2027-02-01T00:00:00.000+08:00');
  assert.deepEqual(
    [claim.firstDay, claim.lastDay, claim.provisional],
    ['2027-01-01', '2027-01-31', false],
  );
});

test('days are those of the contract’s zone, across a clock change too', () => {
  const claim = claimWindow(
    { ...tencent, calendar: 'weekdays', lapses: { kind: 'calendar-days', days: 60 } },
    '2026-02',
    'Europe/Berlin',
  );
  assert.equal(formatInstant(claim.opensAt, 'Europe/Berlin'), '2026-03-07T00:00:00.000+01:00');
  assert.equal(formatInstant(claim.lapsesAt, 'Europe/Berlin'), '2026-04-30T00:00:00.000+02:00');
});
