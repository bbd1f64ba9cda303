import { z } from 'zod';
import {
  type Contract,
  type Denominator,
  type Measure,
  measures,
  type PromisedLimit,
  type Ratio,
} from '../../domain/contract.ts';
import type { Section } from '../section.ts';
import { nearest } from '../suggest.ts';
import { oneOf, part } from '../values.ts';
import { clauseId } from './clauses.ts';
import { positiveShareExpected, readPositiveShare } from './share.ts';
import { denominatorExpected, readDenominator } from './terms.ts';
import {
  daysOfYear,
  delays,
  integer,
  minutesOfMonth,
  type minutesOfYear,
  readWhole,
  wholeExpected,
} from './words.ts';

const promiseShape = z.strictObject({
  clause: clauseId,
  measure: oneOf(measures),
  at_least: part,
  at_most: part,
  below: part,
  denominator: part,
  excused: integer(0, 1000, 0),
});

const comparisons = [
  ['at_least', 'at-least'],
  ['at_most', 'at-most'],
  ['below', 'below'],
] as const;

/** How a measure's limit is written, and whether more of it is better. */
interface Kind {
  readonly expected: string;
  readonly read: (input: unknown) => Ratio | undefined;
  readonly moreIsBetter: boolean;
}

function whole(scale: typeof minutesOfYear, moreIsBetter: boolean): Kind {
  const read = (input: unknown) => {
    const numerator = readWhole(input, scale);
    return numerator === undefined ? undefined : { numerator, denominator: 1 };
  };
  return { expected: wholeExpected(scale), read, moreIsBetter };
}

const minutes = whole(minutesOfMonth, false);
const delay = whole(delays, false);

const kinds: Readonly<Record<Measure, Kind>> = {
  availability: { expected: positiveShareExpected, read: readPositiveShare, moreIsBetter: true },
  'unavailable-minutes': minutes,
  'maintenance-minutes': minutes,
  'fault-free-days': whole(daysOfYear, true),
  'send-delay-mean': delay,
  'send-delay-maximum': delay,
  'receive-delay-mean': delay,
  'receive-delay-maximum': delay,
  'page-open-mean': delay,
};

/** `promises:`, those of availability by the contract's denominator; null after reporting the faults of any. */
export function readPromises(
  section: Section,
  denominator: Denominator,
): readonly PromisedLimit[] | null {
  const entries = section.list('promises', 0, 100);
  if (entries === null) return null;
  const promises = entries.map((entry) => readPromise(entry, denominator));
  return promises.includes(null) ? null : promises.filter((promise) => promise !== null);
}

function readPromise(section: Section, usual: Denominator): PromisedLimit | null {
  const decoded = section.decode(promiseShape);
  if (decoded === null) return null;
  const { clause, measure, excused } = decoded;
  const limit = readLimit(section, measure);
  const denominator = readOwnDenominator(section, measure, usual);
  if (excused > 0 && !measure.endsWith('-maximum')) {
    section.at('excused').fault(`expected only with a maximum, found with ${measure}`);
  }
  return limit && denominator && { clause, measure, ...limit, denominator, excused };
}

function readLimit(
  section: Section,
  measure: Measure,
): Pick<PromisedLimit, 'comparison' | 'limit'> | null {
  const given = comparisons.filter(([key]) => section.has(key));
  const [only] = given;
  if (only === undefined || given.length > 1) {
    const found = given.length === 0 ? 'none' : given.map(([key]) => key).join(' and ');
    section.fault(`expected exactly one of at_least, at_most and below, found ${found}`);
    return null;
  }
  const [key, comparison] = only;
  const { expected, read, moreIsBetter } = kinds[measure];
  if ((comparison === 'at-least') !== moreIsBetter) {
    const fitting = moreIsBetter ? 'at_least' : 'at_most or below';
    section.at(key).fault(`expected ${fitting} with ${measure}, found ${key}`);
    return null;
  }
  const limit = read(section.at(key).value);
  if (limit !== undefined) return { comparison, limit };
  section.at(key).fault(`expected ${expected}, found ${section.at(key).found()}`);
  return null;
}

function readOwnDenominator(
  section: Section,
  measure: Measure,
  usual: Denominator,
): Denominator | null {
  const own = section.at('denominator');
  const counted = measure === 'availability';
  if (own.value === undefined) return counted ? usual : { kind: 'calendar' };
  if (!counted) {
    own.fault(`expected only with availability, found with ${measure}`);
    return null;
  }
  const denominator = readDenominator(own.value);
  if (denominator === undefined) own.fault(`expected ${denominatorExpected}, found ${own.found()}`);
  return denominator ?? null;
}

/** Every promise names the clause that states it, or its verdict would stand in no row of the table. */
export function checkPromises(section: Section, contract: Contract): void {
  const ids = contract.clauses.map((clause) => clause.id);
  contract.promises.forEach(({ clause }, position) => {
    if (ids.includes(clause)) return;
    const meant = nearest(clause, ids);
    const hint = meant === null ? '' : `, did you mean ${JSON.stringify(meant)}?`;
    const place = section.at(position).at('clause');
    place.fault(`expected the id of one of the clauses, found ${JSON.stringify(clause)}${hint}`);
  });
}
