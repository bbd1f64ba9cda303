import { type Interval, lengthOf } from '../domain/interval.ts';
import type { MonthReport, ReportedRun } from './month.ts';
import { formatDuration, formatMoment, meaningOfAttribution, printable } from './wording.ts';

const margin = ' '.repeat(4);

/** The failure runs as numbered paragraphs, in order of their possible beginning. */
export function outageLines({ runs, zone }: MonthReport): string[] {
  if (runs.length === 0) return ['None.'];
  return [...runs]
    .sort((a, b) => a.possible.from - b.possible.from || a.protocol.localeCompare(b.protocol, 'en'))
    .flatMap((run, index) => [...(index > 0 ? [''] : []), ...runLines(run, index + 1, zone)]);
}

/** The stretches of unknown minutes, one a line. */
export function unknownLines({ unknown, zone }: MonthReport): string[] {
  if (unknown.length === 0) return ['None.'];
  return unknown.map((stretch) => {
    const minutes = Math.round(lengthOf(stretch) / 60_000);
    return `${spanOf(stretch, zone)}   ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  });
}

function runLines(run: ReportedRun, number: number, zone: string): string[] {
  const code = run.code === null ? '' : ` (${printable(run.code)})`;
  const row = (name: string, value: string): string => `${margin}${name.padEnd(11)} ${value}`;
  return [
    `${String(number).padStart(2)}. ${run.protocol}, depth ${run.depth}: ${run.reason} in phase ${run.phase}${code}`,
    ...certainValues(run, zone).map((value, index) => row(index === 0 ? 'certain' : '', value)),
    row('possible', `${measured(run.possible, zone)}${run.open ? ', still open' : ''}`),
    row('evidence', evidenceOf(run)),
    row('attributed', `to ${meaningOfAttribution[run.attribution]}`),
    ...(run.counted === undefined ? [] : [row('counted', countedOf(run.counted))]),
  ];
}

function certainValues({ certain }: ReportedRun, zone: string): string[] {
  return certain.length === 0 ? ['nothing'] : certain.map((piece) => measured(piece, zone));
}

function evidenceOf({ attempts, confirmed }: ReportedRun): string {
  const failed = attempts === 1 ? '1 failed attempt' : `${attempts} failed attempts`;
  return `${failed}, ${confirmed ? 'confirmed' : 'unconfirmed'}`;
}

function countedOf(minutes: number): string {
  return minutes === 1 ? '1 unavailable minute' : `${minutes} unavailable minutes`;
}

function measured(interval: Interval, zone: string): string {
  if (lengthOf(interval) === 0) return `${formatMoment(interval.from, zone)}   (this instant)`;
  return `${spanOf(interval, zone)}   ${formatDuration(lengthOf(interval))}`;
}

function spanOf({ from, to }: Interval, zone: string): string {
  return `${formatMoment(from, zone)} up to ${formatMoment(to, zone)}`;
}
