import { monthPeriod } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { alwaysRented, servicePeriod } from '../domain/denominator.ts';
import { type Interval, lengthOf, minuteLength, minuteOf } from '../domain/interval.ts';
import { type MinuteCount, minuteStates } from '../domain/ledger.ts';
import { countStates } from '../domain/minute-states.ts';
import type { Tenant } from '../domain/tenant.ts';
import { ledgerStore } from '../store/ledger.ts';
import type { Connection } from '../store/open.ts';
import { zoneOf } from './case.ts';
import type { Open } from './open.ts';

/** With exclusions, and `bare`: as if nothing was excluded. */
type Counts = Record<'state' | 'bare', MinuteCount>;

/** Counts minutes: those of the ledger, the provisional ones after it, and before it those that nobody watched. */
export function openCounting(connection: Connection) {
  const ledger = ledgerStore(connection);

  /** Minutes of the month inside the rented time, by state, with and without exclusions. */
  function countsOf(
    tenant: Tenant,
    contract: Contract,
    month: string,
    open: Open | null,
    now: number,
  ): Counts & { readonly unwatched: number } {
    const period = monthPeriod(month, zoneOf(tenant, contract));
    const rented = servicePeriod(period, tenant.service ?? alwaysRented);
    const progress = ledger.progress(tenant.name, contract.name);
    const started = progress?.closedFrom ?? open?.from ?? now;
    const closed = closedCounts(tenant, contract, month, period, rented);
    const later = open === null ? null : openCounts(open, rented, now);
    const unwatched = unwatchedMinutes(rented, started, now);
    // Nothing is known of them.
    const before = { ...addCounts([]), unknown: unwatched };
    const sum = (which: 'state' | 'bare') =>
      addCounts([closed[which], before, ...(later === null ? [] : [later[which]])]);
    return { state: sum('state'), bare: sum('bare'), unwatched };
  }

  function closedCounts(
    tenant: Tenant,
    contract: Contract,
    month: string,
    period: Interval,
    rented: Interval,
  ): Counts {
    if (lengthOf(rented) === lengthOf(period)) {
      const count = (which: 'state' | 'bare') =>
        ledger.counts(tenant.name, contract.name, month, which);
      return { state: count('state'), bare: count('bare') };
    }
    const count = (which: 'state' | 'bare') =>
      ledger.countsWithin(tenant.name, contract.name, rented, which);
    return { state: count('state'), bare: count('bare') };
  }

  return countsOf;
}

function openCounts({ from, minutes, bare }: Open, rented: Interval, now: number) {
  const first = Math.max(from, rented.from);
  const end = Math.min(minuteOf(now), rented.to);
  return {
    state: countStates(minutes, first, end),
    bare: countStates(bare, first, end),
  };
}

/** The period's minutes before the first result: nobody watched. */
function unwatchedMinutes(rented: Interval, started: number, now: number): number {
  const until = Math.min(minuteOf(started), minuteOf(now), rented.to);
  return Math.max(0, until - rented.from) / minuteLength;
}

function addCounts(counts: readonly MinuteCount[]): MinuteCount {
  return Object.fromEntries(
    minuteStates.map((state) => [state, counts.reduce((sum, count) => sum + count[state], 0)]),
  ) as MinuteCount;
}
