import assert from 'node:assert/strict';
import { test } from 'node:test';
import { depthsOf, phasesOf, protocols } from '../../src/domain/protocol.ts';
import { reasons } from '../../src/domain/reason.ts';
import { tenantOf } from './example.ts';
import { distinct, everything, familiesOf, metricsOf, samplesOf } from './scrape.ts';

test('names, types and labels are exactly those that are documented', async () => {
  assert.deepEqual(Object.fromEntries(await familiesOf(everything())), {
    mailminute_build_info: 'gauge version,node_version',
    mailminute_probe_success: 'gauge tenant,protocol,depth',
    mailminute_probe_runs_total: 'counter tenant,protocol,depth',
    mailminute_probe_failures_total: 'counter tenant,protocol,depth,reason',
    mailminute_probe_phase_duration_seconds: 'gauge tenant,protocol,phase',
    mailminute_probe_duration_seconds: 'histogram tenant,protocol,depth',
    mailminute_delay_seconds: 'histogram tenant,route,protocol',
    mailminute_page_open_seconds: 'histogram tenant,driver',
    mailminute_last_result_timestamp_seconds: 'gauge tenant,protocol',
    mailminute_minutes_total: 'counter tenant,state',
    mailminute_period_minutes: 'gauge tenant,contract,state',
    mailminute_period_unwatched: 'gauge tenant,contract',
    mailminute_availability_ratio: 'gauge tenant,contract,bound',
    mailminute_period_without_exclusions: 'gauge tenant,contract,state',
    mailminute_availability_target_ratio: 'gauge tenant,contract',
    mailminute_unavailability_budget_remaining: 'gauge tenant,contract,bound',
    mailminute_credit_ratio: 'gauge tenant,contract,bound',
    mailminute_claim_opens_timestamp_seconds: 'gauge tenant,contract',
    mailminute_claim_lapses_timestamp_seconds: 'gauge tenant,contract',
    mailminute_availability_verdict: 'gauge tenant,contract,verdict',
    mailminute_promise_verdict: 'gauge tenant,contract,clause,measure,verdict',
    mailminute_period_delay_mean_seconds: 'gauge tenant,contract,direction,bound',
    mailminute_period_delay_maximum_seconds: 'gauge tenant,contract,direction,bound',
    mailminute_period_maintenance: 'gauge tenant,contract',
    mailminute_year_fault_dates: 'gauge tenant,contract,bound',
    mailminute_year_fault_dates_allowed: 'gauge tenant,contract',
    mailminute_open_run_info: 'gauge tenant,protocol,attribution,depth',
    mailminute_tripwires_cut_total: 'counter tenant,protocol',
    mailminute_mailboxes: 'gauge tenant,protocol',
    mailminute_mailboxes_failing: 'gauge tenant,protocol',
    mailminute_clock_steps_total: 'counter',
    mailminute_pauses_total: 'counter',
    mailminute_control_target_up: 'gauge target',
    mailminute_control_target_last_look_timestamp_seconds: 'gauge target',
    mailminute_alertmanager_requests_total: 'counter alertmanager',
    mailminute_alertmanager_errors_total: 'counter alertmanager',
    mailminute_results_waiting: 'gauge',
    mailminute_config_last_reload_successful: 'gauge',
    mailminute_config_last_reload_success_timestamp_seconds: 'gauge',
    mailminute_web_config_last_reload_successful: 'gauge',
    mailminute_results_lost_total: 'counter',
    mailminute_unavailable: 'gauge tenant',
    mailminute_certificate_not_after_timestamp_seconds: 'gauge tenant,protocol',
    mailminute_schedule_lag_seconds: 'gauge',
    mailminute_period_messages: 'gauge tenant,route,fate',
    mailminute_period_junk_ratio: 'gauge tenant,route',
    mailminute_period_bounces: 'gauge tenant,class',
    mailminute_pending_message_age_seconds: 'gauge tenant,route',
    mailminute_mailbox_quota_ratio: 'gauge tenant',
    mailminute_period_push_messages: 'gauge tenant,outcome',
    mailminute_push_budget_messages: 'gauge tenant',
    mailminute_push_budget_left_messages: 'gauge tenant',
    mailminute_route_messages_total: 'counter tenant,route,outcome',
    mailminute_sink_connections_total: 'counter',
    mailminute_sink_refusals_total: 'counter reason',
    process_start_time_seconds: 'gauge',
    process_resident_memory_bytes: 'gauge',
    process_cpu_seconds_total: 'counter',
    nodejs_heap_size_used_bytes: 'gauge',
  });
});

test('counters, histograms and phases of a new tenant begin at zero, every label combination', async () => {
  const samples = await samplesOf(metricsOf(tenantOf('acme')));
  const labelsOf = (name: string): string[] =>
    samples
      .filter((sample) => sample.name === name)
      .map((sample) => {
        assert.equal(sample.value, 0, name);
        return Object.values(sample.labels).join(' ');
      });
  const attempts = protocols.flatMap((protocol) =>
    depthsOf(protocol).map((depth) => `acme ${protocol} ${depth}`),
  );
  assert.deepEqual(labelsOf('mailminute_probe_runs_total'), attempts);
  assert.deepEqual(labelsOf('mailminute_probe_duration_seconds_count'), attempts);
  assert.deepEqual(
    labelsOf('mailminute_probe_failures_total'),
    attempts.flatMap((attempt) => reasons.map((reason) => `${attempt} ${reason}`)),
  );
  assert.deepEqual(
    labelsOf('mailminute_probe_phase_duration_seconds'),
    protocols.flatMap((protocol) => phasesOf[protocol].map((phase) => `acme ${protocol} ${phase}`)),
  );
  assert.deepEqual(labelsOf('mailminute_delay_seconds_count'), [
    'acme loop imap',
    'acme loop pop',
    'acme loop webmail',
  ]);
  assert.deepEqual(
    labelsOf('mailminute_last_result_timestamp_seconds'),
    protocols.map((protocol) => `acme ${protocol}`),
  );
});

test('nothing is said about a tenant before it is known: no success, certificate or minutes', async () => {
  const samples = await samplesOf(metricsOf(tenantOf('acme')));
  const early = samples.filter(
    ({ name }) =>
      /success|certificate|minutes|availability|unavailable/.test(name) &&
      !name.includes('config_'),
  );
  assert.deepEqual(early, []);
});

test('only the protocols that the tenant has get series, and no delay without a sender', async () => {
  const metrics = metricsOf(tenantOf('acme', { smtp: null, pop: null, webmail: null }));
  const samples = await samplesOf(metrics);
  assert.deepEqual(distinct(samples, 'protocol'), ['imap']);
  assert.ok(!samples.some(({ name }) => name.startsWith('mailminute_delay')));
});

test('a hostile tenant name stays one label value', async () => {
  const name = 'a"} 1\nfake_metric{x="\\';
  const metrics = metricsOf(tenantOf(name));
  assert.deepEqual(distinct(await samplesOf(metrics), 'tenant'), [name]);
});

test("two processes' worth of metrics do not share a registry", async () => {
  const one = everything();
  const other = metricsOf(tenantOf('bravo'));
  assert.equal((await other.render()).body.includes('acme'), false);
  assert.equal((await one.render()).body.includes('bravo'), false);
});
