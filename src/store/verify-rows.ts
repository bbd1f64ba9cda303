import { createHash } from 'node:crypto';
import { idOf, printOf, type Row } from './sealed-tables.ts';

/** Something that is not as it was sealed. */
export interface SealFault {
  /** `YYYY-MM-DD`, UTC: the day by which it was sealed. */
  readonly day: string;
  /** Null when the fault is of the seal itself. */
  readonly table: string | null;
  /** The row's number; null when the fault is of the table as a whole. */
  readonly row: number | null;
  readonly what: string;
}

/** What was kept of a sealed row. */
export interface Print {
  readonly id: number;
  readonly fingerprint: Buffer;
}

/** Rows as they are now, and what was kept of them when they were sealed. */
export interface SealedRows {
  /** Names of the columns, in the order of the rows' values. */
  readonly columns: readonly string[];
  readonly rows: Iterable<readonly Row[]>;
  readonly prints: Iterator<Print>;
  /** What the hash takes in before the rows. */
  readonly heading: string;
  readonly hash: string;
  /** More words on a row that is gone; empty when there are none. */
  readonly wordsOf: (id: number) => string;
  readonly tell: (row: number | null, what: string) => void;
}

/** One pass over rows and fingerprints together, in constant memory. @returns how many rows are there */
export function verifyRows(sealed: SealedRows): number {
  const { columns, prints, wordsOf } = sealed;
  const whole = createHash('sha256').update(sealed.heading);
  let count = 0;
  let faults = 0;
  const tell = (row: number | null, what: string) => {
    faults++;
    sealed.tell(row, what);
  };
  let next = prints.next();
  const passTo = (id: number) => {
    for (; !next.done && next.value.id < id; next = prints.next())
      tell(next.value.id, `removed${wordsOf(next.value.id)}`);
  };
  for (const rows of sealed.rows)
    for (const row of rows) {
      const { text, fingerprint } = printOf(row);
      whole.update(text);
      count++;
      passTo(idOf(row));
      const kept = !next.done && next.value.id === idOf(row) ? next.value : null;
      if (kept === null)
        tell(idOf(row), `added since, or its fingerprint was removed (${describe(columns, row)})`);
      else if (!fingerprint.equals(kept.fingerprint))
        tell(idOf(row), `altered (${describe(columns, row)})`);
      if (kept !== null) next = prints.next();
    }
  passTo(Number.POSITIVE_INFINITY);
  const fits = whole.digest('hex') === sealed.hash;
  if (!fits && faults === 0) tell(null, 'the sealed hash does not fit the rows');
  if (fits && faults > 0)
    tell(null, 'the sealed hash fits the rows: only the fingerprints are not as they were');
  return count;
}

const shown = [
  'tenant',
  'protocol',
  'depth',
  'kind',
  'cause',
  'target',
  'domain',
  'type',
  'token',
  'author',
];
const instants = [
  'started_at',
  'entered_at',
  'seen_at',
  'first_seen',
  'sent_at',
  'from_at',
  'instant',
  'at',
];

/** What a person needs to find the row: what it is of, and its time. */
function describe(columns: readonly string[], row: Row): string {
  const found = (name: string) => row[columns.indexOf(name)] ?? null;
  const words = shown.map(found).filter((value) => value !== null);
  const at = instants.map(found).find((value) => value !== null) ?? null;
  const date = new Date(Number(at));
  const time = at === null || Number.isNaN(date.getTime()) ? [] : [date.toISOString()];
  // Whoever altered it may have written anything.
  return [...words, ...time].map((word) => printable(`${word}`)).join(' ');
}

function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD').slice(0, 80);
}
