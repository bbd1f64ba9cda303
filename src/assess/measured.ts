import { monthPeriod } from '../domain/calendar.ts';
import type { ClauseFigure } from '../domain/clause.ts';
import type { Contract, Measure } from '../domain/contract.ts';
import { asUpperBounds } from '../domain/delay.ts';
import { alwaysRented, servicePeriod } from '../domain/denominator.ts';
import { announcedMinutes } from '../domain/exclusion.ts';
import type { Interval } from '../domain/interval.ts';
import type { Measurements } from '../domain/readings.ts';
import type { Tenant } from '../domain/tenant.ts';
import { exclusionStore } from '../store/exclusions.ts';
import type { Connection } from '../store/open.ts';
import { pageStore } from '../store/pages.ts';
import { judgedProtocols, readersOf, zoneOf } from './case.ts';
import { openDelays } from './delays.ts';
import { type Beyond, openYears } from './year.ts';

/** What is measured of a month beside its minutes, as far as its contract asks for it. */
export function openMeasuring(connection: Connection) {
  const exclusions = exclusionStore(connection);
  const delaysOf = openDelays(connection);
  const yearOf = openYears(connection);
  const pages = pageStore(connection);

  /** By reader; as upper bounds only, so that none of them can show a breach. Null where nobody reads. */
  function loopDelays(tenant: Tenant, contract: Contract, rented: Interval, now: number) {
    const judged = judgedProtocols(tenant, contract);
    const readers = readersOf(tenant).filter((protocol) => judged.has(protocol));
    if (readers.length === 0 || !asksForDelays(contract)) return null;
    const limits = contract.promises.filter(({ measure }) => measure.endsWith('-delay-maximum'));
    return readers.flatMap((protocol) => {
      const figures = delaysOf(tenant.name, protocol, rented, limits, now);
      return figures === null ? [] : [asUpperBounds(figures)];
    });
  }

  /** By a browser, where one was used in the month. Null without a webmail. */
  function pageOpening({ name, webmail }: Tenant, rented: Interval): Measurements['pageOpen'] {
    if (webmail === null) return null;
    const openings = pages.openings(name, rented);
    const driver = openings.browser.count > 0 ? 'browser' : 'http';
    const { count, milliseconds, longest } = openings[driver];
    const mean = { numerator: milliseconds, denominator: count };
    return { mean, longest: { numerator: longest, denominator: 1 }, driver };
  }

  return (
    tenant: Tenant,
    contract: Contract,
    month: string,
    now: number,
    beyond: Beyond,
  ): Measurements => {
    const period = monthPeriod(month, zoneOf(tenant, contract));
    const rented = servicePeriod(period, tenant.service ?? alwaysRented);
    const delays = loopDelays(tenant, contract, rented, now);
    return {
      maintenance: announcedMinutes(exclusions.list(tenant.name), rented, now),
      year: asksForYear(contract)
        ? yearOf(tenant, contract, Number(month.slice(0, 4)), beyond, now)
        : null,
      // One route: mail of the tenant to itself takes its sending and its receiving delay together.
      send: delays,
      receive: delays,
      pageOpen: pageOpening(tenant, rented),
    };
  };
}

/** True when the days of the whole year matter, and not the month alone. */
export function asksForYear(contract: Contract): boolean {
  return asks(contract, ['fault-free-days'], ['fault-free-days']);
}

function asksForDelays(contract: Contract): boolean {
  return asks(
    contract,
    ['send-delay-mean', 'send-delay-maximum', 'receive-delay-mean', 'receive-delay-maximum'],
    ['send-delay', 'receive-delay', 'delay'],
  );
}

function asks(
  { promises, clauses }: Contract,
  measures: readonly Measure[],
  figures: readonly ClauseFigure[],
): boolean {
  return (
    promises.some(({ measure }) => measures.includes(measure)) ||
    clauses.some(({ figure }) => figure !== null && figures.includes(figure))
  );
}
