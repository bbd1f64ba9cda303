import type { Contract } from '../domain/contract.ts';
import { minuteStates } from '../domain/ledger.ts';
import { isProvisional, type MonthReport } from './month.ts';
import { outageLines, unknownLines } from './outages.ts';
import {
  formatMoment,
  formatPercent,
  formatTarget,
  meaningOfState,
  meaningOfVerdict,
  printable,
} from './wording.ts';

/** The month as plain text for an administrator; ends with a line end. Lines wrap at no fixed width. */
export function renderText(report: MonthReport): string {
  return [
    ...headerLines(report),
    ...section('AVAILABILITY', availabilityLines(report)),
    ...section('MINUTES', minuteLines(report)),
    ...section(`OUTAGES AND DISTURBANCES (${report.runs.length})`, outageLines(report)),
    ...section(`UNKNOWN PERIODS (${report.unknown.length})`, unknownLines(report)),
    ...(report.notes.length > 0 ? section('NOTES', noteLines(report)) : []),
    ...section('STANDING', standingLines(report)),
    '',
  ].join('\n');
}

/** One `name  value` line with the values under each other. */
function field(name: string, value: string): string {
  return `${name.padEnd(13)} ${value}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}

function headerLines(report: MonthReport): string[] {
  const { tenant, contract, zone, month, period } = report;
  const title = `Mail availability of ${printable(tenant)}, ${month}`;
  return [
    title,
    '='.repeat(title.length),
    field('Contract', `${printable(contract.title)} (${printable(contract.name)})`),
    field('Promise', promiseOf(contract)),
    field('Observed', report.protocols.join(', ') || 'nothing'),
    field('Period', `${formatMoment(period.from, zone)} up to ${formatMoment(period.to, zone)}`),
    field('Time zone', zone),
    field('Written', formatMoment(report.generatedAt, zone)),
  ];
}

function promiseOf({ target, combination, threshold }: Contract): string {
  const down = {
    any: 'down when any protocol fails',
    all: 'down when every protocol fails',
    cross: 'down when protocols fail one after the other',
  }[combination];
  return `${formatTarget(target)} a month; ${down} for at least ${threshold / 1000} s`;
}

function availabilityLines({ figures, contract }: MonthReport): string[] {
  const { total, proven, possible, ahead, upper, lower, coverage, verdict } = figures;
  const verdictLine = `${verdict.toUpperCase()}: ${meaningOfVerdict[verdict]}`;
  return [
    field('Headline', `${formatPercent(upper)}   ${proven} of ${total} minutes proven unavailable`),
    field('At least', `${formatPercent(lower)}   ${possible} of ${total} minutes possibly so`),
    field('Coverage', `${formatPercent(coverage)}   of the minutes judged so far are not unknown`),
    field('Target', formatTarget(contract.target)),
    field('Verdict', verdictLine),
    ...(ahead > 0 ? [field('Ahead', aheadOf(ahead))] : []),
  ];
}

/** The figures' bounds cover what was judged; only the verdict leaves the rest of the month open. */
function aheadOf(minutes: number): string {
  return `${minutes} minutes are still to come: not lost in the figures above, open in the verdict`;
}

function minuteLines({ figures }: MonthReport): string[] {
  const { minutes, ahead } = figures;
  const row = (name: string, count: number, meaning: string): string =>
    `${name.padEnd(13)} ${String(count).padStart(6)}   ${meaning}`.trimEnd();
  const sum = minuteStates.reduce((total, state) => total + minutes[state], ahead);
  return [
    ...minuteStates.toReversed().map((state) => row(state, minutes[state], meaningOfState[state])),
    row('still ahead', ahead, 'minutes of the period that are not judged yet'),
    row('together', sum, 'the minutes of the period'),
  ];
}

function noteLines({ notes }: MonthReport): string[] {
  return notes.map((note) => `- ${printable(note, 2000)}`);
}

function standingLines(report: MonthReport): string[] {
  const { zone, closedUntil, period } = report;
  if (!isProvisional(report)) return ['Every minute of this period is final.'];
  const from = formatMoment(Math.max(closedUntil, period.from), zone);
  return [
    `Results are provisional from ${from} on:`,
    'minutes after that instant may still change their state as evidence arrives.',
  ];
}
