import { z } from 'zod';
import {
  type Clause,
  type ClauseClass,
  clauseClasses,
  clauseFigures,
  recordKinds,
} from '../../domain/clause.ts';
import type { Section } from '../section.ts';
import { part, value } from '../values.ts';
import { line, maybeOneOf } from './words.ts';

/** How a clause is named: `T1.1`, `T1.13-17`, `4.4.3`, `A(2)`. */
export const clauseId = value({
  expected: 'the id of a clause, 1 to 30 letters, digits, . ( ) _ and -, such as T1.13-17',
  read: (input) =>
    typeof input === 'string' && /^[A-Za-z0-9][A-Za-z0-9.()_-]{0,29}$/.test(input)
      ? input
      : undefined,
});

const clauseShape = z.strictObject({
  id: clauseId,
  text: line(400),
  reading: part,
  class: value({
    expected: `one or a list of different ones of ${clauseClasses.join(', ')}`,
    read: readClasses,
    candidates: clauseClasses,
  }),
  figure: maybeOneOf(clauseFigures),
  record: maybeOneOf(recordKinds),
  without: part,
});

const bilingualShape = z.strictObject({ en: line(600), zh: line(600) });

/** `clauses:`; null after reporting the faults of any. */
export function readClauses(section: Section): readonly Clause[] | null {
  const entries = section.list('clauses', 0, 500);
  if (entries === null) return null;
  const clauses = entries.map(readClause);
  refuseTwins(entries);
  return clauses.includes(null) ? null : clauses.filter((clause) => clause !== null);
}

function readClause(section: Section): Clause | null {
  const decoded = section.decode(clauseShape);
  if (!section.isMapping()) return null;
  const reading = section.at('reading').decode(bilingualShape);
  const without = section.has('without') ? section.at('without').decode(bilingualShape) : null;
  if (decoded === null || reading === null) return null;
  const { id, text, class: classes, figure, record } = decoded;
  const clause = { id, text, reading, classes, figure, record, without };
  checkSource(section, clause);
  return clause;
}

/** A clause has a value, or the words that say why it has none; and its class says where that comes from. */
function checkSource(section: Section, { classes, figure, record }: Clause): void {
  const valued = figure !== null || record !== null;
  const is = (...some: readonly ClauseClass[]) => classes.some((one) => some.includes(one));
  const shown = classes.join(', ');
  if (!valued && !section.has('without')) {
    section.fault('expected figure, record, or without: { en, zh } to say why there is no value');
  }
  if (valued && section.has('without')) {
    section.at('without').fault('expected only where there is neither figure nor record');
  }
  // The hash of the agreement's text is written down, not worked out.
  const hash = figure === 'agreement-hash' && is('recorded');
  if (figure !== null && !is('measured', 'derived') && !hash) {
    section
      .at('class')
      .fault(`expected measured or derived among the classes of a figure, found ${shown}`);
  }
  const spot = record === 'spot-check' && is('measured');
  if (record !== null && !is('recorded') && !spot) {
    section.at('class').fault(`expected recorded among the classes of a record, found ${shown}`);
  }
  if (figure !== null && record === null && is('recorded')) {
    section.fault('expected record with class recorded, found a figure only');
  }
}

function refuseTwins(entries: readonly Section[]): void {
  const seen = new Map<unknown, number>();
  entries.forEach((entry, position) => {
    const id = entry.at('id');
    if (typeof id.value !== 'string') return;
    const first = seen.get(id.value);
    if (first === undefined) seen.set(id.value, position);
    else id.fault(`expected a unique id, found that of clauses[${first}]`);
  });
}

/** One word, or a list of different ones, in the order of the closed set. */
function readClasses(input: unknown): readonly ClauseClass[] | undefined {
  const words: readonly unknown[] = Array.isArray(input) ? input : [input];
  const known = clauseClasses.filter((word) => words.includes(word));
  return known.length === words.length && known.length > 0 ? known : undefined;
}
