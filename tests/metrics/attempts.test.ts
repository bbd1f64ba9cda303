import assert from 'node:assert/strict';
import { test } from 'node:test';
import { depthsOf } from '../../src/domain/protocol.ts';
import { failureOf, resultOf, tenantOf } from './example.ts';
import { metricsOf, seriesValue } from './scrape.ts';

test('an attempt counts once, with its reason, times and certificate', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.observe(resultOf({ failure: failureOf('auth-refused'), vouches: 'connect' }));
  const at = { tenant: 'acme', protocol: 'imap' };
  const deep = { ...at, depth: 'roundtrip' };
  const value = (name: string, labels: Record<string, string>): Promise<number | undefined> =>
    seriesValue(metrics, `mailminute_${name}`, labels);
  assert.equal(await value('probe_runs_total', deep), 1);
  assert.equal(await value('probe_failures_total', { ...deep, reason: 'auth-refused' }), 1);
  assert.equal(await value('probe_failures_total', { ...deep, reason: 'timeout' }), 0);
  assert.equal(await value('probe_duration_seconds_sum', deep), 0.5);
  assert.equal(await value('probe_duration_seconds_bucket', { ...deep, le: '0.25' }), 0);
  assert.equal(await value('probe_duration_seconds_bucket', { ...deep, le: '0.5' }), 1);
  assert.equal(await value('probe_phase_duration_seconds', { ...at, phase: 'tcp' }), 0.0015);
  assert.equal(await value('last_result_timestamp_seconds', at), 1_790_000_000.5);
  assert.equal(await value('certificate_not_after_timestamp_seconds', at), 1_800_000_000);
  const { body } = await metrics.render();
  assert.ok(!body.includes('HOSTILE') && !body.includes('must not be a label'));
});

test('a phase keeps its last duration when a later attempt does not reach it, and repeats add up', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.observe(resultOf());
  const twice = { phase: 'tcp', microseconds: 250_000 } as const;
  metrics.observe(resultOf({ depth: 'connect', phases: [twice, twice] }));
  const phase = (name: string): Promise<number | undefined> =>
    seriesValue(metrics, 'mailminute_probe_phase_duration_seconds', {
      protocol: 'imap',
      phase: name,
    });
  assert.equal(await phase('auth'), 0.02);
  assert.equal(await phase('tcp'), 0.5);
});

test('success is of the attempted depth, and a deeper success lifts the shallower ones', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  const success = async (): Promise<(number | undefined)[]> =>
    Promise.all(
      depthsOf('imap').map((depth) => seriesValue(metrics, 'mailminute_probe_success', { depth })),
    );
  const fail = failureOf('timeout');
  metrics.observe(resultOf({ depth: 'login', failure: fail, vouches: null }));
  assert.deepEqual(await success(), [undefined, 0, undefined]);
  metrics.observe(resultOf({ depth: 'connect', vouches: 'connect' }));
  assert.deepEqual(await success(), [1, 0, undefined]);
  metrics.observe(resultOf({ depth: 'roundtrip', vouches: 'roundtrip' }));
  assert.deepEqual(await success(), [1, 1, 1]);
  metrics.observe(resultOf({ depth: 'roundtrip', failure: fail, vouches: 'connect' }));
  assert.deepEqual(await success(), [1, 1, 0]);
});

test('a message that has not come yet is neither a failed nor a proven round trip', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  metrics.observe(resultOf({ failure: failureOf('not-delivered'), vouches: 'login' }));
  metrics.observe(resultOf({ vouches: 'login' }));
  assert.equal(await seriesValue(metrics, 'mailminute_probe_success', { depth: 'roundtrip' }), 0);
  assert.equal(await seriesValue(metrics, 'mailminute_probe_success', { depth: 'login' }), 1);
});

test('a delay falls into its bucket; one below zero counts as zero', async () => {
  const metrics = metricsOf(tenantOf('acme'));
  for (const seconds of [-3, 0.3, 4000]) {
    metrics.delay({ tenant: 'acme', route: 'loop', protocol: 'pop', seconds });
  }
  const bucket = (le: string): Promise<number | undefined> =>
    seriesValue(metrics, 'mailminute_delay_seconds_bucket', { protocol: 'pop', le });
  assert.deepEqual(
    await Promise.all(['0.005', '0.25', '0.5', '3600', '+Inf'].map(bucket)),
    [1, 1, 2, 2, 3],
  );
  assert.equal(
    await seriesValue(metrics, 'mailminute_delay_seconds_sum', { protocol: 'pop' }),
    4000.3,
  );
});

test('of several mailboxes a success is that of all, and those that fail are counted, with no label for any', async () => {
  const { mailbox, ...rest } = tenantOf('acme');
  const other = { ...mailbox, address: 'other@a.example' };
  const metrics = metricsOf({ ...rest, mailbox, mailboxes: [mailbox, other] });
  const of = { tenant: 'acme', protocol: 'imap' };
  const value = (name: string, labels: Record<string, string> = of) =>
    seriesValue(metrics, `mailminute_${name}`, labels);
  const success = () => value('probe_success', { ...of, depth: 'roundtrip' });
  assert.equal(await value('mailboxes'), 2);
  assert.equal(await value('mailboxes_failing'), undefined);
  metrics.observe(
    resultOf({ mailbox: mailbox.address, failure: failureOf('temporary-error'), vouches: null }),
  );
  metrics.observe(resultOf({ mailbox: other.address }));
  assert.deepEqual([await success(), await value('mailboxes_failing')], [0, 1]);
  metrics.observe(resultOf({ mailbox: mailbox.address }));
  assert.deepEqual([await success(), await value('mailboxes_failing')], [1, 0]);
  const { body } = await metrics.render();
  assert.ok(!body.includes('@a.example'));
});
