import { Counter, Gauge, type Registry } from 'prom-client';

/** What the judge says of a month beyond its minutes: promise, budget, credit, claim. */
export function monthFamilies(registry: Registry) {
  const registers = [registry];
  const labelNames = ['tenant', 'contract'];
  return {
    bareMinutes: new Gauge({
      name: 'mailminute_period_without_exclusions',
      help: 'Minutes of the current month by state as if nothing was excluded; without exclusions the same as mailminute_period_minutes.',
      labelNames: [...labelNames, 'state'],
      registers,
    }),
    target: new Gauge({
      name: 'mailminute_availability_target_ratio',
      help: 'The availability that the contract promises for a month, met on equality. No series where it promises none.',
      labelNames,
      registers,
    }),
    budget: new Gauge({
      name: 'mailminute_unavailability_budget_remaining',
      help: 'Whole minutes that the current month may still lose with the target kept; below zero by so many minutes the target is missed. bound="proven" has used up proven minutes only, bound="possible" everything that may have been down.',
      labelNames: [...labelNames, 'bound'],
      registers,
    }),
    credit: new Gauge({
      name: 'mailminute_credit_ratio',
      help: 'Credit for the current month as a share of its fee, if nothing more is lost; 0 in no tier. No series where the tiers state no share.',
      labelNames: [...labelNames, 'bound'],
      registers,
    }),
    claimOpens: new Gauge({
      name: 'mailminute_claim_opens_timestamp_seconds',
      help: 'When the claim that lapses next can first be filed. No series when nothing is to be claimed.',
      labelNames,
      registers,
    }),
    claimLapses: new Gauge({
      name: 'mailminute_claim_lapses_timestamp_seconds',
      help: 'When the claim that lapses next lapses: of a closed month whose remedy is due, or undecided by what was watched, and not filed on record. No series when nothing is to be claimed.',
      labelNames,
      registers,
    }),
  };
}

/** What goes on now with one tenant. */
export function runFamilies(registry: Registry) {
  const registers = [registry];
  return {
    openRun: new Gauge({
      name: 'mailminute_open_run_info',
      help: 'Always 1, while a failure run is open; the labels tell whose fault it is as judged so far, and the deepest depth that failed.',
      labelNames: ['tenant', 'protocol', 'attribution', 'depth'],
      registers,
    }),
    tripwiresCut: new Counter({
      name: 'mailminute_tripwires_cut_total',
      help: 'Idle connections that the server ended or did not answer on: a reason to probe at once, no evidence by itself.',
      labelNames: ['tenant', 'protocol'],
      registers,
    }),
  };
}
