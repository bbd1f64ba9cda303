import { dayOf, daysAfter, daysOfYear, startOf } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { alwaysRented, type Service, servicePeriod } from '../domain/denominator.ts';
import { type DayState, dayStateOf, faultFreeDays, type YearOfDays } from '../domain/fault-days.ts';
import { type Interval, lengthOf, minuteLength, minuteOf } from '../domain/interval.ts';
import { type MinuteCount, type MinuteState, minuteStates } from '../domain/ledger.ts';
import { countStates } from '../domain/minute-states.ts';
import type { Tenant } from '../domain/tenant.ts';
import { dayReader } from '../store/days.ts';
import type { Connection } from '../store/open.ts';
import { zoneOf } from './case.ts';

/** The ledger beyond its end: provisional states from `closedUntil` on. */
export interface Beyond {
  /** Minutes before this (wall ms) are final; −∞ before the first of them. */
  readonly closedUntil: number;
  readonly minutes: ReadonlyMap<number, MinuteState>;
}

interface Known {
  readonly days: Map<string, DayState>;
  /** The newest revision that they take into account. */
  revision: number;
}

/**
 * The days of a year by their faults (T4.14). A day of which every minute is closed is counted once and
 * remembered until a revision touches it; the others are counted anew for each question.
 */
export function openYears(connection: Connection) {
  const reader = dayReader(connection);
  const known = new Map<string, Known>();

  function recall(tenant: Tenant, contract: Contract, year: number, zone: string): Known {
    const key = JSON.stringify([tenant.name, contract.name, year, zone, tenant.service]);
    const revision = reader.newestRevision();
    const one = known.get(key) ?? { days: new Map<string, DayState>(), revision };
    known.set(key, one);
    if (one.revision === revision) return one;
    for (const { from, to } of reader.revisedSince(one.revision, tenant.name, contract.name))
      for (const day of [...one.days.keys()])
        if (startOf(day, zone) < to && startOf(daysAfter(day, 1), zone) > from)
          one.days.delete(day);
    one.revision = revision;
    return one;
  }

  return (
    tenant: Tenant,
    contract: Contract,
    year: number,
    { closedUntil, minutes }: Beyond,
    now: number,
  ): YearOfDays => {
    const zone = zoneOf(tenant, contract);
    const service = tenant.service ?? alwaysRented;
    const { days } = recall(tenant, contract, year, zone);
    const states = new Map<string, DayState>();
    const today = dayOf(now, zone);
    for (const day of daysOfYear(year)) {
      if (day > today) break;
      const remembered = days.get(day);
      if (remembered !== undefined) {
        states.set(day, remembered);
        continue;
      }
      const rented = rentedOf(day, zone, service);
      const passed = { from: rented.from, to: Math.min(rented.to, minuteOf(now)) };
      if (passed.from >= passed.to) continue;
      const closed = reader.countsIn(tenant.name, contract.name, passed);
      const later = countStates(minutes, Math.max(passed.from, closedUntil), passed.to);
      const state = dayStateOf(withUnwatched(sumOf(closed, later), passed));
      states.set(day, state);
      if (rented.to <= closedUntil) days.set(day, state);
    }
    return faultFreeDays(year, zone, states, now, service);
  };
}

function rentedOf(day: string, zone: string, service: Service): Interval {
  return servicePeriod({ from: startOf(day, zone), to: startOf(daysAfter(day, 1), zone) }, service);
}

function sumOf(one: MinuteCount, other: MinuteCount): MinuteCount {
  return Object.fromEntries(
    minuteStates.map((state) => [state, one[state] + other[state]]),
  ) as MinuteCount;
}

/** Minutes that the ledger does not have were watched by nobody. */
function withUnwatched(counts: MinuteCount, passed: Interval): MinuteCount {
  const judged = minuteStates.reduce((sum, state) => sum + counts[state], 0);
  return { ...counts, unknown: counts.unknown + lengthOf(passed) / minuteLength - judged };
}
