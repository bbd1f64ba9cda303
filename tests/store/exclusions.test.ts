import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exclusionStore, type NewExclusion } from '../../src/store/exclusions.ts';
import type { Connection } from '../../src/store/open.ts';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { recordStore } from '../../src/store/records.ts';
import { emptyDatabase } from './exclusion-database.ts';

const by = { author: 'operator', enteredAt: 5, note: 'over', evidence: null };

function maintenance(given: Partial<NewExclusion> = {}): NewExclusion {
  return {
    tenant: 'acme',
    author: 'operator',
    enteredAt: 1,
    note: 'cutover',
    evidence: 'mail of 1 October',
    kind: 'maintenance',
    from: 1000,
    to: null,
    notifiedAt: 500,
    approvedBy: 'head of IT',
    source: 'mail',
    ...given,
  };
}

/** One row in every table of entries. */
function fill(connection: Connection): void {
  const exclusions = exclusionStore(connection);
  exclusions.end(exclusions.add(maintenance()), 2000, by);
  const head = { tenant: 'acme', author: 'operator', enteredAt: 1, note: null, evidence: null };
  reattributionStore(connection).add({
    ...head,
    protocol: 'imap',
    instant: 3,
    attribution: 'customer',
  });
  const ticket = {
    kind: 'ticket',
    number: '1',
    subject: 'x',
    category: 'functional',
    channel: 'ticket',
  } as const;
  recordStore(connection).add({ ...head, clause: null, detail: ticket }, [{ kind: 'sent', at: 1 }]);
}

const tables = [
  'entry',
  'exclusion',
  'exclusion_end',
  'reattribution',
  'record',
  'record_event',
] as const;

test('an exclusion comes back as it was entered', () => {
  const store = exclusionStore(emptyDatabase());
  const id = store.add(maintenance());
  assert.deepEqual(store.list('acme'), [{ ...maintenance(), id, withdrawn: null, ends: [] }]);
  assert.deepEqual(store.list('other'), []);
});

test('no entry can be edited, removed or replaced, by whatever statement', () => {
  const connection = emptyDatabase();
  fill(connection);
  for (const table of tables) {
    const before = connection.prepare(`SELECT * FROM ${table}`).all();
    assert.ok(before.length > 0, table);
    const attempts = {
      edited: `UPDATE ${table} SET id = id`,
      removed: `DELETE FROM ${table}`,
      replaced: `INSERT OR REPLACE INTO ${table} SELECT * FROM ${table}`,
    };
    for (const [what, sql] of Object.entries(attempts))
      assert.throws(() => connection.exec(sql), { message: `entries are never ${what}` }, table);
    assert.throws(() => connection.exec(`INSERT OR IGNORE INTO ${table} SELECT * FROM ${table}`));
    assert.deepEqual(connection.prepare(`SELECT * FROM ${table}`).all(), before);
  }
});

test('an end closes an open exclusion, and the entry itself stays open', () => {
  const connection = emptyDatabase();
  const store = exclusionStore(connection);
  const id = store.add(maintenance());
  const end = store.end(id, 2000, by);
  const [exclusion] = store.list('acme');
  assert.equal(exclusion?.to, 2000);
  assert.deepEqual(exclusion?.ends, [
    { ...by, tenant: 'acme', id: end, withdrawn: null, to: 2000 },
  ]);
  assert.equal(store.list('acme', id)[0]?.to, null, 'as it stood before the end');
  assert.deepEqual(connection.prepare('SELECT to_at FROM exclusion').get(), { to_at: null });
});

test('an end can only shorten, and never to nothing', () => {
  const store = exclusionStore(emptyDatabase());
  const id = store.add(maintenance({ to: 3000 }));
  assert.throws(() => store.end(id, 1000, by), {
    message: `exclusion ${id} would end before it starts`,
  });
  assert.throws(() => store.end(id, 3000, by), /ends earlier already/);
  store.end(id, 2000, by);
  assert.throws(() => store.end(id, 2500, by), /ends earlier already/);
  assert.equal(store.list('acme')[0]?.to, 2000);
});

test('a withdrawn exclusion stays visible, with who, when and why', () => {
  const store = exclusionStore(emptyDatabase());
  const id = store.add(maintenance());
  const withdrawal = store.withdraw(id, { ...by, note: 'wrong tenant' });
  assert.deepEqual(store.list('acme')[0]?.withdrawn, {
    id: withdrawal,
    author: 'operator',
    why: 'wrong tenant',
    enteredAt: 5,
  });
  assert.equal(store.list('acme', withdrawal - 1)[0]?.withdrawn, null);
  assert.throws(() => store.withdraw(id, by), { message: `exclusion ${id} is withdrawn already` });
  assert.throws(() => store.end(id, 2000, by), { message: `exclusion ${id} is withdrawn already` });
});

test('a withdrawn end leaves the exclusion open again', () => {
  const store = exclusionStore(emptyDatabase());
  const id = store.add(maintenance());
  const end = store.end(id, 2000, by);
  store.withdraw(end, by);
  const [exclusion] = store.list('acme');
  assert.equal(exclusion?.to, null);
  assert.equal(exclusion?.ends[0]?.withdrawn?.why, 'over');
  store.end(id, 2500, by);
  assert.equal(store.list('acme')[0]?.to, 2500);
});

test('only what is there, and of the right kind, can be ended or withdrawn', () => {
  const connection = emptyDatabase();
  fill(connection);
  const store = exclusionStore(connection);
  const [reattribution] = reattributionStore(connection).list('acme');
  assert.ok(reattribution);
  assert.throws(() => store.withdraw(77, by), { message: 'there is no exclusion or end 77' });
  assert.throws(() => store.withdraw(reattribution.id, by), /there is no exclusion or end/);
  assert.throws(() => store.end(reattribution.id, 9, by), /there is no exclusion/);
});

test('the database itself refuses a second withdrawal, a foreign reference and an empty author', () => {
  const connection = emptyDatabase();
  const store = exclusionStore(connection);
  const id = store.add(maintenance());
  store.withdraw(id, by);
  const insert = (tenant: string, kind: string, refersTo: number | null, author = 'x') =>
    connection
      .prepare(
        'INSERT INTO entry (tenant, kind, refers_to, author, entered_at) VALUES (?, ?, ?, ?, 1)',
      )
      .run(tenant, kind, refersTo, author);
  const nothing = { message: 'refers to nothing that stands' };
  assert.throws(() => insert('acme', 'withdrawal', id), nothing);
  const other = store.add(maintenance());
  assert.throws(() => insert('beta', 'withdrawal', other), nothing);
  assert.throws(() => insert('acme', 'record-event', other), nothing);
  assert.throws(() => insert('acme', 'withdrawal', null), /CHECK/);
  assert.throws(() => insert('acme', 'exclusion', null, ''), /CHECK/);
});
