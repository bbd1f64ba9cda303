import { Gauge, type Registry } from 'prom-client';

/** How the promises of a contract beside its availability stand. */
export function promiseFamilies(registry: Registry) {
  const registers = [registry];
  const labelNames = ['tenant', 'contract'];
  return {
    availabilityVerdict: new Gauge({
      name: 'mailminute_availability_verdict',
      help: 'The verdict on the promised availability of the current month: 1 for the one that holds, 0 for the others. No series where none is promised.',
      labelNames: [...labelNames, 'verdict'],
      registers,
    }),
    promiseVerdict: new Gauge({
      name: 'mailminute_promise_verdict',
      help: 'The verdict on each further promise of the contract: 1 for the one that holds, 0 for the others. unknown-value: nothing measures it, or nothing happened to measure.',
      labelNames: [...labelNames, 'clause', 'measure', 'verdict'],
      registers,
    }),
    delayMean: new Gauge({
      name: 'mailminute_period_delay_mean_seconds',
      help: 'Bounds of the mean delay of the messages accepted in the current month, over the slowest reading protocol; what has not arrived enters with the time that has passed. No series where the contract does not speak of delays, or without a message.',
      labelNames: [...labelNames, 'direction', 'bound'],
      registers,
    }),
    delayMaximum: new Gauge({
      name: 'mailminute_period_delay_maximum_seconds',
      help: 'Bounds of the longest delay of a message accepted in the current month, as for the mean.',
      labelNames: [...labelNames, 'direction', 'bound'],
      registers,
    }),
    maintenanceMinutes: new Gauge({
      name: 'mailminute_period_maintenance',
      help: 'Minutes of the current month so far that announced maintenance touched, whether the contract leaves them out or not.',
      labelNames,
      registers,
    }),
    faultyDays: new Gauge({
      name: 'mailminute_year_fault_dates',
      help: 'Days of the current year with a fault; bound="possible" counts those too in which one is not ruled out. Days ahead are not counted. No series where the contract promises no fault-free days.',
      labelNames: [...labelNames, 'bound'],
      registers,
    }),
    faultyDaysAllowed: new Gauge({
      name: 'mailminute_year_fault_dates_allowed',
      help: 'Most days with a fault that the contract allows in the current year.',
      labelNames,
      registers,
    }),
  };
}
