import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/domain/contract.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import type { MailboxEra } from '../../src/domain/mailboxes.ts';
import { healthy, judged, oneMinute, refused, refusedThrough, strip } from './case.ts';

const of = (mailbox: string, attempts: readonly Attempt[]): Attempt[] =>
  attempts.map((one) => ({ ...one, mailbox }));

function eras(...mailboxes: readonly string[]): MailboxEra[] {
  return [{ since: 0, mailboxes }];
}

function contractOf(share: Contract['users']): Contract {
  return { ...oneMinute, users: share };
}

const half = { share: { numerator: 1, denominator: 2 }, inclusive: true };
const moreThanHalf = { ...half, inclusive: false };

/** IMAP, which refuses everything over [from, to], seconds, and is well for the rest of ten minutes. */
function broken(mailbox: string, from: number, to: number): Attempt[] {
  return of(mailbox, [
    ...healthy('imap', 0, from),
    ...refusedThrough('imap', from, to),
    ...healthy('imap', to + 1, 600),
  ]);
}

const well = (mailbox: string) => of(mailbox, healthy('imap', 0, 600));

test('without a share one failing mailbox is enough, and the runs say which it was', () => {
  const { runs, ...judgement } = judged([...broken('a', 125, 305), ...well('b')], 9, {
    mailboxes: eras('a', 'b'),
  });
  assert.match(strip({ runs, ...judgement }), /^\.\.U{3}[ds]\.\.\.$/);
  assert.deepEqual(
    runs.map(({ mailbox }) => mailbox),
    ['a'],
  );
});

test('a share that is reached counts where reaching is enough, and is degraded where it is not', () => {
  const attempts = [...broken('a', 125, 305), ...well('b')];
  const given = (users: Contract['users']) => ({
    mailboxes: eras('a', 'b'),
    contract: contractOf(users),
  });
  assert.match(strip(judged(attempts, 9, given(half))), /^\.\.U{3}/);
  assert.match(strip(judged(attempts, 9, given(moreThanHalf))), /^\.\.d{4}\.\.\.$/);
});

test('only the time in which they fail at once counts', () => {
  const attempts = [...broken('a', 125, 305), ...broken('b', 240, 420)];
  const { minutes } = judged(attempts, 9, {
    mailboxes: eras('a', 'b'),
    contract: contractOf(moreThanHalf),
  });
  const counted = [...minutes].filter(([, state]) => state === 'unavailable');
  assert.deepEqual(counted, [[240_000, 'unavailable']]);
});

test('a refused password is the customer’s, and its mailbox is asked no more: two of three decide', () => {
  const denied = (at: number) => refused('imap', at, 'auth', 'auth-refused');
  const locked = of('a', [...healthy('imap', 0, 20), denied(61), denied(361), denied(661)]);
  const given = { mailboxes: eras('a', 'b', 'c'), contract: contractOf(half) };
  const allWell = judged([...locked, ...well('b'), ...well('c')], 9, given);
  assert.match(strip(allWell), /^\.d\.{4}d\.\.$/);
  // One of three would not be half of them; one of the two that are asked is.
  const oneFails = judged([...locked, ...broken('b', 125, 305), ...well('c')], 9, given);
  assert.match(strip(oneFails), /^\.dU{3}/);
});

test('when every mailbox is refused, nothing is known of the service', () => {
  const denied = (at: number) => refused('imap', at, 'auth', 'auth-refused');
  const locked = [...healthy('imap', 0, 20), denied(61), denied(361), denied(661)];
  const judgement = judged([...of('a', locked), ...of('b', locked)], 9, {
    mailboxes: eras('a', 'b'),
  });
  assert.match(strip(judgement), /^\?{9}$/);
});

test('a success of one mailbox does not end the failure of another', () => {
  const { runs } = judged([...broken('a', 125, 305), ...well('b')], 9, {
    mailboxes: eras('a', 'b'),
  });
  assert.equal(runs.length, 1);
  assert.ok((runs[0]?.possible.to ?? 0) > 305_000);
});

test('the past is judged by the mailboxes of its time: one that comes later makes nothing unknown before', () => {
  const joined = { since: 300_000, mailboxes: ['a', 'b'] };
  // Results from before do not name their mailbox.
  const attempts = [
    ...healthy('imap', 0, 300),
    ...of('a', healthy('imap', 300, 600)),
    ...of('b', healthy('imap', 310, 600)),
  ];
  assert.equal(strip(judged(attempts, 9, { mailboxes: [joined] })), '.........');
});

test('of a mailbox that was given up nothing is asked, and its failure ends there', () => {
  const attempts = [
    ...of('a', healthy('imap', 0, 600)),
    ...of('b', [...healthy('imap', 0, 200), ...refusedThrough('imap', 200, 300)]),
  ];
  const { runs, ...judgement } = judged(attempts, 9, {
    mailboxes: [...eras('a', 'b'), { since: 301_000, mailboxes: ['a'] }],
  });
  assert.match(strip({ runs, ...judgement }), /^\.\.\.sU\.{4}$/);
  assert.deepEqual(
    runs.map(({ open, possible }) => [open, possible.to]),
    [[false, 301_000]],
  );
});
