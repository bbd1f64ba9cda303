import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fullest, isFull, isNearlyFull } from '../../src/domain/quota.ts';

const storage = (used: number, limit = 1_000) => ({ resource: 'storage', used, limit }) as const;
const messages = (used: number, limit = 10) => ({ resource: 'message', used, limit }) as const;

test('the limit that is used most is told', () => {
  assert.deepEqual(fullest([storage(500), messages(6)]), { numerator: 6, denominator: 10 });
  assert.deepEqual(fullest([storage(601), messages(6)]), { numerator: 601, denominator: 1_000 });
  assert.equal(fullest([]), null);
});

test('a mailbox is full when not even a probe message fits', () => {
  assert.equal(isFull([storage(996)]), false);
  assert.equal(isFull([storage(997)]), true);
  assert.equal(isFull([storage(0), messages(10)]), true);
  assert.equal(isFull([messages(9)]), false);
  assert.equal(isFull([]), null);
});

test('it is told from 90 % on, before it is full', () => {
  assert.equal(isNearlyFull([storage(899)]), false);
  assert.equal(isNearlyFull([storage(900)]), true);
  assert.equal(isNearlyFull([]), false);
});
