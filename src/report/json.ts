import { formatInstant } from '../domain/calendar.ts';
import type { Ratio } from '../domain/contract.ts';
import type { Interval } from '../domain/interval.ts';
import { minuteStates } from '../domain/ledger.ts';
import { isProvisional, type MonthReport, type ReportedRun } from './month.ts';
import { percentOf } from './wording.ts';

/** Raised by one whenever a key changes its meaning or goes; new keys do not raise it. */
const formatVersion = 1;

/**
 * The month for a program, as docs/report.md describes it: fixed key order, integers for every amount,
 * instants both as ISO 8601 in the tenant's zone and as epoch ms. Ends with a line end.
 */
export function renderJson(report: MonthReport): string {
  const { zone, contract } = report;
  const document = {
    format: 'mailminute-month-report',
    version: formatVersion,
    tenant: report.tenant,
    month: report.month,
    zone,
    period: intervalOf(report.period, zone),
    generatedAt: instantOf(report.generatedAt, zone),
    closedUntil: instantOf(report.closedUntil, zone),
    provisional: isProvisional(report),
    contract: {
      name: contract.name,
      title: contract.title,
      protocols: contract.protocols,
      combination: contract.combination,
      thresholdMilliseconds: contract.threshold,
      depth: contract.depth,
      target: ratioOf(contract.target),
    },
    protocols: report.protocols,
    figures: figuresOf(report),
    runs: report.runs.map((run) => runOf(run, zone)),
    unknown: report.unknown.map((stretch) => intervalOf(stretch, zone)),
    notes: report.notes,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function figuresOf({ figures }: MonthReport): object {
  return {
    totalMinutes: figures.total,
    minutes: Object.fromEntries(minuteStates.map((state) => [state, figures.minutes[state]])),
    aheadMinutes: figures.ahead,
    provenMinutes: figures.proven,
    possibleMinutes: figures.possible,
    availability: { headline: ratioOf(figures.upper), atLeast: ratioOf(figures.lower) },
    coverage: ratioOf(figures.coverage),
    verdict: figures.verdict,
  };
}

function runOf(run: ReportedRun, zone: string): object {
  return {
    protocol: run.protocol,
    depth: run.depth,
    phase: run.phase,
    reason: run.reason,
    code: run.code,
    certain: run.certain.map((piece) => intervalOf(piece, zone)),
    possible: intervalOf(run.possible, zone),
    open: run.open,
    attempts: run.attempts,
    confirmed: run.confirmed,
    attribution: run.attribution,
    countedMinutes: run.counted ?? null,
  };
}

function instantOf(instant: number, zone: string): object {
  return { iso: formatInstant(instant, zone), epochMilliseconds: instant };
}

function intervalOf({ from, to }: Interval, zone: string): object {
  return {
    from: instantOf(from, zone),
    to: instantOf(to, zone),
    milliseconds: to - from,
  };
}

function ratioOf(ratio: Ratio): object {
  const { numerator, denominator } = ratio;
  return { numerator, denominator, percent: percentOf(ratio) };
}
