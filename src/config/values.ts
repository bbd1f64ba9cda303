import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { z } from 'zod';
import { formatDuration, parseDuration } from './duration.ts';
import { describe, describeKind } from './fault.ts';
import type { HostAndPort } from './settings.ts';
import { nearest } from './suggest.ts';

interface Meaning<T, F> {
  /** Completes `expected …, found …`. */
  readonly expected: string;
  /** The value, or undefined when it is none. */
  readonly read: (input: unknown) => T | undefined;
  /** What a missing key means; without it the key must be there. */
  readonly fallback?: F;
  /** Whether a fault may show what was found; false where a secret may stand by mistake. */
  readonly shown?: boolean;
  readonly candidates?: readonly string[];
}

/** A schema with one fault a value, in the form that all faults have. */
export function value<T, F = never>(meaning: Meaning<T, F>) {
  const given = 'fallback' in meaning ? z.unknown().optional() : z.unknown();
  return given.transform((input, context): T | F => {
    if (input === undefined && 'fallback' in meaning) return meaning.fallback as F;
    const output = meaning.read(input);
    if (output !== undefined) return output;
    const found = meaning.shown === false ? describeKind(input) : describe(input);
    const meant = typeof input === 'string' ? nearest(input, meaning.candidates ?? []) : null;
    const hint = meant === null ? '' : `, did you mean ${JSON.stringify(meant)}?`;
    context.addIssue({
      code: 'custom',
      message: `expected ${meaning.expected}, found ${found}${hint}`,
    });
    return z.NEVER;
  });
}

/** A nested part that is decoded by itself, so that its faults and its siblings' come together. */
export const part = z.unknown().optional();

/** A text of one line: not blank, no control characters, which would end a command of a line protocol early. */
export function isLine(input: unknown): input is string {
  return (
    typeof input === 'string' &&
    input.trim() !== '' &&
    [...input].every((character) => character >= ' ' && character !== '\u007f')
  );
}

const label = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** A host name in ASCII and lower case without the final dot, or an IP address; undefined when it is neither. */
export function readHost(input: unknown): string | undefined {
  if (!isLine(input)) return undefined;
  if (isIP(input) !== 0) return input;
  const ascii = isAscii(input) ? input : domainToASCII(input);
  const name = ascii.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  // A last label of digits is a mistyped IPv4 address, never a name (RFC 1123 §2.1).
  const numeric = /^[0-9]+$/.test(labels.at(-1) ?? '');
  if (name.length > 253 || numeric || !labels.every((one) => label.test(one))) return undefined;
  return name;
}

function isAscii(text: string): boolean {
  return [...text].every((character) => character < '\u0080');
}

export const host = value({
  expected: 'a host name or an IP address, without a port',
  read: readHost,
});

function readInteger(input: unknown, from: number, to: number): number | undefined {
  return Number.isInteger(input) && Number(input) >= from && Number(input) <= to
    ? Number(input)
    : undefined;
}

/** An integer between two bounds (inclusive), with a default. */
export function integer(from: number, to: number, fallback: number) {
  return value({
    expected: `an integer from ${from} to ${to}`,
    read: (input) => readInteger(input, from, to),
    fallback,
  });
}

const portMeaning = {
  expected: 'an integer from 1 to 65535',
  read: (input: unknown) => readInteger(input, 1, 65_535),
};
export const port = value(portMeaning);
export const optionalPort = value({ ...portMeaning, fallback: null });

/** `HOST:PORT`, `[IPV6]:PORT`; port 0 stands for any free port. Undefined when it is none. */
export function readHostAndPort(input: unknown): HostAndPort | undefined {
  const match =
    typeof input === 'string' ? /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(input) : null;
  if (match === null) return undefined;
  const [, bracketed, plain, digits] = match;
  const where =
    bracketed === undefined ? readHost(plain) : isIP(bracketed) === 6 ? bracketed : undefined;
  const number = readInteger(Number(digits), 0, 65_535);
  return where === undefined || number === undefined ? undefined : { host: where, port: number };
}

/** One of a closed set of words. */
export function oneOf<T extends string>(words: readonly T[], fallback?: NoInfer<T>) {
  return value<T, T>({
    expected: `one of ${words.join(', ')}`,
    read: (input) => words.find((word) => word === input),
    candidates: words,
    ...(fallback === undefined ? {} : { fallback }),
  });
}

/** A duration between two bounds (integer ms, inclusive), with a default. */
export function duration(from: number, to: number, fallback: number) {
  return value({
    expected: `a duration from ${formatDuration(from)} to ${formatDuration(to)} such as ${formatDuration(fallback)}`,
    read: (input) => {
      const milliseconds = typeof input === 'string' ? parseDuration(input) : null;
      const fits = milliseconds !== null && milliseconds >= from && milliseconds <= to;
      return fits ? milliseconds : undefined;
    },
    fallback,
  });
}

/** A tenant's or a contract's name: it becomes a metric label, a part of a URL and of a file name. */
export const name = value({
  expected: 'a name of 1 to 63 characters a-z, 0-9, _ and -, starting with a letter or digit',
  read: (input) =>
    typeof input === 'string' && /^[a-z0-9][a-z0-9_-]{0,62}$/.test(input) ? input : undefined,
});

/** The zone in which a contract's month begins and ends. */
export const zone = value({
  expected: 'an IANA time zone such as Asia/Shanghai',
  read: (input) => (isZone(input) ? input : undefined),
  fallback: 'Asia/Shanghai',
  candidates: Intl.supportedValuesOf('timeZone'),
});

/** `Intl` also takes offsets such as `+08:00`; a month's bounds need the zone's rules, so a name. */
function isZone(input: unknown): input is string {
  if (typeof input !== 'string' || !/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(input)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: input });
    return true;
  } catch {
    return false;
  }
}
