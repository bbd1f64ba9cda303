import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Contract } from '../../src/domain/contract.ts';
import type { MinuteCount } from '../../src/domain/ledger.ts';
import { budgetOf, creditOf } from '../../src/metrics/month.ts';
import {
  claimDates,
  monthFigures,
  runOf,
  snapshotOf,
  standard,
  tenantOf,
  tierOf,
} from './example.ts';
import { metricsOf, samplesOf, seriesValue } from './scrape.ts';

const silent: Contract = { ...standard, target: null, tiers: [] };

test('the budget is what may still be lost: 10 of 1000 minutes at 99 %, less what was lost', () => {
  const budget = (minutes: Partial<MinuteCount>) =>
    budgetOf(standard.target, monthFigures(minutes));
  assert.deepEqual(budget({}), { proven: 10, possible: 10 });
  assert.deepEqual(budget({ unavailable: 4, suspect: 1, unknown: 2 }), { proven: 6, possible: 3 });
  assert.deepEqual(budget({ unavailable: 10, excluded: 50 }), { proven: 0, possible: 0 });
  assert.deepEqual(budget({ unavailable: 11, unknown: 5 }), { proven: -1, possible: -6 });
});

test('a budget of zero is a target that is met, and the next minute misses it', () => {
  for (const lost of [10, 11]) {
    const figures = monthFigures({ unavailable: lost, available: 1000 - lost });
    assert.equal(figures.verdict, lost === 10 ? 'met' : 'breached');
    assert.equal(budgetOf(standard.target, figures)?.proven, 10 - lost);
  }
});

test('the budget is cut off to whole minutes, exactly: 43.2 are 43, and 20 are not 19', () => {
  const ofTotal = (total: number, numerator: number, denominator: number) =>
    budgetOf({ numerator, denominator }, { ...monthFigures({}), total })?.proven;
  assert.equal(ofTotal(43_200, 999, 1000), 43);
  assert.equal(ofTotal(44_640, 999, 1000), 44);
  // In floats it is 19.999999999997797.
  assert.equal(ofTotal(40_000, 9995, 10_000), 20);
});

test('the credit is that of the tier at each bound, and 0 in none', () => {
  const credit = (minutes: Partial<MinuteCount>) => creditOf(standard, monthFigures(minutes));
  const [none, tenth, quarter] = [
    { numerator: 0, denominator: 1 },
    { numerator: 1, denominator: 10 },
    { numerator: 1, denominator: 4 },
  ];
  assert.deepEqual(credit({ unavailable: 10 }), { proven: none, possible: none });
  assert.deepEqual(credit({ unavailable: 10, unknown: 1 }), { proven: none, possible: tenth });
  assert.deepEqual(credit({ unavailable: 50, suspect: 1 }), { proven: tenth, possible: quarter });
});

test('a tier that gives days of service has no credit ratio, and neither has a contract without tiers', () => {
  const figures = monthFigures({ unavailable: 20, unknown: 40 });
  const days = { ...standard, tiers: [tierOf([95, 99], null), tierOf([0, 95], null)] };
  assert.deepEqual(creditOf(days, figures), { proven: null, possible: null });
  assert.deepEqual(creditOf(days, monthFigures({})), { proven: null, possible: null });
  assert.deepEqual(creditOf(silent, figures), { proven: null, possible: null });
  const mixed = { ...standard, tiers: [tierOf([95, 99], null), ...standard.tiers.slice(1)] };
  assert.deepEqual(creditOf(mixed, figures), {
    proven: null,
    possible: { numerator: 1, denominator: 4 },
  });
});

test('minutes before the ledger began are published apart, and the possible budget still has them', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.ledger('acme', standard, snapshotOf({ unknown: 40 }, {}, { unwatched: 38 }));
  const owner = { tenant: 'acme', contract: 'standard' };
  assert.equal(await seriesValue(metrics, 'mailminute_period_unwatched', owner), 38);
  const possible = { ...owner, bound: 'possible' };
  const name = 'mailminute_unavailability_budget_remaining';
  assert.equal(await seriesValue(metrics, name, possible), 10 - 40);
});

