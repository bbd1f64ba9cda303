import assert from 'node:assert/strict';
import { test } from 'node:test';
import { judgeDelivery } from '../../src/domain/delivery.ts';
import { failureOf, resultOf } from '../store/example.ts';

const allowance = 60_000;
const lookedAt = 200_000;
const saw = (...tokens: string[]) =>
  tokens.map((token) => ({ token, lastNotSeen: null, firstSeen: lookedAt }));
const look = (...tokens: string[]) =>
  resultOf({ vouches: 'login', lookedAt, sightings: saw(...tokens) });
const sent = (token: string, acceptedAt: number) => ({ token, acceptedAt });

test('a message that was seen proves the round trip', () => {
  const judged = judgeDelivery(look('a'), [sent('a', 100_000)], allowance);
  assert.equal(judged.vouches, 'roundtrip');
  assert.equal(judged.failure, null);
});

test('a message missed within the allowance is delay: the login stands, nothing else', () => {
  const judged = judgeDelivery(look(), [sent('a', lookedAt - allowance)], allowance);
  assert.deepEqual(judged, look());
});

test('missed after the allowance, it is a silence from acceptance + allowance until the look', () => {
  const judged = judgeDelivery(look(), [sent('a', 100_000)], allowance);
  assert.deepEqual(judged.failure, {
    phase: 'visible',
    reason: 'not-delivered',
    kind: 'silence',
    code: null,
    message: 'a message that was accepted is not in the mailbox',
    provenFrom: 160_000,
    provenTo: lookedAt,
  });
  assert.equal(judged.vouches, 'login');
});

test('of several that are missed, the one that was due first counts', () => {
  const judged = judgeDelivery(look(), [sent('b', 120_000), sent('a', 100_000)], allowance);
  assert.equal(judged.failure?.provenFrom, 160_000);
});

test('a newer message that was seen excuses an older one: lost mail is no outage', () => {
  const judged = judgeDelivery(look('b'), [sent('a', 10_000), sent('b', 150_000)], allowance);
  assert.equal(judged.failure, null);
  assert.equal(judged.vouches, 'roundtrip');
});

test('an older message that was seen excuses no newer one', () => {
  const judged = judgeDelivery(look('a'), [sent('a', 10_000), sent('b', 100_000)], allowance);
  assert.equal(judged.failure?.provenFrom, 160_000);
});

test('a sighting of something that is not awaited proves no round trip', () => {
  assert.equal(judgeDelivery(look('stranger'), [], allowance).vouches, 'login');
});

test('without a look into the mailbox, nothing is said of delivery', () => {
  const blind = resultOf({ vouches: 'login', lookedAt: null });
  assert.equal(judgeDelivery(blind, [sent('a', 0)], allowance), blind);
});

test('an attempt that failed by itself stays as it is', () => {
  const failed = resultOf({ failure: failureOf(), lookedAt });
  assert.equal(judgeDelivery(failed, [sent('a', 0)], allowance), failed);
});
