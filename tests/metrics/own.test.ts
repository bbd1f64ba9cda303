import assert from 'node:assert/strict';
import { test } from 'node:test';
import { tenantOf } from './example.ts';
import { metricsOf, samplesOf, seriesValue } from './scrape.ts';

test('clock steps and pauses are counted apart, from zero', async () => {
  const metrics = metricsOf();
  const counts = (): Promise<(number | undefined)[]> =>
    Promise.all(
      ['mailminute_clock_steps_total', 'mailminute_pauses_total'].map((name) =>
        seriesValue(metrics, name),
      ),
    );
  assert.deepEqual(await counts(), [0, 0]);
  metrics.own.blind('pause');
  metrics.own.blind('clock-step');
  metrics.own.blind('pause');
  assert.deepEqual(await counts(), [1, 2]);
});

test('waiting results go up and down, lost ones are counted once', async () => {
  const metrics = metricsOf();
  const value = (name: string) => seriesValue(metrics, `mailminute_results_${name}`);
  assert.equal(await value('lost_total'), 0);
  for (const [waiting, lost] of [
    [5, 0],
    [5000, 2],
    [0, 3],
    [0, 3],
  ] as const)
    metrics.own.journal({ waiting, lost });
  assert.equal(await value('waiting'), 0);
  assert.equal(await value('lost_total'), 3);
});

test('control targets are those of the last round: one that is no longer configured leaves no series', async () => {
  const metrics = metricsOf();
  const targets = async (): Promise<string[]> =>
    (await samplesOf(metrics))
      .filter(({ name }) => name.startsWith('mailminute_control_target_'))
      .map(({ name, labels, value }) => `${name.slice(26)} ${labels.target} ${value}`);
  assert.deepEqual(await targets(), []);
  metrics.own.looked([
    { target: 'one.example.net:443', ok: true, endedAt: 1_790_000_000_250 },
    { target: '[2001:db8::1]:25', ok: true, endedAt: 1_790_000_000_000 },
  ]);
  metrics.own.looked([{ target: 'one.example.net:443', ok: false, endedAt: 1_790_000_060_000 }]);
  assert.deepEqual(await targets(), [
    'up one.example.net:443 0',
    'last_look_timestamp_seconds one.example.net:443 1790000060',
  ]);
});

test('a new list of tenants leaves the control targets alone', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.own.looked([{ target: 'one.example.net:443', ok: true, endedAt: 1 }]);
  metrics.setTenants([]);
  assert.equal(await seriesValue(metrics, 'mailminute_control_target_up'), 1);
});

test('cut tripwires are counted by protocol; a tenant without tripwires has no such series', async () => {
  const metrics = metricsOf(
    tenantOf('acme', { pop: null, webmail: null }),
    tenantOf('bravo', { tripwires: false }),
  );
  metrics.tripwireCut('acme', 'imap');
  metrics.tripwireCut('acme', 'pop');
  const cut = (await samplesOf(metrics))
    .filter(({ name }) => name === 'mailminute_tripwires_cut_total')
    .map(({ labels, value }) => [labels.tenant, labels.protocol, value]);
  assert.deepEqual(cut, [
    ['acme', 'smtp', 0],
    ['acme', 'imap', 1],
  ]);
});
