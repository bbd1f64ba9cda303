import type { PromisedLimit, Ratio } from './contract.ts';
import type { DelayFigures } from './delay.ts';
import type { DelayLegs } from './delay-legs.ts';
import type { Bounds } from './delay-sums.ts';
import { minutesOf, shareKept } from './denominator.ts';
import type { YearOfDays } from './fault-days.ts';
import type { Figures } from './figures.ts';
import { lengthOf } from './interval.ts';
import type { Route } from './message.ts';
import type { NoValue, Range, Reading } from './promise.ts';
import { largerRatio, whole } from './ratio.ts';
import type { PageDriver } from './result.ts';

/** What was observed of a month, beside its minutes. Null everywhere: nothing measures it. */
export interface Measurements {
  /** Minutes of announced maintenance in the month (T4.12). */
  readonly maintenance: number | null;
  /** The month's calendar year (T4.14). */
  readonly year: YearOfDays | null;
  /** Of messages accepted in the month, one entry a protocol; the slowest decides. Empty: no message. */
  readonly send: readonly DelayFigures[] | null;
  readonly receive: readonly DelayFigures[] | null;
  /** Both directions together, one entry a reader. */
  readonly pooled?: readonly DelayFigures[];
  /** Routes beside the loop that messages took in the month, whether they count or not; left out: none. */
  readonly routes?: readonly Exclude<Route, 'loop' | 'push'>[];
  /** Where each direction's delays come from; left out: both from the loop as a whole. */
  readonly sources?: DelayLegs['sources'];
  /** How far the clock that stamped the newest of the loop's messages is ahead of ours, ms; null: none did. */
  readonly skew?: Bounds | null;
  readonly pageOpen: PageOpening | null;
}

/** Page openings in the month (T4.16). */
export interface PageOpening {
  /** Their time together, integer ms, over their number; the denominator may be 0. */
  readonly mean: Ratio;
  readonly longest: Ratio;
  /** `http`: only the page's own text was loaded, so that a browser would have taken at least as long. */
  readonly driver: PageDriver;
}

export const nothingMeasured: Measurements = {
  maintenance: null,
  year: null,
  send: null,
  receive: null,
  pageOpen: null,
};

/** What a promise is judged by; the reason when there is no value. */
export function readingOf(
  promise: PromisedLimit,
  figures: Figures,
  measured: Measurements,
): Reading | NoValue {
  if (promise.measure === 'fault-free-days') return faultFreeDays(measured.year);
  if (lengthOf(figures.period) === 0) return 'not-rented';
  switch (promise.measure) {
    case 'availability':
      return availability(promise, figures);
    case 'unavailable-minutes':
      return minutes(figures.proven, figures.possible, figures.ahead);
    case 'maintenance-minutes':
      return measured.maintenance === null
        ? 'not-measured'
        : minutes(measured.maintenance, measured.maintenance, figures.ahead);
    case 'send-delay-mean':
      return delayMean(measured.send, figures);
    case 'receive-delay-mean':
      return delayMean(measured.receive, figures);
    case 'send-delay-maximum':
      return delayMaximum(promise, measured.send, figures);
    case 'receive-delay-maximum':
      return delayMaximum(promise, measured.receive, figures);
    case 'page-open-mean':
      return pageOpen(measured.pageOpen, figures);
  }
}

function availability(promise: PromisedLimit, figures: Figures): Reading {
  const { proven, possible, ahead } = figures;
  const total = minutesOf(promise.denominator, figures.period);
  const most = shareKept(proven, total);
  return {
    soFar: { least: shareKept(possible, total), most },
    eventual: { least: shareKept(possible + ahead, total), most },
    passed: null,
  };
}

function minutes(least: number, most: number, ahead: number): Reading {
  return {
    soFar: { least: whole(least), most: whole(most) },
    eventual: { least: whole(least), most: whole(most + ahead) },
    passed: null,
  };
}

function faultFreeDays(year: YearOfDays | null): Reading | NoValue {
  if (year === null) return 'not-measured';
  const range = { least: whole(year.clear), most: whole(year.clear + year.doubtful) };
  return { soFar: range, eventual: range, passed: null };
}

function delayMean(delays: readonly DelayFigures[] | null, figures: Figures): Reading | NoValue {
  const soFar = slowestDelay(delays, 'mean');
  if (typeof soFar === 'string') return soFar;
  return { soFar, eventual: isRunning(figures) ? anything : soFar, passed: null };
}

function delayMaximum(
  promise: PromisedLimit,
  delays: readonly DelayFigures[] | null,
  figures: Figures,
): Reading | NoValue {
  const soFar = slowestDelay(delays, 'maximum');
  const passed = slowest(delays, ({ breaking }) => breaking(promise));
  if (typeof soFar === 'string' || typeof passed === 'string') return 'nothing-to-measure';
  const onlyGrows = (range: Range): Range =>
    isRunning(figures) ? { least: range.least, most: null } : range;
  return {
    soFar,
    eventual: onlyGrows(soFar),
    passed: { soFar: passed, eventual: onlyGrows(passed) },
  };
}

/** What plain HTTP loads is a part of the page: it may show a breach, and never that a limit was kept. */
function pageOpen(opening: PageOpening | null, figures: Figures): Reading | NoValue {
  if (opening === null) return 'not-measured';
  const { mean, driver } = opening;
  if (mean.denominator === 0) return 'nothing-to-measure';
  const soFar = { least: mean, most: driver === 'browser' ? mean : null };
  return { soFar, eventual: isRunning(figures) ? anything : soFar, passed: null };
}

/** Of a mean that has yet to take in what comes nothing is certain. */
const anything: Range = { least: whole(0), most: null };

function isRunning({ ahead }: Figures): boolean {
  return ahead > 0;
}

export type DelayValue = 'mean' | 'median' | 'p95' | 'p99' | 'maximum';

/** The value of the slowest reading protocol, ms, as the verdicts take it. */
export function slowestDelay<V extends DelayValue>(
  delays: readonly Pick<DelayFigures, V>[] | null,
  value: V,
): Range | NoValue {
  return slowest(delays, (figures) => figures[value]);
}

/** The value of the slowest protocol: no less than any lower bound, no more than the largest upper one. */
function slowest<T>(delays: readonly T[] | null, rangeOf: (figures: T) => Range): Range | NoValue {
  if (delays === null) return 'not-measured';
  if (delays.length === 0) return 'nothing-to-measure';
  return delays.map(rangeOf).reduce((one, other) => ({
    least: largerRatio(one.least, other.least),
    most: one.most === null || other.most === null ? null : largerRatio(one.most, other.most),
  }));
}
