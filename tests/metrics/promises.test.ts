import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PromisedLimit } from '../../src/domain/contract.ts';
import { asUpperBounds, delayFigures } from '../../src/domain/delay.ts';
import type { PromiseVerdict } from '../../src/domain/promise.ts';
import { nothingMeasured } from '../../src/domain/readings.ts';
import { faultFreeDays, snapshotOf, standard, tenantOf } from './example.ts';
import { metricsOf, samplesOf } from './scrape.ts';

const limited = { denominator: { kind: 'calendar' }, excused: 0 } as const;
const mean: PromisedLimit = {
  ...limited,
  clause: 'T4.6-7',
  measure: 'receive-delay-mean',
  comparison: 'at-most',
  limit: { numerator: 60_000, denominator: 1 },
};
function stands(promise: PromisedLimit, verdict: PromiseVerdict['verdict']): PromiseVerdict {
  const without = verdict === 'unknown-value' ? 'not-measured' : null;
  return { promise, verdict, least: null, most: null, passed: null, without };
}

/** Series of one family by the labels beside tenant and contract, with their values. */
async function seriesOf(metrics: ReturnType<typeof metricsOf>, name: string): Promise<object> {
  const samples = (await samplesOf(metrics)).filter((one) => one.name === `mailminute_${name}`);
  return Object.fromEntries(
    samples.map(({ labels: { tenant, contract, ...own }, value }) => {
      assert.deepEqual([tenant, contract], ['acme', 'standard']);
      return [Object.values(own).join(' '), value];
    }),
  );
}

test('of each promise one verdict is 1, and another one when it changes', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const write = (...promises: PromiseVerdict[]) =>
    metrics.ledger(
      'acme',
      standard,
      snapshotOf({}, {}, { verdicts: { withoutExclusions: null, promises } }),
    );
  write(stands(mean, 'indeterminate'), stands(faultFreeDays, 'unknown-value'));
  assert.deepEqual(await seriesOf(metrics, 'promise_verdict'), {
    'T4.6-7 receive-delay-mean met': 0,
    'T4.6-7 receive-delay-mean breached': 0,
    'T4.6-7 receive-delay-mean indeterminate': 1,
    'T4.6-7 receive-delay-mean unknown-value': 0,
    'T4.14 fault-free-days met': 0,
    'T4.14 fault-free-days breached': 0,
    'T4.14 fault-free-days indeterminate': 0,
    'T4.14 fault-free-days unknown-value': 1,
  });
  write(stands(mean, 'breached'));
  assert.deepEqual(await seriesOf(metrics, 'promise_verdict'), {
    'T4.6-7 receive-delay-mean met': 0,
    'T4.6-7 receive-delay-mean breached': 1,
    'T4.6-7 receive-delay-mean indeterminate': 0,
    'T4.6-7 receive-delay-mean unknown-value': 0,
  });
});

test('the verdict on the availability is published, and none where none is promised', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.ledger('acme', standard, snapshotOf({ unavailable: 11 }, {}));
  const published = () => seriesOf(metrics, 'availability_verdict');
  assert.deepEqual(await published(), { met: 0, breached: 1, indeterminate: 0 });
  const silent = { ...standard, target: null };
  metrics.ledger('acme', silent, snapshotOf({}, {}, { terms: silent }));
  assert.deepEqual(await published(), {});
});

test('delays are in seconds, by direction and bound, of the slowest protocol', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const seen = (delay: number) => ({
    acceptedAt: 0,
    seen: { lastNotSeen: delay - 500, firstSeen: delay },
  });
  const figures = (...delays: number[]) => {
    const all = delayFigures(delays.map(seen), 1e9);
    assert.ok(all);
    return all;
  };
  const receive = [figures(1_000, 3_000), figures(2_000, 2_500)];
  const send = receive.map(asUpperBounds);
  metrics.ledger(
    'acme',
    standard,
    snapshotOf({}, {}, { measured: { ...nothingMeasured, send, receive } }),
  );
  // (1 + 3) / 2 = 2 s and (2 + 2.5) / 2 = 2.25 s; half a second less at least.
  assert.deepEqual(await seriesOf(metrics, 'period_delay_mean_seconds'), {
    'send proven': 0,
    'send possible': 2.25,
    'receive proven': 1.75,
    'receive possible': 2.25,
  });
  assert.deepEqual(await seriesOf(metrics, 'period_delay_maximum_seconds'), {
    'send proven': 0,
    'send possible': 3,
    'receive proven': 2.5,
    'receive possible': 3,
  });
  metrics.ledger('acme', standard, snapshotOf({}, {}));
  assert.deepEqual(await seriesOf(metrics, 'period_delay_mean_seconds'), {});
});

test('maintenance and faulty days are published as used, and the days with what is allowed', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const year = { year: 2026, days: 365, clear: 100, doubtful: 262, faulty: 3, ahead: 260 };
  const promises = [stands(faultFreeDays, 'indeterminate')];
  metrics.ledger(
    'acme',
    standard,
    snapshotOf(
      {},
      {},
      {
        verdicts: { withoutExclusions: null, promises },
        measured: { ...nothingMeasured, maintenance: 45, year },
      },
    ),
  );
  assert.deepEqual(await seriesOf(metrics, 'period_maintenance'), { '': 45 });
  // 262 days are open, 260 of them because they are still to come.
  assert.deepEqual(await seriesOf(metrics, 'year_fault_dates'), { proven: 3, possible: 5 });
  // 365 − 360
  assert.deepEqual(await seriesOf(metrics, 'year_fault_dates_allowed'), { '': 5 });
});
