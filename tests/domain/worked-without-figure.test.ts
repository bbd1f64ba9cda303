import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthOf, shipped } from './worked.ts';

const months = [
  ['2026-02', 40_320],
  ['2028-02', 41_760],
  ['2026-04', 43_200],
  ['2026-10', 44_640],
] as const;

for (const name of ['tencent-ses', 'aliyun-reseller']) {
  const contract = shipped(name);
  test(`${name} promises no availability: the figures stand without a verdict`, () => {
    for (const lost of [0, 43, 44, 45, 43_200]) {
      const month = monthOf(contract, '2026-04', 43_200, lost);
      assert.equal(month.figures.proven, lost);
      assert.deepEqual(month.figures.upper, { numerator: 43_200 - lost, denominator: 43_200 });
      assert.equal(month.figures.verdict, null);
      assert.deepEqual([month.promises, month.tiers, month.tiersSoFar], [[], [], []]);
      assert.deepEqual([month.claim, month.connectivity, month.remedy], [null, null, null]);
    }
  });

  test(`${name}: the minutes of 28, 29, 30 and 31 days, and of a service that began on the 17th`, () => {
    for (const [month, total] of months) {
      const { figures } = monthOf(contract, month, total, 44);
      assert.equal(figures.total, total);
      assert.deepEqual(figures.upper, { numerator: total - 44, denominator: total });
    }
    const service = { from: Date.parse('2026-10-17T00:00:00+08:00'), until: null };
    // 15 days of 1440 minutes.
    const { figures } = monthOf(contract, '2026-10', 21_600, 22, { service });
    assert.deepEqual(figures.upper, { numerator: 21_578, denominator: 21_600 });
    assert.equal(figures.verdict, null);
  });
}
