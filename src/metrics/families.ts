import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { monthFamilies, runFamilies } from './contract-families.ts';
import { messageFamilies } from './message-families.ts';
import { promiseFamilies } from './promise-families.ts';
import { routeFamilies } from './route-families.ts';

/** One attempt; its deadline is 30 s by default. */
const attemptBuckets = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** From a message that is visible at once to one that took an hour. */
const delayBuckets = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 300, 900, 3600];

/** T4.16 limits the mean to 10 s, or 30 s. */
const pageBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export type Families = ReturnType<typeof createFamilies>;

/** Every family about tenants, by the name it has in the code. The names are a promise: see docs/metrics.md. */
export function createFamilies(registry: Registry) {
  return {
    ...probeFamilies(registry),
    ...ledgerFamilies(registry),
    ...monthFamilies(registry),
    ...promiseFamilies(registry),
    ...runFamilies(registry),
    ...messageFamilies(registry),
    ...routeFamilies(registry),
  };
}

function probeFamilies(registry: Registry) {
  const registers = [registry];
  const attempt = ['tenant', 'protocol', 'depth'];
  return {
    success: new Gauge({
      name: 'mailminute_probe_success',
      help: 'Whether the last attempt at this depth succeeded (1) or failed (0); a success at a greater depth that came later also makes it 1. Of several mailboxes: whether it did so for all of them. No series until something was tried.',
      labelNames: attempt,
      registers,
    }),
    runs: new Counter({
      name: 'mailminute_probe_runs_total',
      help: 'Attempts, by the depth that was attempted.',
      labelNames: attempt,
      registers,
    }),
    failures: new Counter({
      name: 'mailminute_probe_failures_total',
      help: 'Failed attempts, by the depth that was attempted and the reason from a closed set.',
      labelNames: [...attempt, 'reason'],
      registers,
    }),
    phase: new Gauge({
      name: 'mailminute_probe_phase_duration_seconds',
      help: 'Duration of the phase in the last attempt that had this phase; 0 until one had it.',
      labelNames: ['tenant', 'protocol', 'phase'],
      registers,
    }),
    duration: new Histogram({
      name: 'mailminute_probe_duration_seconds',
      help: 'Duration of whole attempts on the monotonic clock, successes and failures alike.',
      labelNames: attempt,
      buckets: attemptBuckets,
      registers,
    }),
    delay: new Histogram({
      name: 'mailminute_delay_seconds',
      help: 'Time from the acceptance of a message (250 after the final dot) until it was visible over the protocol.',
      labelNames: ['tenant', 'route', 'protocol'],
      buckets: delayBuckets,
      registers,
    }),
    pageOpen: new Histogram({
      name: 'mailminute_page_open_seconds',
      help: 'How long the webmail took to open its page: driver="browser" to the load event, driver="http" only the page\'s own text, which a browser exceeds.',
      labelNames: ['tenant', 'driver'],
      buckets: pageBuckets,
      registers,
    }),
    lastResult: new Gauge({
      name: 'mailminute_last_result_timestamp_seconds',
      help: 'When the last attempt ended, success or failure; 0 until one did.',
      labelNames: ['tenant', 'protocol'],
      registers,
    }),
    certificate: new Gauge({
      name: 'mailminute_certificate_not_after_timestamp_seconds',
      help: 'When the certificate last shown by the server expires. No series until one was seen.',
      labelNames: ['tenant', 'protocol'],
      registers,
    }),
    mailboxes: new Gauge({
      name: 'mailminute_mailboxes',
      help: 'Mailboxes of the tenant that are probed over this protocol.',
      labelNames: ['tenant', 'protocol'],
      registers,
    }),
    failingMailboxes: new Gauge({
      name: 'mailminute_mailboxes_failing',
      help: 'Mailboxes of the tenant whose last attempt over this protocol failed, at any depth that was not seen to work since, whoever is to blame. No series until something was tried.',
      labelNames: ['tenant', 'protocol'],
      registers,
    }),
    lag: new Gauge({
      name: 'mailminute_schedule_lag_seconds',
      help: 'How much later than planned the last attempt began.',
      registers,
    }),
  };
}

function ledgerFamilies(registry: Registry) {
  const registers = [registry];
  return {
    minutes: new Counter({
      name: 'mailminute_minutes_total',
      help: 'All closed minutes by state, as the ledger has them. A past that is judged anew (an exclusion, a re-attribution) shows as a counter reset.',
      labelNames: ['tenant', 'state'],
      registers,
    }),
    periodMinutes: new Gauge({
      name: 'mailminute_period_minutes',
      help: 'Minutes of the current month by state, judged so far, provisional ones included.',
      labelNames: ['tenant', 'contract', 'state'],
      registers,
    }),
    unwatched: new Gauge({
      name: 'mailminute_period_unwatched',
      help: 'Minutes of the current month before the ledger began: nobody watched yet. They are among the unknown ones of mailminute_period_minutes.',
      labelNames: ['tenant', 'contract'],
      registers,
    }),
    availability: new Gauge({
      name: 'mailminute_availability_ratio',
      help: 'Bounds of the current month\'s availability: bound="proven" takes only proven minutes as down (the headline), bound="possible" everything that may have been down.',
      labelNames: ['tenant', 'contract', 'bound'],
      registers,
    }),
    unavailable: new Gauge({
      name: 'mailminute_unavailable',
      help: 'Whether the tenant is unavailable now by its contract (1) or not (0).',
      labelNames: ['tenant'],
      registers,
    }),
  };
}
