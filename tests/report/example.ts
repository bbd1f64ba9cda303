import { monthPeriod } from '../../src/domain/calendar.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { figuresOf } from '../../src/domain/figures.ts';
import type { MonthReport, ReportedRun } from '../../src/report/month.ts';

const contract: Contract = {
  name: 'exmail',
  title: 'Hosted mail 2020',
  protocols: ['smtp', 'imap'],
  combination: 'any',
  threshold: 60_000,
  depth: 'login',
  target: { numerator: 999, denominator: 1000 },
};

const at = (text: string): number => Date.parse(`2026-10-${text}+08:00`);

const run: ReportedRun = {
  protocol: 'imap',
  depth: 'login',
  certain: [
    { from: at('03T12:30:10.250'), to: at('03T12:34:20.000') },
    { from: at('03T12:36:00.000'), to: at('03T14:36:01.007') },
  ],
  possible: { from: at('03T12:29:55.000'), to: at('03T14:36:30.000') },
  open: false,
  attempts: 31,
  confirmed: true,
  attribution: 'provider',
  phase: 'auth',
  reason: 'temporary-error',
  code: '[UNAVAILABLE]',
  counted: 124,
};

const short: ReportedRun = {
  protocol: 'smtp',
  depth: 'connect',
  certain: [{ from: at('02T01:00:00.000'), to: at('02T01:00:00.000') }],
  possible: { from: at('02T00:59:40.000'), to: at('02T01:00:05.500') },
  open: true,
  attempts: 1,
  confirmed: false,
  attribution: 'throttled',
  phase: 'greeting',
  reason: 'throttled',
  code: null,
};

/** A month in Shanghai that is half over, with one counted outage and one that never counts. */
export function reportOf(change: Partial<MonthReport> = {}): MonthReport {
  const period = monthPeriod('2026-10', 'Asia/Shanghai');
  const minutes = {
    excluded: 0,
    unavailable: 124,
    unknown: 12,
    suspect: 3,
    degraded: 2,
    available: 22_000,
  };
  return {
    tenant: 'acme',
    contract,
    zone: 'Asia/Shanghai',
    month: '2026-10',
    period,
    generatedAt: at('16T09:01:00.123'),
    closedUntil: at('16T08:59:00.000'),
    figures: figuresOf(contract, period, minutes),
    runs: [run, short],
    unknown: [{ from: at('05T03:00:00.000'), to: at('05T03:12:00.000') }],
    protocols: ['smtp', 'imap'],
    notes: ['The daemon was restarted on 5 October.'],
    ...change,
  };
}
