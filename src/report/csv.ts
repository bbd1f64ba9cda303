import type { MonthReport } from './month.ts';
import type { Cell, TableName } from './table.ts';
import { tableOf } from './tables.ts';
import { printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** A text longer than this is cut: a spreadsheet's cell holds 32 767 characters. */
const longestCell = 32_000;

export interface CsvOptions {
  /** Begins with U+FEFF, by which Excel knows UTF-8; most programs do not want it. */
  readonly byteOrderMark: boolean;
}

/**
 * One table of one or more months as CSV (RFC 4180): one header line, CRLF, quoted where need be. Control
 * characters and line ends inside a text become U+FFFD, and a text that a spreadsheet would take for a
 * formula gets an apostrophe before it.
 */
export function renderCsv(
  name: TableName,
  reports: readonly MonthReport[],
  words: Words,
  { byteOrderMark }: CsvOptions,
): string {
  const tables = reports.map((report) => tableOf(name, report, words));
  const header = (tables[0]?.columns ?? []).map((column) => words.columns[column]);
  const lines = [header, ...tables.flatMap(({ rows }) => rows)].map(
    (cells) => `${cells.map(cellText).join(',')}\r\n`,
  );
  return `${byteOrderMark ? '\uFEFF' : ''}${lines.join('')}`;
}

function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'number') return String(cell);
  const text = harmless(printable(cell, longestCell));
  return /[",\r\n]|^ | $/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Full-width signs too: some spreadsheets read them as their narrow twins. */
function harmless(text: string): string {
  return /^\s*[=+\-@＝＋－＠]/u.test(text) ? `'${text}` : text;
}
