/**
 * One thing that is wrong in a configuration, with the place where a person has to look.
 * Texts are made of keys, expectations and short harmless values: never of a secret.
 */
export interface ConfigFault {
  /** As the person named it on the command line or in the file. */
  readonly file: string;
  /** From 1; null when the fault has no place in the text (a file that is not there). */
  readonly line: number | null;
  readonly column: number | null;
  /** `tenants[0].imap.port`; empty for the document as a whole. */
  readonly path: string;
  /** `expected …, found …`: one line, no secrets. */
  readonly message: string;
}

/** Keys and positions from the root of the document to the faulty value. */
export type ConfigPath = readonly (string | number)[];

const identifier = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** `['tenants', 0, 'imap', 'port']` → `tenants[0].imap.port`; a key that is no plain word is quoted. */
export function formatPath(path: ConfigPath): string {
  return path
    .map((part, position) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!identifier.test(part)) return `[${JSON.stringify(shorten(part))}]`;
      return position === 0 ? part : `.${part}`;
    })
    .join('');
}

/** `FILE:LINE:COLUMN path: message`, on one line. */
export function formatFault(fault: ConfigFault): string {
  const place =
    fault.line === null ? fault.file : `${fault.file}:${fault.line}:${fault.column ?? 1}`;
  return fault.path === ''
    ? `${place}: ${fault.message}`
    : `${place} ${fault.path}: ${fault.message}`;
}

/** The most faults that are printed; the rest is counted. */
const printedFaults = 50;

/** Every fault on a line of its own, file by file in the order of the text; at most `limit`, then `and N more`. */
export function formatFaults(faults: readonly ConfigFault[], limit = printedFaults): string {
  const lines = inOrder(faults).slice(0, limit).map(formatFault);
  const rest = faults.length - lines.length;
  return (rest > 0 ? [...lines, `and ${rest} more`] : lines).join('\n');
}

/** Files in the order of their first fault; within a file by line and column. */
function inOrder(faults: readonly ConfigFault[]): readonly ConfigFault[] {
  const files = [...new Set(faults.map((fault) => fault.file))];
  return [...faults].sort(
    (a, b) =>
      files.indexOf(a.file) - files.indexOf(b.file) ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0),
  );
}

/**
 * What was found, for a message: one line, bounded. A text with an `@` is not shown, because that is how a
 * password in a URL or a pasted login looks (`https://user:password@host/`).
 */
export function describe(value: unknown): string {
  if (typeof value === 'string' && !value.includes('@')) return JSON.stringify(shorten(value));
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return describeKind(value);
}

/** What kind of thing was found, without its value: for places where a secret may stand by mistake. */
export function describeKind(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text (not shown)';
  return `a ${typeof value} (not shown)`;
}

function shorten(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
