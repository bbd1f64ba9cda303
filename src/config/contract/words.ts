import { formatDuration, parseDuration } from '../duration.ts';
import { isLine, value } from '../values.ts';

/** A text on one line of up to `most` characters. */
export function line(most: number) {
  return value({
    expected: `a text of 1 to ${most} characters on one line`,
    read: (input) => (isLine(input) && input.length <= most ? input : undefined),
  });
}

/** One of a closed set of words; null when the key is not there. */
export function maybeOneOf<T extends string>(words: readonly T[]) {
  return value<T, null>({
    expected: `one of ${words.join(', ')}`,
    read: (input) => words.find((word) => word === input),
    candidates: words,
    fallback: null,
  });
}

/** An integer between two bounds, inclusive. */
export function integer<F>(from: number, to: number, fallback: F) {
  return value<number, F>({
    expected: `an integer from ${from} to ${to}`,
    read: (input) =>
      Number.isInteger(input) && Number(input) >= from && Number(input) <= to
        ? Number(input)
        : undefined,
    fallback,
  });
}

/** Durations of whole units. */
interface Scale {
  /** Integer ms. */
  readonly unit: number;
  readonly plural: string;
  readonly example: string;
  /** Inclusive, in units. */
  readonly from: number;
  readonly to: number;
}

/** `expected …` for `readWhole`. */
export function wholeExpected({ unit, plural, example, from, to }: Scale): string {
  const bounds = `${formatDuration(from * unit)} to ${formatDuration(to * unit)}`;
  return `a duration of whole ${plural} from ${bounds} such as ${example}`;
}

/** A duration in units of the scale; undefined when it is none, not whole, or out of bounds. */
export function readWhole(input: unknown, { unit, from, to }: Scale): number | undefined {
  const milliseconds = typeof input === 'string' ? parseDuration(input) : null;
  const count = milliseconds === null ? Number.NaN : milliseconds / unit;
  return Number.isInteger(count) && count >= from && count <= to ? count : undefined;
}

export const minutesOfMonth: Scale = {
  unit: 60_000,
  plural: 'minutes',
  example: '44m',
  from: 0,
  to: 31 * 1440,
};

export const minutesOfYear: Scale = { ...minutesOfMonth, example: '10h', to: 366 * 1440 };

export const daysOfYear: Scale = {
  unit: 86_400_000,
  plural: 'days',
  example: '360d',
  from: 1,
  to: 366,
};

/** Of one message or page, in ms. */
export const delays: Scale = {
  unit: 1,
  plural: 'milliseconds',
  example: '60s',
  from: 1,
  to: 86_400_000,
};
