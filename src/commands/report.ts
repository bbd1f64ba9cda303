import { judgedProtocols, openAssessor } from '../assess/assess.ts';
import type { Settings } from '../config/settings.ts';
import type { Contract } from '../domain/contract.ts';
import { type Interval, minuteLength, minutesTouched } from '../domain/interval.ts';
import type { FailureRun, MinuteState } from '../domain/ledger.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { MonthReport } from '../report/month.ts';
import { openForReading, StoreError } from '../store/open.ts';
import { CommandError } from './exit.ts';

/** Reads a month's report from the ledger, beside a running daemon or without one. @throws CommandError */
export function monthReport(
  settings: Settings,
  tenant: Tenant,
  month: string,
  now: number,
): MonthReport {
  const contract = settings.contracts.get(tenant.contract) as Contract;
  try {
    const connection = openForReading(settings.database);
    try {
      const assessor = openAssessor(connection);
      const snapshot = assessor.snapshot(tenant, contract, month, now);
      const { period } = snapshot.figures;
      const states = assessor.minutes(tenant, contract, period, now);
      return {
        tenant: tenant.name,
        contract,
        zone: tenant.zone,
        month,
        period,
        generatedAt: now,
        closedUntil: snapshot.closedUntil ?? period.from,
        figures: snapshot.figures,
        runs: snapshot.runs.map((run) => ({ ...run, counted: countedMinutes(run, states) })),
        unknown: unknownStretches(states, period, now),
        protocols: [...judgedProtocols(tenant, contract).keys()],
        notes: [],
      };
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(error.message);
    throw error;
  }
}

function countedMinutes(run: FailureRun, states: ReadonlyMap<number, MinuteState>): number {
  const touched = new Set(run.certain.flatMap(minutesTouched));
  return [...touched].filter((minute) => states.get(minute) === 'unavailable').length;
}

/** Minutes of the period that are unknown, or that the ledger does not have, joined where they touch. */
function unknownStretches(
  states: ReadonlyMap<number, MinuteState>,
  period: Interval,
  now: number,
): Interval[] {
  const stretches: Interval[] = [];
  const until = Math.min(period.to, now - (now % minuteLength));
  for (let minute = period.from; minute < until; minute += minuteLength) {
    if ((states.get(minute) ?? 'unknown') !== 'unknown') continue;
    const last = stretches.at(-1);
    const to = minute + minuteLength;
    if (last?.to === minute) stretches[stretches.length - 1] = { from: last.from, to };
    else stretches.push({ from: minute, to });
  }
  return stretches;
}
