import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { emptyDatabase } from './exclusion-database.ts';

const given = {
  tenant: 'acme',
  author: 'operator',
  enteredAt: 1,
  note: 'our firewall blocked it',
  evidence: 'change-17',
  protocol: 'imap',
  instant: 150,
  attribution: 'customer',
} as const;
const by = { author: 'auditor', enteredAt: 2, note: 'the change was later', evidence: null };

test('one about a single mailbox says which', () => {
  const store = reattributionStore(emptyDatabase());
  const id = store.add({ ...given, mailbox: 'two@acme.example' });
  assert.deepEqual(store.list('acme'), [
    { ...given, mailbox: 'two@acme.example', id, withdrawn: null },
  ]);
});

test('a re-attribution comes back as it was entered, and stays visible when it is withdrawn', () => {
  const store = reattributionStore(emptyDatabase());
  const id = store.add(given);
  assert.deepEqual(store.list('acme'), [{ ...given, id, withdrawn: null }]);
  const withdrawal = store.withdraw(id, by);
  assert.deepEqual(store.list('acme'), [
    {
      ...given,
      id,
      withdrawn: {
        id: withdrawal,
        author: 'auditor',
        why: 'the change was later',
        enteredAt: 2,
      },
    },
  ]);
  assert.throws(() => store.withdraw(id, by), {
    message: `reattribution ${id} is withdrawn already`,
  });
});
