import { MalformedReply, type Part, readValues, type Value } from './values.ts';

/**
 * What an IMAP server says, as data (RFC 9051 §7 and §9, RFC 3501). Pure.
 *
 * Tolerant in what a server may get wrong without harm (case, missing text, brackets left open), never
 * in length: the caller bounds lines and literals.
 */

const statuses = ['OK', 'NO', 'BAD', 'BYE', 'PREAUTH'] as const;
type Status = (typeof statuses)[number];

export interface StatusReply {
  readonly kind: 'status';
  /** Null for an untagged one. */
  readonly tag: string | null;
  readonly status: Status;
  /** The response code's name in capitals (`UIDVALIDITY`, `CAPABILITY`, `LIMIT`), or null. */
  readonly code: string | null;
  /** The words after the code's name, still inside the brackets. */
  readonly codeWords: readonly string[];
  /** The text for people, after the response code. */
  readonly text: string;
  /** The whole line as it came, tag included. */
  readonly line: string;
}

export interface DataReply {
  readonly kind: 'data';
  /** In capitals: `CAPABILITY`, `SEARCH`, `EXISTS`, `FETCH`, … */
  readonly name: string;
  /** The number in front (`* 12 EXISTS`), or null. */
  readonly number: number | null;
  readonly values: readonly Value[];
}

interface ContinuationReply {
  readonly kind: 'continuation';
  readonly text: string;
}

export type Reply = StatusReply | DataReply | ContinuationReply;

const statusLine = /^(OK|NO|BAD|BYE|PREAUTH)(?:[ \t]+(.*))?$/is;

/** @throws MalformedReply when it is none of the three kinds of response. */
export function parseReply(parts: readonly Part[]): Reply {
  const [first] = parts;
  if (typeof first !== 'string') throw new MalformedReply('a response must begin with a line');
  if (first.startsWith('+')) return { kind: 'continuation', text: first.slice(1).trim() };
  const split = /^(\S+)[ \t]+(.*)$/s.exec(first);
  const tag = split?.[1];
  const rest = split?.[2];
  if (tag === undefined || rest === undefined) {
    throw new MalformedReply('neither tagged, untagged nor a continuation');
  }
  const status = statusLine.exec(rest);
  if (status !== null) return statusReply(first, tag === '*' ? null : tag, status);
  if (tag !== '*') throw new MalformedReply('a tagged response without OK, NO or BAD');
  return dataReply([rest, ...parts.slice(1)]);
}

function statusReply(line: string, tag: string | null, match: RegExpExecArray): StatusReply {
  const status = (match[1] ?? '').toUpperCase() as Status;
  const text = (match[2] ?? '').trim();
  const code = /^\[([^\]]*)(?:\]|$)[ \t]*(.*)$/s.exec(text);
  const words = (code?.[1] ?? '').split(/[ \t]+/).filter((word) => word !== '');
  const name = words[0];
  return {
    kind: 'status',
    tag,
    status,
    code: name === undefined ? null : name.toUpperCase(),
    codeWords: words.slice(1),
    text: code === null ? text : (code[2] ?? ''),
    line,
  };
}

function dataReply(parts: readonly Part[]): DataReply {
  const values = readValues(parts);
  const [head, second] = values;
  if (typeof head !== 'string') throw new MalformedReply('an untagged response without a name');
  if (!/^\d{1,15}$/.test(head)) {
    return { kind: 'data', name: head.toUpperCase(), number: null, values: values.slice(1) };
  }
  if (typeof second !== 'string') throw new MalformedReply('a number without a name');
  return {
    kind: 'data',
    name: second.toUpperCase(),
    number: Number(head),
    values: values.slice(2),
  };
}
