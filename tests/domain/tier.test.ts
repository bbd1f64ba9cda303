import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ratio, Tier } from '../../src/domain/contract.ts';
import { compareRatios } from '../../src/domain/ratio.ts';
import { possibleTiers } from '../../src/domain/tier.ts';

const of = (numerator: number, denominator: number): Ratio => ({ numerator, denominator });
const tier = (from: Ratio, to: Ratio, credit: number): Tier => ({
  from,
  to,
  credit: of(credit, 100),
});
const ten = tier(of(99, 100), of(999, 1000), 10);
const twenty = tier(of(95, 100), of(99, 100), 20);
const all = tier(of(0, 1), of(95, 100), 100);
const tiers = [ten, twenty, all];
const exactly = (lost: number, total: number) =>
  possibleTiers(tiers, { least: lost, most: lost }, total);

test('at the edge a value belongs to the better side: 99.9 % to none, 99 % to 10 %, 95 % to 20 %', () => {
  assert.deepEqual(exactly(1, 1000), [null]);
  assert.deepEqual(exactly(2, 1000), [ten]);
  assert.deepEqual(exactly(10, 1000), [ten]);
  assert.deepEqual(exactly(11, 1000), [twenty]);
  assert.deepEqual(exactly(50, 1000), [twenty]);
  assert.deepEqual(exactly(51, 1000), [all]);
  assert.deepEqual(exactly(1000, 1000), [all]);
});

test('no tier is named that no whole number of minutes reaches', () => {
  // Of 5 minutes, none lost is 100 % and one is 80 %: [99, 99.9) and [95, 99) lie between.
  assert.deepEqual(possibleTiers(tiers, { least: 0, most: 1 }, 5), [null, all]);
});

test('a tier that ends at 100 % does not hold 100 %', () => {
  const below = tier(of(0, 1), of(1, 1), 5);
  assert.deepEqual(possibleTiers([below], { least: 0, most: 0 }, 100), [null]);
  assert.deepEqual(possibleTiers([below], { least: 0, most: 1 }, 100), [null, below]);
});

test('below the last tier of a contract that has no lowest there is none again', () => {
  assert.deepEqual(possibleTiers([ten, twenty], { least: 60, most: 60 }, 1000), [null]);
});

test('more lost minutes than a fixed denominator has are the lowest tier', () => {
  assert.deepEqual(exactly(44_640, 43_200), [all]);
});

test('without tiers, or without minutes, there is nothing to choose from', () => {
  assert.deepEqual(possibleTiers([], { least: 0, most: 9 }, 1000), []);
  assert.deepEqual(exactly(0, 0), []);
});

test('the set is what every single count of lost minutes gives', () => {
  const tierOf = (lost: number, total: number): Tier | null =>
    tiers.find(
      ({ from, to }) =>
        compareRatios(of(total - lost, total), from) >= 0 &&
        compareRatios(of(total - lost, total), to) < 0,
    ) ?? null;
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3000 }),
      fc.nat(3000),
      fc.nat(200),
      (total, start, width) => {
        const least = Math.min(start, total);
        const most = Math.min(least + width, total);
        const expected = new Set<Tier | null>();
        for (let lost = least; lost <= most; lost++) expected.add(tierOf(lost, total));
        assert.deepEqual(new Set(possibleTiers(tiers, { least, most }, total)), expected);
      },
    ),
    { numRuns: 300 },
  );
});
