/** How many columns of a terminal a text takes: East Asian wide characters take two (Unicode annex 11). */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += wide.test(character) ? 2 : 1;
  return width;
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

/** Filled up with blanks to so many columns. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - widthOf(text)));
}

const nameWidth = 15;

/** One `name  value` line with the values under each other. */
export function field(name: string, value: string): string {
  return `${padded(name, nameWidth)} ${value}`;
}

/** A line below a numbered one. */
export function detail(name: string, value: string): string {
  return `    ${padded(name, 12)} ${value}`;
}

/** A title and its lines, after an empty line. */
export function section(title: string, lines: readonly string[]): string[] {
  return ['', title, ...lines.map((line) => (line === '' ? '' : `  ${line}`))];
}
