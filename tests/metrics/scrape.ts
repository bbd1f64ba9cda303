import assert from 'node:assert/strict';
import { type PushCounts, pushOutcomes } from '../../src/domain/push.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import type { Observations } from '../../src/metrics/observation.ts';
import {
  claimDates,
  failureOf,
  promising,
  resultOf,
  runOf,
  snapshotOf,
  standard,
  tenantOf,
} from './example.ts';
import { parseExposition, type Sample } from './exposition.ts';

const build = { version: '1.2.3', nodeVersion: 'v24.0.0' };
export const metricsOf = (...tenants: readonly ReturnType<typeof tenantOf>[]): Metrics => {
  const metrics = new Metrics(build);
  metrics.setTenants(tenants);
  return metrics;
};
export const samplesOf = async (metrics: Metrics): Promise<readonly Sample[]> =>
  parseExposition((await metrics.render()).body).samples;

/** Every value that a label has in these samples. */
export function distinct(samples: readonly Sample[], label: string): string[] {
  const values = samples.map(({ labels }) => labels[label]);
  return [...new Set(values.filter((value) => value !== undefined))];
}

/** The one value of a series; undefined if there is none. */
export async function seriesValue(
  metrics: Metrics,
  name: string,
  labels: Record<string, string> = {},
): Promise<number | undefined> {
  const found = (await samplesOf(metrics)).filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
  assert.ok(found.length <= 1, `${name} ${JSON.stringify(labels)} is not one series`);
  return found[0]?.value;
}

export function everything(): Metrics {
  const metrics = new Metrics(build);
  observeEverything(metrics);
  return metrics;
}

/** Something of every family, of the tenant `acme`. */
export function observeEverything(metrics: Observations): void {
  metrics.setTenants([tenantOf('acme')]);
  metrics.observe(resultOf());
  metrics.observe(resultOf({ failure: failureOf('timeout'), vouches: 'connect' }));
  metrics.delay({ tenant: 'acme', route: 'loop', protocol: 'imap', seconds: 0.3 });
  metrics.lag(0.002);
  const runs = [runOf('imap')];
  metrics.ledger(
    'acme',
    standard,
    snapshotOf({ available: 5 }, { available: 5 }, { runs, ...promising() }),
  );
  metrics.claim('acme', 'standard', claimDates(1_790_000_000_000, 1_795_000_000_000));
  metrics.tripwireCut('acme', 'imap');
  const counts = [{ route: 'loop', fate: 'junk', messages: 1 }] as const;
  const outcomes = Object.fromEntries(pushOutcomes.map((one) => [one, 1])) as PushCounts;
  const push = { counts: outcomes, budget: 100, left: 89 };
  metrics.messages('acme', { counts, bounces: [], oldestPending: [], push }, 0);
  metrics.quota('acme', [{ resource: 'storage', used: 3, limit: 10 }]);
  metrics.routeSent('acme', 'inbound', 'accepted');
  metrics.own.beginSink();
  metrics.own.sinkConnected();
  metrics.own.blind('pause');
  metrics.own.journal({ waiting: 0, lost: 0 });
  metrics.own.alertmanager('alertmanager:9093', true);
  metrics.own.looked([{ target: 'one.example.net:443', ok: true, endedAt: 1_790_000_000_000 }]);
}

/** Type and labels of every family, by name. */
export async function familiesOf(metrics: Metrics): Promise<Map<string, string>> {
  const { types, samples } = parseExposition((await metrics.render()).body);
  const families = new Map<string, string>();
  for (const [family, type] of types) {
    const of = samples.filter(
      ({ name }) => (type === 'histogram' ? name.replace(/_[a-z]+$/, '') : name) === family,
    );
    const labels = new Set(of.flatMap((sample) => Object.keys(sample.labels)));
    labels.delete('le');
    families.set(family, `${type} ${[...labels].join(',')}`.trim());
  }
  return families;
}
