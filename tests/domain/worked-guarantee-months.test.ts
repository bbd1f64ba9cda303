import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Verdict } from '../../src/domain/figures.ts';
import { monthOf, promiseOf, shipped } from './worked.ts';

const contract = shipped('enterprise-mail-guarantee');
const shanghai = (iso: string) => Date.parse(`${iso}+08:00`);

/** Verdicts on the rate (99.9 %) and on the gloss (fewer than 44 minutes). */
function both(month: string, total: number, lost: number, from: string | null = null) {
  const service = { from: from === null ? null : shanghai(from), until: null };
  const found = monthOf(contract, month, total, lost, { service });
  assert.equal(found.figures.total, total);
  return [found.figures.verdict, promiseOf(found, 'T4.2').verdict];
}

const met: Verdict = 'met';
const breached: Verdict = 'breached';

test('28, 29, 30 and 31 days: the rate allows 40, 41, 43 and 44 minutes, the gloss 43 in all of them', () => {
  // 40 320 / 1000 = 40.32
  assert.deepEqual(both('2026-02', 40_320, 40), [met, met]);
  assert.deepEqual(both('2026-02', 40_320, 41), [breached, met]);
  // 41 760 / 1000 = 41.76
  assert.deepEqual(both('2028-02', 41_760, 41), [met, met]);
  assert.deepEqual(both('2028-02', 41_760, 42), [breached, met]);
  // 43 200 / 1000 = 43.2
  assert.deepEqual(both('2026-04', 43_200, 43), [met, met]);
  assert.deepEqual(both('2026-04', 43_200, 44), [breached, breached]);
  // 44 640 / 1000 = 44.64
  assert.deepEqual(both('2026-10', 44_640, 43), [met, met]);
  assert.deepEqual(both('2026-10', 44_640, 44), [met, breached]);
  assert.deepEqual(both('2026-10', 44_640, 45), [breached, breached]);
});

test('a service that began on the 17th: the rate goes by its 15 days, the gloss stays at 44 minutes', () => {
  // 15 × 1440 = 21 600; a thousandth is 21.6.
  const from = '2026-10-17T00:00:00';
  assert.deepEqual(both('2026-10', 21_600, 21, from), [met, met]);
  assert.deepEqual(both('2026-10', 21_600, 22, from), [breached, met]);
  assert.deepEqual(both('2026-10', 21_600, 44, from), [breached, breached]);
});

test('99.9 % exactly is kept, in a rented time of 10 000 minutes', () => {
  const from = '2026-04-24T01:20:00';
  assert.deepEqual(both('2026-04', 10_000, 10, from), [met, met]);
  assert.deepEqual(both('2026-04', 10_000, 11, from), [breached, met]);
});

test('one broken promise is enough for the remedy, and it has no tiers and no window to claim in', () => {
  const kept = monthOf(contract, '2026-10', 44_640, 44);
  assert.equal(kept.figures.verdict, 'met');
  assert.equal(kept.remedy, 'due');
  assert.deepEqual([kept.tiers, kept.claim], [[], null]);
});
