import type { openAssessor } from '../assess/assess.ts';
import { judgedProtocols, readersOf, zoneOf } from '../assess/case.ts';
import { daysAfter, daysOfYear, monthPeriod, startOf } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { asUpperBounds, delayFigures } from '../domain/delay.ts';
import { alwaysRented, servicePeriod } from '../domain/denominator.ts';
import { announcedMinutes } from '../domain/exclusion.ts';
import { type DayState, dayStateOf, faultFreeDays, type YearOfDays } from '../domain/fault-days.ts';
import { minuteLength, minuteOf } from '../domain/interval.ts';
import { type MinuteCount, minuteStates } from '../domain/ledger.ts';
import type { Measurements } from '../domain/readings.ts';
import type { Tenant } from '../domain/tenant.ts';
import { exclusionStore } from '../store/exclusions.ts';
import type { Connection } from '../store/open.ts';
import { monthRows } from './month-rows.ts';

type Assessor = ReturnType<typeof openAssessor>;

/** What is measured of a month beside its minutes, as the verdicts take it. */
export function measurementsOf(
  connection: Connection,
  assessor: Assessor,
  tenant: Tenant,
  contract: Contract,
  month: string,
  now: number,
): Measurements {
  const zone = zoneOf(tenant, contract);
  const rented = servicePeriod(monthPeriod(month, zone), tenant.service ?? alwaysRented);
  const delays = loopDelays(connection, tenant, contract, rented, now);
  return {
    maintenance: announcedMinutes(exclusionStore(connection).list(tenant.name), rented, now),
    year: asksForYear(contract)
      ? yearOf(assessor, tenant, contract, Number(month.slice(0, 4)), now)
      : null,
    // One route: mail of the tenant to itself takes its sending and its receiving delay together.
    send: delays,
    receive: delays,
    pageOpen: null,
  };
}

function asksForYear({ promises, clauses }: Contract): boolean {
  return (
    promises.some(({ measure }) => measure === 'fault-free-days') ||
    clauses.some(({ figure }) => figure === 'fault-free-days')
  );
}

/** By reader; as upper bounds only, so that none of them can show a breach. Null where nobody reads. */
function loopDelays(
  connection: Connection,
  tenant: Tenant,
  contract: Contract,
  rented: { readonly from: number; readonly to: number },
  now: number,
): Measurements['send'] {
  const judged = judgedProtocols(tenant, contract);
  const readers = readersOf(tenant).filter((protocol) => judged.has(protocol));
  if (readers.length === 0) return null;
  const rows = monthRows(connection);
  return readers.flatMap((protocol) => {
    const figures = delayFigures(rows.timedMessages(tenant.name, protocol, rented), now);
    return figures === null ? [] : [asUpperBounds(figures)];
  });
}

function yearOf(
  assessor: Assessor,
  tenant: Tenant,
  contract: Contract,
  year: number,
  now: number,
): YearOfDays {
  const zone = zoneOf(tenant, contract);
  const service = tenant.service ?? alwaysRented;
  const from = startOf(`${year}-01-01`, zone);
  const to = Math.min(startOf(`${year + 1}-01-01`, zone), minuteOf(now));
  const states = assessor.minutes(tenant, contract, { from, to: Math.max(from, to) }, now);
  const dayStates = new Map<string, DayState>();
  for (const day of daysOfYear(year)) {
    const whole = { from: startOf(day, zone), to: startOf(daysAfter(day, 1), zone) };
    const rented = servicePeriod(whole, service);
    const end = Math.min(rented.to, to);
    if (rented.from >= end) continue;
    const counts = Object.fromEntries(minuteStates.map((state) => [state, 0])) as Record<
      keyof MinuteCount,
      number
    >;
    for (let minute = rented.from; minute < end; minute += minuteLength)
      counts[states.get(minute) ?? 'unknown']++;
    dayStates.set(day, dayStateOf(counts));
  }
  return faultFreeDays(year, zone, dayStates, now, service);
}
