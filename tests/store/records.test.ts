import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Detail } from '../../src/domain/record.ts';
import { type NewRecord, recordStore } from '../../src/store/records.ts';
import { emptyDatabase } from './exclusion-database.ts';

const by = { author: 'operator', enteredAt: 5, note: null, evidence: 'answer.eml' };
const ticket: Detail = {
  kind: 'ticket',
  number: 'T-7',
  subject: 'no mail comes in',
  category: 'send-receive',
  channel: 'phone',
};

function given(detail: Detail, more: Partial<NewRecord> = {}): NewRecord {
  return {
    tenant: 'acme',
    author: 'operator',
    enteredAt: 1,
    note: null,
    evidence: null,
    clause: null,
    detail,
    ...more,
  };
}

test('a ticket comes back with its events in the order of entering', () => {
  const store = recordStore(emptyDatabase());
  const id = store.add(given(ticket), [{ kind: 'sent', at: 100 }]);
  store.event(id, { kind: 'resolved', at: 900 }, by);
  const [record] = store.list('acme');
  assert.deepEqual(record?.detail, ticket);
  assert.deepEqual(
    record?.events.map(({ kind, at, evidence }) => [kind, at, evidence]),
    [
      ['sent', 100, null],
      ['resolved', 900, 'answer.eml'],
    ],
  );
  assert.deepEqual(store.list('other'), []);
});

test('every kind of record comes back as it was entered', () => {
  const store = recordStore(emptyDatabase());
  const amount = { minor: 120_000, currency: 'CNY' };
  const details: Detail[] = [
    ticket,
    { kind: 'fee', month: '2026-10', months: 12, amount, paidByVouchers: 5 },
    { kind: 'invoice', month: '2026-10', number: '9', validRequests: null, amount: null },
    { kind: 'claim', month: '2026-10', number: 'C-1', at: 4 },
    { kind: 'spot-check', at: 4, subject: 'EICAR', tried: 3, passed: 2 },
    { kind: 'consent', at: 4, subject: 'scripted webmail' },
  ];
  for (const detail of details) store.add(given(detail, { clause: 'T1.29' }));
  const found = store.list('acme');
  assert.deepEqual(
    found.map(({ detail }) => detail),
    details,
  );
  assert.equal(found[5]?.clause, 'T1.29');
});

test('an event is withdrawn like everything else, and stays visible', () => {
  const store = recordStore(emptyDatabase());
  const id = store.add(given(ticket), [{ kind: 'sent', at: 100 }]);
  const event = store.event(id, { kind: 'resolved', at: 900 }, by);
  store.withdraw(event, { ...by, note: 'mistyped' });
  const [record] = store.list('acme');
  assert.equal(record?.events[1]?.withdrawn?.why, 'mistyped');
  assert.equal(record?.withdrawn, null);
  assert.throws(() => store.withdraw(event, by), {
    message: `event ${event} is withdrawn already`,
  });
});

test('events belong to tickets that stand, and never lie before the sending', () => {
  const store = recordStore(emptyDatabase());
  const id = store.add(given(ticket), [{ kind: 'sent', at: 100 }]);
  const early = { kind: 'acknowledged', at: 99 } as const;
  assert.throws(() => store.event(id, early, by), /was sent after that instant/);
  const notice = store.add(given({ kind: 'notice', at: 1, subject: 'x' }));
  assert.throws(() => store.event(notice, { kind: 'resolved', at: 1 }, by), {
    message: `record ${notice} is a notice; only tickets have events`,
  });
  store.withdraw(id, by);
  const late = { kind: 'resolved', at: 200 } as const;
  assert.throws(() => store.event(id, late, by), { message: `record ${id} is withdrawn already` });
});

test('a record whose event is refused leaves nothing behind', () => {
  const connection = emptyDatabase();
  const store = recordStore(connection);
  const wrong = { kind: 'sent', at: 0.5 } as const;
  assert.throws(() => store.add(given(ticket), [wrong]));
  assert.deepEqual(store.list('acme'), []);
  assert.deepEqual(connection.prepare('SELECT count(*) AS n FROM entry').get(), { n: 0 });
});