test('target, budget and credit are published with both bounds', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.ledger('acme', standard, snapshotOf({ unavailable: 11, unknown: 40 }, {}));
  const value = (name: string, bound?: string): Promise<number | undefined> =>
    seriesValue(metrics, `mailminute_${name}`, {
      tenant: 'acme',
      contract: 'standard',
      ...(bound && { bound }),
    });
  assert.equal(await value('availability_target_ratio'), 0.99);
  assert.equal(await value('unavailability_budget_remaining', 'proven'), -1);
  assert.equal(await value('unavailability_budget_remaining', 'possible'), -41);
  assert.equal(await value('credit_ratio', 'proven'), 0.1);
  assert.equal(await value('credit_ratio', 'possible'), 0.25);
});

test('a contract that promises nothing has no target, budget or credit, not even where it had one', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.ledger('acme', standard, snapshotOf({}, {}));
  metrics.ledger('acme', silent, snapshotOf({}, {}, { terms: silent }));
  const said = (await samplesOf(metrics)).filter(({ name }) => /target|budget|credit/.test(name));
  assert.deepEqual(said, []);
});

test('minutes without exclusions stand beside those with them, and are the same without any', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const bare = async (): Promise<(number | undefined)[]> =>
    Promise.all(
      ['excluded', 'unavailable'].map((state) =>
        seriesValue(metrics, 'mailminute_period_without_exclusions', { state }),
      ),
    );
  const minutes = { excluded: 6, unavailable: 3 };
  const withoutExclusions = monthFigures({ unavailable: 9 });
  metrics.ledger(
    'acme',
    standard,
    snapshotOf(minutes, {}, { verdicts: { withoutExclusions, promises: [] } }),
  );
  assert.deepEqual(await bare(), [0, 9]);
  metrics.ledger('acme', standard, snapshotOf({ unavailable: 4 }, {}));
  assert.deepEqual(await bare(), [0, 4]);
});

test('an open run shows whose fault it is, changes its labels and vanishes when it ends', async () => {
  const metrics = metricsOf(tenantOf('acme', { pop: null }), tenantOf('bravo'));
  const open = async (): Promise<string[]> =>
    (await samplesOf(metrics))
      .filter(({ name, value }) => name === 'mailminute_open_run_info' && value === 1)
      .map(({ labels }) => Object.values(labels).join(' '));
  const write = (tenant: string, ...runs: ReturnType<typeof runOf>[]) =>
    metrics.ledger(tenant, standard, snapshotOf({}, {}, { runs }));
  write('bravo', runOf('smtp', { attribution: 'throttled' }));
  write('acme', runOf('imap'), runOf('smtp', { open: false }), runOf('pop'));
  assert.deepEqual(await open(), ['acme imap provider login', 'bravo smtp throttled login']);
  write('acme', runOf('imap', { attribution: 'local', depth: 'connect' }));
  assert.deepEqual(await open(), ['acme imap local connect', 'bravo smtp throttled login']);
  write('acme', runOf('imap', { open: false }));
  assert.deepEqual(await open(), ['bravo smtp throttled login']);
});

test('the dates of a claim are in seconds, and vanish with the claim', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const dates = async (): Promise<(number | undefined)[]> =>
    Promise.all(
      ['opens', 'lapses'].map((which) =>
        seriesValue(metrics, `mailminute_claim_${which}_timestamp_seconds`, {
          tenant: 'acme',
          contract: 'standard',
        }),
      ),
    );
  metrics.claim('acme', 'standard', claimDates(1_790_000_000_000, 1_795_000_000_000));
  assert.deepEqual(await dates(), [1_790_000_000, 1_795_000_000]);
  metrics.claim('acme', 'standard', null);
  assert.deepEqual(await dates(), [undefined, undefined]);
});
