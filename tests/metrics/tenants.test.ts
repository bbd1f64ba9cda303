import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimDates, countOf, resultOf, snapshotOf, standard, tenantOf } from './example.ts';
import { distinct, everything, metricsOf, samplesOf, seriesValue } from './scrape.ts';

test("minutes are the ledger's counts, all six states, and do not add up twice", async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const minutes = async (name: string): Promise<number[]> =>
    (await samplesOf(metrics)).filter((one) => one.name === name).map(({ value }) => value);
  metrics.ledger('acme', standard, snapshotOf({ available: 7 }, { available: 40_000 }));
  metrics.ledger('acme', standard, snapshotOf({ available: 8 }, { available: 40_001 }));
  assert.deepEqual(await minutes('mailminute_minutes_total'), [0, 0, 0, 0, 0, 40_001]);
  assert.deepEqual(await minutes('mailminute_period_minutes'), [0, 0, 0, 0, 0, 8]);
});

test("a past that is judged anew shows as the ledger's smaller count", async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const value = (state: string): Promise<number | undefined> =>
    seriesValue(metrics, 'mailminute_minutes_total', { state });
  metrics.ledger('acme', standard, snapshotOf({}, { unavailable: 9, available: 91 }));
  metrics.ledger('acme', standard, snapshotOf({}, { excluded: 6, unavailable: 3, available: 91 }));
  assert.equal(await value('unavailable'), 3);
  assert.equal(await value('excluded'), 6);
  metrics.ledger('acme', standard, snapshotOf({}, { excluded: 6, unavailable: 4, available: 91 }));
  assert.equal(await value('unavailable'), 4);
});

test('availability is published with both bounds: 2 proven and 3 doubtful minutes of 1000', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const minutes = { unavailable: 2, suspect: 1, unknown: 2, available: 500 };
  metrics.ledger('acme', standard, snapshotOf(minutes, {}, { unavailable: true }));
  const ratio = (bound: string): Promise<number | undefined> =>
    seriesValue(metrics, 'mailminute_availability_ratio', { contract: 'standard', bound });
  assert.equal(await ratio('proven'), 0.998);
  assert.equal(await ratio('possible'), 0.995);
  assert.equal(await seriesValue(metrics, 'mailminute_unavailable', { tenant: 'acme' }), 1);
});

test('a removed tenant leaves no series, and what is still in flight does not bring it back', async () => {
  const metrics = everything();
  metrics.setTenants([tenantOf('acme'), tenantOf('bravo')]);
  metrics.removeTenant('acme');
  metrics.observe(resultOf());
  metrics.delay({ tenant: 'acme', route: 'loop', protocol: 'imap', seconds: 1 });
  metrics.ledger('acme', standard, snapshotOf({}, countOf({ available: 1 })));
  metrics.claim('acme', 'standard', claimDates(1, 2));
  metrics.tripwireCut('acme', 'imap');
  const samples = await samplesOf(metrics);
  assert.deepEqual(distinct(samples, 'tenant'), ['bravo']);
});

test("a tenant that comes back begins anew, its minutes with the ledger's count", async () => {
  const metrics = everything();
  metrics.removeTenant('acme');
  metrics.setTenants([tenantOf('acme')]);
  const deep = { protocol: 'imap', depth: 'roundtrip' };
  assert.equal(await seriesValue(metrics, 'mailminute_probe_runs_total', deep), 0);
  metrics.ledger('acme', standard, snapshotOf({}, { available: 3 }));
  assert.equal(await seriesValue(metrics, 'mailminute_minutes_total', { state: 'available' }), 3);
});

test('a reload keeps what has not changed and drops a lost protocol and a former contract', async () => {
  const metrics = everything();
  metrics.setTenants([tenantOf('acme', { contract: 'gold', pop: null })]);
  metrics.ledger(
    'acme',
    { ...standard, name: 'gold' },
    snapshotOf({ available: 1 }, { available: 5 }),
  );
  const samples = await samplesOf(metrics);
  assert.ok(!samples.some(({ labels }) => labels.protocol === 'pop'));
  assert.deepEqual(distinct(samples, 'contract'), ['gold']);
  const deep = { protocol: 'imap', depth: 'roundtrip' };
  assert.equal(await seriesValue(metrics, 'mailminute_probe_runs_total', deep), 2);
});
