/** A value of a response: an atom, a number or a string as text, NIL as `null`, or a list. */
export type Value = string | null | readonly Value[];

/** What a server says beside its answers (RFC 9051 §7), as imapflow has parsed it. */
export interface Untagged {
  /** The number in front (`* 12 EXISTS`), or null. */
  readonly number: number | null;
  readonly values: readonly Value[];
  /** A response code's words: `[UIDVALIDITY 5]`. */
  readonly code: readonly string[];
}

/** imapflow's form of one element. */
export type Parsed =
  | null
  | readonly Parsed[]
  | {
      readonly value?: unknown;
      readonly section?: readonly Parsed[];
      readonly partial?: readonly number[];
    };

/** imapflow's form of one response. */
export interface ParsedResponse {
  readonly command?: string;
  readonly attributes?: readonly Parsed[];
}

/** One response in our terms. */
export function untagged({ command = '', attributes = [] }: ParsedResponse): Untagged {
  const number = /^\d{1,15}$/.test(command) ? Number(command) : null;
  const values = attributes.map(asValue);
  const first = attributes[0];
  const section = first !== null && first !== undefined && 'section' in first ? first.section : [];
  return {
    number,
    values: number === null ? values : values.slice(1),
    code: (section ?? []).map((part) => String(asValue(part) ?? '')),
  };
}

function isList(parsed: Parsed): parsed is readonly Parsed[] {
  return Array.isArray(parsed);
}

function asValue(parsed: Parsed): Value {
  if (parsed === null) return null;
  if (isList(parsed)) return parsed.map(asValue);
  const value = parsed.value ?? '';
  const text = Buffer.isBuffer(value) ? value.toString('utf8') : String(value);
  if (parsed.section === undefined) return parsed.value === null ? null : text;
  const section = parsed.section.map((part) => written(asValue(part))).join(' ');
  return `${text}[${section}]${parsed.partial === undefined ? '' : `<${parsed.partial.join('.')}>`}`;
}

function written(value: Value): string {
  if (value === null) return 'NIL';
  return typeof value === 'string' ? value : `(${value.map(written).join(' ')})`;
}
