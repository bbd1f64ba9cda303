import { z } from 'zod';
import { daysAfter, startOf } from '../domain/calendar.ts';
import type { Service } from '../domain/denominator.ts';
import type { Section } from './section.ts';
import { value } from './values.ts';

const day = value({
  expected: 'a day such as 2026-10-17',
  read: (input) => (isDay(input) ? input : undefined),
  fallback: null,
});

const serviceShape = z.strictObject({ from: day, until: day });

/**
 * When the service was rented, in days of the tenant's zone: from the first one's beginning, until the
 * last one's end. Undefined when it is not said, and after reporting what is wrong with it.
 */
export function readService(section: Section, zone: string): Service | undefined {
  if (section.value === undefined) return undefined;
  const decoded = section.decode(serviceShape);
  if (decoded === null) return undefined;
  const from = decoded.from === null ? null : startOf(decoded.from, zone);
  const until = decoded.until === null ? null : startOf(daysAfter(decoded.until, 1), zone);
  if (from !== null && until !== null && from >= until) {
    section.fault(`expected "from" to be no later than "until", found ${decoded.from}`);
    return undefined;
  }
  return { from, until };
}

function isDay(input: unknown): input is string {
  if (typeof input !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(input)) return false;
  const at = Date.parse(`${input}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(input);
}
