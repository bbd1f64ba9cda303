import assert from 'node:assert/strict';
import { test } from 'node:test';
import { monthOf, shipped } from './worked.ts';

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
}
