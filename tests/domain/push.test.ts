import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { bounceClasses, fates } from '../../src/domain/message.ts';
import {
  type PushCounts,
  type PushEvidence,
  pushBill,
  pushBooks,
  pushOutcomeOf,
  pushOutcomes,
  pushRefusalOf,
} from '../../src/domain/push.ts';
import type { Failure } from '../../src/domain/result.ts';

const failed: Omit<Failure, 'reason' | 'code'> = {
  phase: 'rcpt',
  kind: 'refusal',
  message: '',
  provenFrom: 0,
  provenTo: 0,
};

const blank: PushEvidence = {
  fate: 'pending',
  refused: false,
  refusal: null,
  bounce: null,
  handedOn: false,
  fresh: false,
};
const outcome = (changes: Partial<PushEvidence>) => pushOutcomeOf({ ...blank, ...changes });

test('delivered is what was seen, or what the recipient’s provider is reported to have accepted', () => {
  for (const fate of ['on-time', 'late', 'junk', 'duplicate'] as const)
    assert.equal(outcome({ fate }), 'delivered');
  assert.equal(outcome({ handedOn: true }), 'delivered');
  assert.equal(outcome({ fate: 'lost', handedOn: true }), 'delivered');
  assert.equal(outcome({ fate: 'lost' }), 'lost');
});

test('invalid, policy, full and throttled are kept apart, by an answer and by a report', () => {
  assert.equal(outcome({ fate: 'bounced', bounce: 'hard' }), 'hard');
  assert.equal(outcome({ fate: 'bounced', bounce: 'soft' }), 'temporary');
  for (const refusal of ['hard', 'policy', 'full', 'throttled', 'other'] as const)
    assert.equal(outcome({ fate: 'refused', refused: true, refusal }), refusal);
  assert.equal(outcome({ fate: 'refused', refused: false }), 'unanswered');
  assert.equal(outcome({ fate: null }), 'interrupted');
  assert.equal(outcome({ fate: null, fresh: true }), 'pending');
});

test('a quota’s refusal is throttled, whatever its code', () => {
  const of = (
    reason: 'throttled' | 'rejected' | 'policy-blocked' | 'temporary-error',
    code: string,
  ) => pushRefusalOf({ failure: { ...failed, reason, code } });
  assert.equal(of('throttled', '450 4.7.1'), 'throttled');
  assert.equal(of('throttled', '550 5.7.1'), 'throttled');
  assert.equal(of('rejected', '550 5.1.1'), 'hard');
  assert.equal(of('policy-blocked', '550 5.7.1'), 'policy');
  assert.equal(of('temporary-error', '451 4.3.0'), 'soft');
});

const evidence: fc.Arbitrary<PushEvidence> = fc.record({
  fate: fc.option(fc.constantFrom(...fates)),
  refused: fc.boolean(),
  refusal: fc.option(fc.constantFrom(...bounceClasses, 'throttled' as const)),
  bounce: fc.option(fc.constantFrom(...bounceClasses)),
  handedOn: fc.boolean(),
  fresh: fc.boolean(),
});

test('the books balance for any messages: sent = delivered + hard + soft + pending + residue', () => {
  fc.assert(
    fc.property(fc.array(evidence, { maxLength: 60 }), (messages) => {
      const counts = Object.fromEntries(
        pushOutcomes.map((one) => [one, messages.filter((m) => pushOutcomeOf(m) === one).length]),
      ) as PushCounts;
      const books = pushBooks(messages.length, counts);
      const { sent, delivered, hard, soft, pending, residue, unexplained, valid } = books;
      assert.equal(sent, delivered + hard + soft + pending + residue);
      assert.equal(residue, counts.lost + counts.unanswered + counts.interrupted);
      assert.equal(unexplained, 0);
      assert.equal(valid, delivered + hard);
    }),
  );
});

test('a message that our own bookkeeping lost is not explained away', () => {
  const none = Object.fromEntries(pushOutcomes.map((one) => [one, 0])) as PushCounts;
  const books = pushBooks(5, { ...none, delivered: 3, lost: 1 });
  assert.deepEqual([books.residue, books.unexplained], [2, 1]);
});

test('the invoice is reconciled in numbers, and in money where all of it has one price', () => {
  const cny = (minor: number) => ({ minor, currency: 'CNY' });
  assert.equal(pushBill(3, []), null);
  assert.deepEqual(pushBill(90, [{ validRequests: 100, amount: cny(2_500) }]), {
    valid: 90,
    billed: 100,
    difference: 10,
    money: { currency: 'CNY', minor: 250 },
  });
  const short = pushBill(10, [{ validRequests: 4, amount: cny(9) }]);
  assert.deepEqual([short?.difference, short?.money?.minor], [-6, -13]);
  const priceless = pushBill(1, [
    { validRequests: 4, amount: cny(9) },
    { validRequests: 4, amount: null },
  ]);
  assert.deepEqual([priceless?.difference, priceless?.money], [7, null]);
  const mixed = pushBill(1, [
    { validRequests: 4, amount: cny(9) },
    { validRequests: 4, amount: { minor: 9, currency: 'USD' } },
  ]);
  assert.equal(mixed?.money, null);
  assert.equal(pushBill(1, [{ validRequests: 0, amount: cny(0) }])?.money, null);
});
