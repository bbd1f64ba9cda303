import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clause } from '../../src/domain/clause.ts';
import {
  billsOf,
  type ClauseRecord,
  clauseCovers,
  type Detail,
  feesOf,
  recordsOf,
} from '../../src/domain/record.ts';

const withdrawn = { id: 99, author: 'operator', why: 'typed twice', enteredAt: 2 };

let id = 0;
function record(detail: Detail, given: Partial<ClauseRecord> = {}): ClauseRecord {
  id++;
  return {
    id,
    tenant: 'acme',
    author: 'operator',
    enteredAt: 1,
    note: null,
    evidence: null,
    withdrawn: null,
    clause: null,
    detail,
    events: [],
    ...given,
  };
}

function fee(month: string, minor: number, given: Partial<Detail & { kind: 'fee' }> = {}): Detail {
  const amount = { minor, currency: 'CNY' };
  return { kind: 'fee', month, months: 1, amount, paidByVouchers: 0, ...given };
}

function clause(name: string, kind: Clause['record']): Clause {
  return {
    id: name,
    text: '',
    reading: { en: '', zh: '' },
    classes: ['recorded'],
    figure: null,
    record: kind,
    without: null,
  };
}

test('a clause that is a range holds each of its clauses and no other', () => {
  assert.equal(clauseCovers('T1.13-17', 'T1.13'), true);
  assert.equal(clauseCovers('T1.13-17', 'T1.17'), true);
  assert.equal(clauseCovers('T1.13-17', 'T1.18'), false);
  assert.equal(clauseCovers('T1.13-17', 'T2.14'), false);
  assert.equal(clauseCovers('T1.13', 'T1.13'), true);
  assert.equal(clauseCovers('T1.1', 'T1.13'), false);
});

test('fees and claims speak of every clause that asks for them, notices and consents of the one they name', () => {
  const paid = record(fee('2026-10', 100));
  const consent: Detail = { kind: 'consent', at: 1, subject: 'third-party software' };
  const named = record(consent, { clause: 'T1.29' });
  const unnamed = record(consent);
  const back = record(fee('2026-10', 100), { withdrawn });
  const all = [paid, named, unnamed, back];
  assert.deepEqual(recordsOf(clause('T1.8', 'fee'), all), [paid]);
  assert.deepEqual(recordsOf(clause('T1.29', 'consent'), all), [named]);
  assert.deepEqual(recordsOf(clause('T1.30', 'consent'), all), []);
});

test('a prepayment is shared out over its months, cut off to whole minor units', () => {
  const records = [record(fee('2026-11', 100_000, { months: 3, paidByVouchers: 10_000 }))];
  const share = [{ currency: 'CNY', amount: 33_333, paidByVouchers: 3_333, cap: 30_000 }];
  assert.deepEqual(feesOf(records, '2026-10'), []);
  assert.deepEqual(feesOf(records, '2026-11'), share);
  assert.deepEqual(feesOf(records, '2027-01'), share);
  assert.deepEqual(feesOf(records, '2027-02'), []);
});

test('fees of a month add up by currency, without the withdrawn ones', () => {
  const records = [
    record(fee('2026-10', 500)),
    record(fee('2026-10', 700, { paidByVouchers: 200 })),
    record(fee('2026-10', 900), { withdrawn }),
    record(fee('2026-10', 30, { amount: { minor: 30, currency: 'AUD' } })),
  ];
  assert.deepEqual(feesOf(records, '2026-10'), [
    { currency: 'AUD', amount: 30, paidByVouchers: 0, cap: 30 },
    { currency: 'CNY', amount: 1200, paidByVouchers: 200, cap: 1000 },
  ]);
});

test('billed requests are known only when an invoice says how many', () => {
  const invoice = (validRequests: number | null): ClauseRecord =>
    record({ kind: 'invoice', month: '2026-10', number: '1', validRequests, amount: null });
  const billed = (records: readonly ClauseRecord[], month = '2026-10') =>
    billsOf(records, month).map(({ validRequests }) => validRequests);
  assert.deepEqual(billed([invoice(null)]), []);
  assert.deepEqual(billed([invoice(0)]), [0]);
  assert.deepEqual(billed([invoice(40), invoice(2), invoice(null)]), [40, 2]);
  assert.deepEqual(billed([invoice(40)], '2026-11'), []);
});
