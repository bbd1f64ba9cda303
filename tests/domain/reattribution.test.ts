import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FailureRun } from '../../src/domain/ledger.ts';
import { type Reattribution, reattribute, touchedTime } from '../../src/domain/reattribution.ts';

function run(from: number, to: number, given: Partial<FailureRun> = {}): FailureRun {
  return {
    protocol: 'imap',
    depth: 'login',
    certain: [{ from: from + 10, to: to - 10 }],
    possible: { from, to },
    open: false,
    attempts: 2,
    confirmed: true,
    attribution: 'provider',
    phase: 'tcp',
    reason: 'connection-refused',
    code: null,
    ...given,
  };
}

function said(id: number, instant: number, given: Partial<Reattribution> = {}): Reattribution {
  return {
    id,
    tenant: 'acme',
    author: 'operator',
    enteredAt: 1,
    note: 'our firewall',
    evidence: 'change-17',
    withdrawn: null,
    protocol: 'imap',
    instant,
    attribution: 'customer',
    ...given,
  };
}

test('an entry gives its run another attribution and keeps what the evidence says', () => {
  const runs = [run(100, 200), run(300, 400)];
  const [first, second] = reattribute(runs, [said(1, 150)]);
  assert.equal(first?.attribution, 'customer');
  assert.equal(first?.evidentAttribution, 'provider');
  assert.equal(first?.reattribution?.evidence, 'change-17');
  assert.equal(second?.attribution, 'provider');
  assert.equal(second?.reattribution, null);
  assert.equal(runs[0]?.attribution, 'provider', 'the runs given are left as they are');
});

test('an entry about one of several mailboxes leaves the failures of the others to whoever they are', () => {
  const runs = [
    run(100, 200, { mailbox: 'one@acme.example' }),
    run(110, 210, { mailbox: 'two@acme.example' }),
    run(120, 220),
  ];
  const about = said(1, 150, { mailbox: 'two@acme.example' });
  const blamed = (entries: readonly Reattribution[]) =>
    reattribute(runs, entries).map(({ attribution }) => attribution);
  assert.deepEqual(blamed([about]), ['provider', 'customer', 'customer']);
  assert.deepEqual(blamed([said(1, 150)]), ['customer', 'customer', 'customer']);
  const [first, second] = runs;
  assert.deepEqual(touchedTime([first ?? assert.fail(), second ?? assert.fail()], [about]), [
    { from: 100, to: 210 },
  ]);
});

test('an entry speaks of the run whose possible time holds its instant; a boundary belongs to the later run', () => {
  const runs = [run(100, 200), run(200, 300)];
  const blamed = (instant: number) =>
    reattribute(runs, [said(1, instant)]).map(({ attribution }) => attribution);
  assert.deepEqual(blamed(100), ['customer', 'provider']);
  assert.deepEqual(blamed(199), ['customer', 'provider']);
  assert.deepEqual(blamed(200), ['provider', 'customer']);
  assert.deepEqual(blamed(300), ['provider', 'provider']);
  assert.deepEqual(blamed(99), ['provider', 'provider']);
});

test('an entry speaks of its own protocol only', () => {
  const [pop] = reattribute([run(100, 200, { protocol: 'pop' })], [said(1, 150)]);
  assert.equal(pop?.attribution, 'provider');
});

test('of several entries the last one holds, and a withdrawn one never', () => {
  const withdrawn = { id: 9, author: 'operator', why: 'no', enteredAt: 2 };
  const attributionAfter = (...entries: Reattribution[]) =>
    reattribute([run(100, 200)], entries)[0]?.attribution;
  const customer = said(1, 150);
  const local = said(2, 120, { attribution: 'local' });
  assert.equal(attributionAfter(customer, local), 'local');
  assert.equal(attributionAfter(local, customer), 'local', 'by the order of entering');
  assert.equal(attributionAfter(customer, { ...local, withdrawn }), 'customer');
  assert.equal(attributionAfter({ ...customer, withdrawn }), 'provider');
});

test('what an entry touches is widened to the runs that are counted together with its own', () => {
  const runs = [
    run(100, 200),
    run(180, 260, { protocol: 'smtp' }),
    run(250, 300, { protocol: 'pop' }),
    run(500, 600, { protocol: 'smtp' }),
  ];
  assert.deepEqual(touchedTime(runs, [said(1, 150)]), [{ from: 100, to: 300 }]);
  assert.deepEqual(touchedTime(runs, [said(1, 550)]), []);
});
