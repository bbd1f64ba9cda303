import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClaimWindow, Contract } from '../../src/domain/contract.ts';
import type { MinuteCount } from '../../src/domain/ledger.ts';
import { nothingMeasured } from '../../src/domain/readings.ts';
import type { ClauseRecord } from '../../src/domain/record.ts';
import { verdictsOf } from '../../src/domain/verdicts.ts';
import { watchClaims } from '../../src/metrics/claim.ts';
import { countOf, standard, tenantOf } from './example.ts';

const sixtyDays: ClaimWindow = {
  opensAfterWorkingDay: 5,
  lapses: { kind: 'calendar-days', days: 60 },
  calendar: 'PRC',
};
const terms: Contract = {
  ...standard,
  remedy: { kind: 'voucher', text: 'a voucher' },
  claim: sixtyDays,
};
const tenant = tenantOf('acme', { zone: 'Asia/Shanghai' });
const instant = (text: string): number => Date.parse(`${text}+08:00`);
/** Far more than the 1 % that may be lost. */
const broken = { unavailable: 2_000, available: 38_000 };

type Records = readonly Pick<ClauseRecord, 'detail' | 'withdrawn'>[];

/** A watch over months with these minutes, and every month that was read. */
function watchOver(
  months: Record<string, Partial<MinuteCount>>,
  records: Records = [],
  unwatched = 0,
) {
  const read: string[] = [];
  const claimOf = watchClaims({
    read(of, contract, month) {
      read.push(month);
      const verdicts = verdictsOf(contract, {
        ...nothingMeasured,
        month,
        zone: of.zone,
        service: { from: null, until: null },
        minutes: countOf(months[month] ?? { unknown: 40_000 }),
        withoutExclusions: null,
      });
      return { verdicts, unwatched };
    },
    records: () => records,
  });
  return { claimOf, read };
}

/** The claim after so many calls as it takes to read every month. */
function settledClaim(
  months: Record<string, Partial<MinuteCount>>,
  now: number,
  {
    records = [],
    contract = terms,
    unwatched = 0,
  }: { records?: Records; contract?: Contract; unwatched?: number } = {},
) {
  const { claimOf } = watchOver(months, records, unwatched);
  claimOf(tenant, contract, now);
  claimOf(tenant, contract, now);
  return claimOf(tenant, contract, now);
}

function filedAt(at: number, month = '2026-09'): Records[number] {
  return { detail: { kind: 'claim', month, number: '7', at }, withdrawn: null };
}

test('a broken month shows its claim from the month after until it lapses', () => {
  const months = { '2026-09': broken };
  const claim = settledClaim(months, instant('2026-10-20T00:00:00'));
  assert.equal(claim?.lapsesAt, instant('2026-11-30T00:00:00'));
  const last = instant('2026-11-29T23:59:59');
  assert.equal(settledClaim(months, last)?.lapsesAt, instant('2026-11-30T00:00:00'));
  assert.equal(settledClaim(months, last + 1_000), null);
});

test('of two claims the one that lapses next is shown, and the other after it', () => {
  const months = { '2026-09': broken, '2026-10': broken };
  const lapses = (now: string) => settledClaim(months, instant(now))?.lapsesAt;
  assert.equal(lapses('2026-11-15T00:00:00'), instant('2026-11-30T00:00:00'));
  assert.equal(lapses('2026-11-30T00:00:00'), instant('2026-12-31T00:00:00'));
});

test('a month that was kept has no claim, an undecided one has, one that nobody watched has none', () => {
  const now = instant('2026-10-20T00:00:00');
  assert.equal(settledClaim({ '2026-09': { available: 43_200 } }, now), null);
  assert.notEqual(settledClaim({ '2026-09': { unknown: 2_000, available: 40_000 } }, now), null);
  assert.equal(settledClaim({}, now), null);
});

test('the month of the installation has no claim for what came before it, but for what was seen since', () => {
  const now = instant('2026-10-20T00:00:00');
  const claim = (minutes: Partial<MinuteCount>) =>
    settledClaim({ '2026-09': minutes }, now, { unwatched: 30_000 });
  // 432 of 43 200 minutes may be lost.
  assert.equal(claim({ unknown: 30_001, available: 13_199 }), null);
  assert.equal(claim({ unknown: 30_000, suspect: 432, available: 12_768 }), null);
  assert.notEqual(claim({ unknown: 30_001, suspect: 432, available: 12_767 }), null);
  assert.notEqual(claim({ unknown: 30_433, available: 12_767 }), null);
  assert.notEqual(claim({ unknown: 30_000, unavailable: 433, available: 12_767 }), null);
});

test('a claim on record ends it, unless it was withdrawn, filed too early or for another month', () => {
  const now = instant('2026-11-10T00:00:00');
  const claim = (...records: Records) => settledClaim({ '2026-09': broken }, now, { records });
  const filed = filedAt(instant('2026-10-25T12:00:00'));
  assert.equal(claim(filed), null);
  const withdrawn = { id: 2, author: 'a', why: 'b', enteredAt: 1 };
  assert.notEqual(claim({ ...filed, withdrawn }), null);
  assert.notEqual(claim(filedAt(instant('2026-10-01T12:00:00'))), null);
  assert.notEqual(claim(filedAt(instant('2026-10-25T12:00:00'), '2026-08')), null);
});

test('a contract without a window or a remedy is never asked for', () => {
  const now = instant('2026-10-20T00:00:00');
  const { claimOf, read } = watchOver({ '2026-09': broken });
  assert.equal(claimOf(tenant, { ...terms, claim: null }, now), null);
  assert.equal(claimOf(tenant, { ...terms, remedy: null }, now), null);
  assert.deepEqual(read, []);
});

test('one month is read a call, each at most once a minute, and lapsed ones not at all', () => {
  const { claimOf, read } = watchOver({ '2026-09': broken });
  const now = instant('2026-11-20T00:00:00');
  for (let second = 0; second < 60; second += 5) claimOf(tenant, terms, now + second * 1_000);
  assert.deepEqual(read, ['2026-10', '2026-09']);
  claimOf(tenant, terms, now + 60_000);
  claimOf(tenant, terms, now + 65_000);
  assert.deepEqual(read.slice(2), ['2026-10', '2026-09']);
});
