import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { exclusionStore } from '../../src/store/exclusions.ts';
import type { Connection } from '../../src/store/open.ts';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { fastDatabase, write } from '../store/example.ts';
import type { Outage } from '../support/simulation.ts';
import { contract, ledgerOf, minute, resultsOf, strip, sumsAreTrue, tenant } from './example.ts';

const start = Date.parse('2026-10-14T00:00:00Z');
const length = 30 * minute;
const whole = { from: -Infinity, to: Infinity };
const notified: Contract = {
  ...contract,
  maintenance: { rule: 'notified', notice: 0, yearlyCap: null },
};

const outages: readonly Outage[] = [
  { protocol: 'imap', kind: 'refused', depth: 'connect', from: 310_000, to: 502_000 },
  { protocol: 'pop', kind: 'hung', depth: 'login', from: 1_020_000, to: 1_240_000 },
];

function judged(connection: Connection, terms: Contract): void {
  write(connection, ...resultsOf(start, length, outages));
  openAssessor(connection).close(tenant, terms, start + length);
}

async function rejudge(connection: Connection, terms: Contract, within = whole): Promise<number> {
  const options = { now: start + length, cause: 'a test', turn: async () => {} };
  const { changed } = await openAssessor(connection).rejudge(tenant, terms, within, options);
  return changed;
}

const revisions = (connection: Connection) =>
  connection.prepare('SELECT cause, changed FROM ledger_revision ORDER BY id').all();

const maintenance = {
  tenant: tenant.name,
  enteredAt: start + length,
  kind: 'maintenance' as const,
  from: start + 6 * minute,
  to: start + 8 * minute,
  notifiedAt: start - minute,
  approvedBy: null,
  source: 'ticket 7',
  author: 'ops',
  note: null,
  evidence: null,
};

test('judging anew gives the same ledger, byte for byte, and leaves no revision', async (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, contract);
  const before = ledgerOf(connection);
  assert.equal(await rejudge(connection, contract), 0);
  for (let at = 0; at < 28; at += 3)
    await rejudge(connection, contract, {
      from: start + at * minute + 10_000,
      to: start + (at + 2) * minute,
    });
  assert.deepEqual(ledgerOf(connection), before);
  assert.deepEqual(revisions(connection), []);
});

test('an exclusion that counts takes its minutes out, and what stood there stays on record', async (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, notified);
  const before = strip(connection);
  exclusionStore(connection).add(maintenance);
  assert.equal(await rejudge(connection, notified), 2);
  assert.equal(strip(connection), `${before.slice(0, 6)}xx${before.slice(8)}`, before);
  assert.ok(sumsAreTrue(connection));
  const kept = connection.prepare('SELECT state FROM minute_before ORDER BY minute').all();
  assert.deepEqual(
    kept.map((row) => (row as { state: string }).state),
    ['unavailable', 'unavailable'],
  );
});

test('the figure without the exclusion stands beside the figure with it', async (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, notified);
  exclusionStore(connection).add(maintenance);
  await rejudge(connection, notified);
  const { verdicts } = openAssessor(connection).snapshot(
    tenant,
    notified,
    '2026-10',
    start + length,
  );
  const lost = verdicts.figures.proven;
  assert.equal(verdicts.withoutExclusions?.proven, lost + 2);
  assert.equal(verdicts.figures.total, verdicts.withoutExclusions?.total);
});

test('an exclusion that the contract does not know changes nothing', async (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, contract);
  exclusionStore(connection).add(maintenance);
  assert.equal(await rejudge(connection, contract), 0);
});

test('a person’s word moves the blame, and is undone when it is withdrawn', async (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, contract);
  const before = ledgerOf(connection).minutes;
  const words = reattributionStore(connection);
  const by = { author: 'ops', enteredAt: start + length, note: null, evidence: null };
  const id = words.add({
    ...by,
    tenant: tenant.name,
    protocol: 'imap',
    instant: start + 400_000,
    attribution: 'customer',
  });
  assert.ok((await rejudge(connection, contract)) > 0);
  assert.doesNotMatch(strip(connection).slice(0, 10), /U/);
  words.withdraw(id, { ...by, note: 'it was not' });
  await rejudge(connection, contract);
  assert.deepEqual(ledgerOf(connection).minutes, before);
  assert.equal(revisions(connection).length, 2);
});

test('other terms are noticed, and give another ledger with the old one on record', async (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, contract);
  const assessor = openAssessor(connection);
  const lenient = { ...contract, threshold: 300_000 };
  assert.equal(assessor.isOutdated(tenant, contract), false);
  assert.equal(assessor.isOutdated(tenant, lenient), true);
  assert.ok((await rejudge(connection, lenient)) > 0);
  assessor.acceptTerms(tenant, lenient);
  assert.equal(assessor.isOutdated(tenant, lenient), false);
  assert.doesNotMatch(strip(connection).slice(0, 10), /U/);
  assert.ok(sumsAreTrue(connection));
});

test('a partial month counts only the minutes in which the service was rented', (t) => {
  const { connection } = fastDatabase(t);
  judged(connection, contract);
  const rented = { ...tenant, service: { from: start + 10 * minute, until: null } };
  const { figures } = openAssessor(connection).snapshot(
    rented,
    contract,
    '2026-10',
    start + length,
  );
  const monthEnd = Date.parse('2026-10-31T16:00:00Z');
  assert.equal(figures.total, (monthEnd - start) / minute - 10);
  assert.equal(figures.minutes.unknown, 0);
  assert.equal(figures.proven, 3);
});
