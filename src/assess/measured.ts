import { monthPeriod } from '../domain/calendar.ts';
import type { ClauseFigure } from '../domain/clause.ts';
import type { Contract, Measure } from '../domain/contract.ts';
import { asUpperBounds, type DelayFigures } from '../domain/delay.ts';
import { alwaysRented, servicePeriod } from '../domain/denominator.ts';
import { announcedMinutes } from '../domain/exclusion.ts';
import type { Interval } from '../domain/interval.ts';
import type { Reader } from '../domain/message.ts';
import type { Measurements } from '../domain/readings.ts';
import type { Tenant } from '../domain/tenant.ts';
import { exclusionStore } from '../store/exclusions.ts';
import type { Connection } from '../store/open.ts';
import { pageStore } from '../store/pages.ts';
import { judgedProtocols, readersOf, zoneOf } from './case.ts';
import { openDelays, type SeenRoute } from './delays.ts';
import { type Beyond, openYears } from './year.ts';

/** What is measured of a month beside its minutes, as far as its contract asks for it. */
export function openMeasuring(connection: Connection) {
  const exclusions = exclusionStore(connection);
  const delaysOf = openDelays(connection);
  const yearOf = openYears(connection);
  const pages = pageStore(connection);

  /**
   * Send and receive apart, by reader. A direction that a route of its own measures has its very delay;
   * else the loop's is its upper bound, so that it can show no breach. Null where nobody reads.
   */
  function delays(tenant: Tenant, contract: Contract, rented: Interval, now: number) {
    const judged = judgedProtocols(tenant, contract);
    const readers = readersOf(tenant).filter((protocol) => judged.has(protocol));
    if (readers.length === 0 || !asksForDelays(contract)) return { send: null, receive: null };
    const limits = contract.promises.filter(({ measure }) => measure.endsWith('-delay-maximum'));
    const figures = (seen: readonly SeenRoute[]): DelayFigures[] => {
      const found = delaysOf(tenant.name, seen, rented, limits, now);
      return found === null ? [] : [found];
    };
    const loop = readers.flatMap((protocol) => figures([{ protocol, route: 'loop' }]));
    const upper = loop.map(asUpperBounds);
    const out = { protocol: 'sink', route: 'outbound' } as const;
    const sent = figures([out]);
    const received = readers.flatMap((protocol) => figures([{ protocol, route: 'inbound' }]));
    const routes = [
      ...(sent.length > 0 ? (['outbound'] as const) : []),
      ...(received.length > 0 ? (['inbound'] as const) : []),
    ];
    // T4.9: mail to and from other systems does not count.
    if (routes.length === 0 || contract.delays === 'internal')
      return { send: upper, receive: upper, routes };
    const reads = (protocol: Reader) => figures([{ protocol, route: 'loop' }]).length > 0;
    const all = (protocol: Reader) =>
      figures([out, { protocol, route: 'inbound' }, { protocol, route: 'loop' }]);
    return {
      send: sent.length === 0 ? upper : sent,
      receive: received.length === 0 ? upper : received,
      pooled: readers.filter(reads).flatMap(all),
      routes,
    };
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
