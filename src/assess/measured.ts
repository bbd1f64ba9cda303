import { monthPeriod } from '../domain/calendar.ts';
import type { ClauseFigure } from '../domain/clause.ts';
import type { Contract, Measure } from '../domain/contract.ts';
import type { DelayFigures } from '../domain/delay.ts';
import { delayLegs, type MeasuredDelays } from '../domain/delay-legs.ts';
import { alwaysRented, servicePeriod } from '../domain/denominator.ts';
import { announcedMinutes } from '../domain/exclusion.ts';
import type { Interval } from '../domain/interval.ts';
import type { Route } from '../domain/message.ts';
import type { Measurements } from '../domain/readings.ts';
import type { Tenant } from '../domain/tenant.ts';
import { delayReader, type Leg } from '../store/delays.ts';
import { exclusionStore } from '../store/exclusions.ts';
import type { Connection } from '../store/open.ts';
import { pageStore } from '../store/pages.ts';
import { traceStore } from '../store/traces.ts';
import { judgedProtocols, readersOf, zoneOf } from './case.ts';
import { openDelays, type SeenRoute } from './delays.ts';
import { type Beyond, openYears } from './year.ts';

/** What is measured of a month beside its minutes, as far as its contract asks for it. */
export function openMeasuring(connection: Connection) {
  const exclusions = exclusionStore(connection);
  const delaysOf = openDelays(connection);
  const yearOf = openYears(connection);
  const pages = pageStore(connection);
  const traces = traceStore(connection);
  const skewOf = delayReader(connection).skew;

  /** Send and receive apart, by reader. Null where nobody reads. */
  function delays(tenant: Tenant, contract: Contract, rented: Interval, now: number) {
    const judged = judgedProtocols(tenant, contract);
    const readers = readersOf(tenant).filter((protocol) => judged.has(protocol));
    if (readers.length === 0 || !asksForDelays(contract)) return { send: null, receive: null };
    const limits = contract.promises.filter(({ measure }) => measure.endsWith('-delay-maximum'));
    const figures = (...seen: readonly SeenRoute[]): DelayFigures[] => {
      const found = delaysOf(tenant.name, seen, rented, limits, now);
      return found === null ? [] : [found];
    };
    const byReader = (route: Route, leg: Leg | null = null) =>
      readers.flatMap((protocol) => figures({ protocol, route, leg }));
    const out: SeenRoute = { protocol: 'sink', route: 'outbound', leg: null };
    const isStamped = traces.has(tenant.name, rented.from, rented.to);
    const measured: MeasuredDelays = {
      loop: byReader('loop'),
      stamps: isStamped
        ? { send: byReader('loop', 'send'), receive: byReader('loop', 'receive') }
        : null,
      outbound: figures(out),
      inbound: byReader('inbound'),
      both: () =>
        readers
          .map((protocol): SeenRoute => ({ protocol, route: 'inbound', leg: null }))
          .filter((seen) => figures(seen).length > 0)
          .flatMap((seen) => figures(out, seen)),
    };
    const { sources, ...legs } = delayLegs(measured, contract.delays === 'internal');
    const routes = (['outbound', 'inbound'] as const).filter((one) => measured[one].length > 0);
    const { skew = null } = isStamped
      ? { skew: skewOf(tenant.name, { ...rented, to: Math.min(rented.to, now) }) }
      : {};
    return { ...legs, sources, skew, ...(routes.length > 0 && { routes }) };
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
    return {
      maintenance: announcedMinutes(exclusions.list(tenant.name), rented, now),
      year: asksForYear(contract)
        ? yearOf(tenant, contract, Number(month.slice(0, 4)), beyond, now)
        : null,
      ...delays(tenant, contract, rented, now),
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
