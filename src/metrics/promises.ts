import type { Ratio } from '../domain/contract.ts';
import type { YearOfDays } from '../domain/fault-days.ts';
import { type Verdict, verdicts } from '../domain/figures.ts';
import { promiseVerdicts, type Range } from '../domain/promise.ts';
import { slowestDelay } from '../domain/readings.ts';
import type { Families } from './families.ts';
import type { LedgerSnapshot } from './observation.ts';
import type { SeriesMemory } from './series.ts';
import type { Labels } from './shards.ts';

/** How one promise stands. */
type Standing = LedgerSnapshot['verdicts']['promises'][number];

interface Series {
  readonly labels: Labels;
  readonly value: number;
}

/** Writes how the promises of one tenant's contract stand. Where it states nothing, there is no series. */
export function writePromises(
  { families, series }: { readonly families: Families; readonly series: SeriesMemory },
  owner: Labels,
  { figures, verdicts: month, measured }: LedgerSnapshot,
): void {
  const write = (family: Parameters<SeriesMemory['replace']>[0], ...of: Series[]) =>
    series.replace(family, owner, of);
  write(families.availabilityVerdict, ...(figures.verdict === null ? [] : states(figures.verdict)));
  write(families.promiseVerdict, ...month.promises.flatMap(promiseStates));
  write(families.delayMean, ...delays(measured, 'mean'));
  write(families.delayMaximum, ...delays(measured, 'maximum'));
  const { maintenance, year } = measured;
  write(
    families.maintenanceMinutes,
    ...(maintenance === null ? [] : [{ labels: {}, value: maintenance }]),
  );
  const allowed = year === null ? null : allowedDays(year, month.promises);
  write(families.faultyDays, ...(year === null ? [] : faultyDays(year)));
  write(families.faultyDaysAllowed, ...(allowed === null ? [] : [{ labels: {}, value: allowed }]));
}

function states(verdict: Verdict): Series[] {
  return verdicts.map((one) => ({ labels: { verdict: one }, value: one === verdict ? 1 : 0 }));
}

function promiseStates({ promise: { clause, measure }, verdict }: Standing): Series[] {
  return promiseVerdicts.map((one) => ({
    labels: { clause, measure, verdict: one },
    value: one === verdict ? 1 : 0,
  }));
}

function delays(measured: LedgerSnapshot['measured'], value: 'mean' | 'maximum'): Series[] {
  return (['send', 'receive'] as const).flatMap((direction) => {
    const range = slowestDelay(measured[direction], value);
    return typeof range === 'string' ? [] : bounds(range, direction);
  });
}

function bounds({ least, most }: Range, direction: string): Series[] {
  const of = (bound: string, value: Ratio | null) =>
    value === null ? [] : [{ labels: { direction, bound }, value: secondsOf(value) }];
  return [...of('proven', least), ...of('possible', most)];
}

/** Of an amount in ms. */
function secondsOf({ numerator, denominator }: Ratio): number {
  return numerator / denominator / 1000;
}

function faultyDays({ faulty, doubtful, ahead }: YearOfDays): Series[] {
  return [
    { labels: { bound: 'proven' }, value: faulty },
    { labels: { bound: 'possible' }, value: faulty + doubtful - ahead },
  ];
}

/** The strictest promise decides; null where none is of fault-free days. */
function allowedDays({ days }: YearOfDays, promises: readonly Standing[]): number | null {
  const limits = promises
    .filter(({ promise }) => promise.measure === 'fault-free-days')
    .map(({ promise }) => promise.limit.numerator / promise.limit.denominator);
  return limits.length === 0 ? null : days - Math.max(...limits);
}
