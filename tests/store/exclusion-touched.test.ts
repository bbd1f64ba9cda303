import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MaintenanceRule } from '../../src/domain/contract.ts';
import type { FailureRun } from '../../src/domain/ledger.ts';
import { exclusionStore, type NewExclusion } from '../../src/store/exclusions.ts';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { recordStore } from '../../src/store/records.ts';
import { entryWatch, type Judged } from '../../src/store/touched.ts';
import { emptyDatabase } from './exclusion-database.ts';

const minute = 60_000;
const start = Date.parse('2026-05-01T00:00:00Z');
const at = (minutes: number) => start + minutes * minute;
const by = { author: 'operator', enteredAt: 5, note: 'x', evidence: null };
const head = { tenant: 'acme', author: 'operator', enteredAt: 1, note: null, evidence: null };

function maintenance(from: number, to: number | null): NewExclusion {
  return {
    ...head,
    kind: 'maintenance',
    from: at(from),
    to: to === null ? null : at(to),
    notifiedAt: at(from) - 1,
    approvedBy: null,
    source: null,
  };
}

function judged(rule: Partial<MaintenanceRule> = {}, runs: readonly FailureRun[] = []): Judged {
  return {
    tenant: 'acme',
    rule: { rule: 'notified', notice: 0, yearlyCap: null, ...rule },
    zone: 'UTC',
    until: at(1000),
    runs: () => runs,
  };
}

function opened() {
  const connection = emptyDatabase();
  return {
    watch: entryWatch(connection),
    exclusions: exclusionStore(connection),
    reattributions: reattributionStore(connection),
    records: recordStore(connection),
  };
}

test('new entries are noticed, by tenant, and once', () => {
  const { watch, exclusions } = opened();
  assert.deepEqual(watch.changes(0), { last: 0, tenants: [] });
  exclusions.add(maintenance(10, 20));
  exclusions.add({ ...maintenance(10, 20), tenant: 'beta' });
  const { last, tenants } = watch.changes(0);
  assert.deepEqual(tenants, ['acme', 'beta']);
  assert.deepEqual(watch.changes(last), { last, tenants: [] });
});

test('an added exclusion touches its time; ending or withdrawing it touches what it gives back', () => {
  const { watch, exclusions } = opened();
  const id = exclusions.add(maintenance(10, null));
  assert.deepEqual(watch.touchedSince(0, judged()), [{ from: at(10), to: at(1000) }]);
  const added = watch.last();
  exclusions.end(id, at(30), by);
  assert.deepEqual(watch.touchedSince(added, judged()), [{ from: at(30), to: at(1000) }]);
  const ended = watch.last();
  exclusions.withdraw(id, by);
  assert.deepEqual(watch.touchedSince(ended, judged()), [{ from: at(10), to: at(30) }]);
  assert.deepEqual(watch.touchedSince(watch.last(), judged()), []);
});

test('what the contract does not count touches nothing, and neither does another tenant’s', () => {
  const { watch, exclusions, records } = opened();
  exclusions.add(maintenance(10, 20));
  records.add({ ...head, clause: null, detail: { kind: 'notice', at: 1, subject: 'x' } });
  assert.deepEqual(watch.touchedSince(0, judged({ rule: 'approved' })), []);
  assert.deepEqual(watch.touchedSince(0, { ...judged(), tenant: 'beta' }), []);
});

test('under a yearly cap an earlier window also touches the later one that it pushes out', () => {
  const { watch, exclusions } = opened();
  exclusions.add(maintenance(100, 110));
  const before = watch.last();
  exclusions.add(maintenance(10, 20));
  assert.deepEqual(watch.touchedSince(before, judged({ yearlyCap: 15 })), [
    { from: at(10), to: at(20) },
    { from: at(105), to: at(110) },
  ]);
});

test('a re-attribution, and its withdrawal, touch the run that they speak of', () => {
  const { watch, reattributions } = opened();
  const run: FailureRun = {
    protocol: 'imap',
    depth: 'login',
    certain: [],
    possible: { from: at(40), to: at(50) },
    open: false,
    attempts: 1,
    confirmed: false,
    attribution: 'provider',
    phase: 'tcp',
    reason: 'timeout',
    code: null,
  };
  const id = reattributions.add({
    ...head,
    protocol: 'imap',
    instant: at(45),
    attribution: 'local',
  });
  assert.deepEqual(watch.touchedSince(0, judged({}, [run])), [run.possible]);
  assert.deepEqual(watch.touchedSince(0, judged({}, [{ ...run, protocol: 'pop' }])), []);
  const added = watch.last();
  assert.deepEqual(watch.touchedSince(added, judged({}, [run])), []);
  reattributions.withdraw(id, by);
  assert.deepEqual(watch.touchedSince(added, judged({}, [run])), [run.possible]);
});
