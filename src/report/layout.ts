/**
 * How many columns of a terminal a text takes: East Asian wide characters take two (Unicode annex 11),
 * marks that are set upon the character before them take none.
 */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : none.test(character) ? 0 : 1;
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Marks upon another character, and characters that only format. */
const none = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** Filled up with blanks to so many columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

/** How rows of cells are put under each other. */
export interface Alignment {
  /** Least width of the first columns. */
  readonly least?: readonly number[];
  /** Columns that are flush right: numbers. */
  readonly right?: readonly number[];
  /** Blanks between two columns. */
  readonly gap: number;
}

/** Rows of cells as lines, each column as wide as its widest cell; what comes last in a row widens nothing. */
export function columns(rows: readonly (readonly string[])[], alignment: Alignment): string[] {
  const { least = [], right = [], gap } = alignment;
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) => {
    const cells = rows.filter((row) => column < row.length - 1).map((row) => row[column] ?? '');
    return Math.max(least[column] ?? 0, ...cells.map(widthOf));
  });
  const cellOf = (cell: string, column: number): string => {
    const width = widths[column] ?? 0;
    if (!right.includes(column)) return padded(cell, width);
    return ' '.repeat(Math.max(0, width - widthOf(cell))) + cell;
  };
  return rows.map((row) => row.map(cellOf).join(' '.repeat(gap)).trimEnd());
}

export type Field = readonly [name: string, value: string];

/** `name  value` lines with the values under each other. */
export function fields(lines: readonly Field[]): string[] {
  return columns(lines, { least: [14], gap: 2 });
}

/** A line below a numbered one. */
export function detail(name: string, value: string): string {
  return `    ${padded(name, 12)} ${value}`;
}

/** A title and its lines, after an empty line. */
export function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}
