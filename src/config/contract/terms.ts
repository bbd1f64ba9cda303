import { z } from 'zod';
import type {
  Agreement,
  ClaimWindow,
  Contract,
  Denominator,
  MaintenanceRule,
  Remedy,
} from '../../domain/contract.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import type { Section } from '../section.ts';
import { oneOf, value } from '../values.ts';
import { positiveShare } from './share.ts';
import { integer, line, maybeOneOf, minutesOfYear, readWhole, wholeExpected } from './words.ts';

const agreementShape = z.strictObject({
  title: line(200),
  published: value({
    expected: 'a date such as 2020-09-15',
    read: (input) => (isDate(input) ? input : undefined),
    fallback: null,
  }),
  sha256: value({
    expected: 'a SHA-256 of 64 hexadecimal digits, as sha256sum prints it',
    read: (input) =>
      typeof input === 'string' && /^[0-9a-f]{64}$/.test(input) ? input : undefined,
    fallback: null,
  }),
});

export function readAgreement(section: Section): Agreement | null {
  return section.decode(agreementShape);
}

/** A day of the calendar: `2021-02-29` is none. */
function isDate(input: unknown): input is string {
  const match = typeof input === 'string' ? /^(\d{4})-(\d\d)-(\d\d)$/.exec(input) : null;
  if (match === null) return false;
  const [, year, month, day] = match.map(Number);
  if (year === undefined || month === undefined || day === undefined) return false;
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

const usersShape = z.strictObject({
  share: positiveShare,
  inclusive: value({
    expected: 'true (that share is enough) or false (more than that share)',
    read: (input) => (typeof input === 'boolean' ? input : undefined),
  }),
});

export function readUsers(section: Section): Contract['users'] {
  return section.decode(usersShape);
}

export const denominatorExpected =
  'calendar, or a fixed number of minutes from 1440 to 44640 such as 43200';

/** `calendar`, or how many minutes every month is taken for. */
export function readDenominator(input: unknown): Denominator | undefined {
  if (input === 'calendar') return { kind: 'calendar' };
  const fits = Number.isInteger(input) && Number(input) >= 1440 && Number(input) <= 44_640;
  return fits ? { kind: 'fixed', minutes: Number(input) } : undefined;
}

const remedyShape = z.strictObject({
  kind: oneOf(['voucher', 'credit', 'service-time', 'other']),
  text: line(400),
});

export function readRemedy(section: Section): Remedy | null {
  return section.decode(remedyShape);
}

const longestNotice = 90 * 86_400_000;

const maintenanceShape = z.strictObject({
  rule: oneOf(['notified', 'approved', 'none']),
  notice: value({
    expected: `a duration from 0s to ${formatDuration(longestNotice)} such as 24h`,
    read: (input) => {
      const milliseconds = typeof input === 'string' ? parseDuration(input) : null;
      return milliseconds !== null && milliseconds <= longestNotice ? milliseconds : undefined;
    },
    fallback: 0,
  }),
  yearly_cap: value({
    expected: wholeExpected(minutesOfYear),
    read: (input) => readWhole(input, minutesOfYear),
    fallback: null,
  }),
});

export function readMaintenance(section: Section): MaintenanceRule | null {
  const decoded = section.decode(maintenanceShape);
  if (decoded === null) return null;
  if (decoded.rule === 'none') {
    for (const key of ['notice', 'yearly_cap']) {
      if (section.has(key)) section.at(key).fault('has no effect with rule: none');
    }
  }
  return { rule: decoded.rule, notice: decoded.notice, yearlyCap: decoded.yearly_cap };
}

const claimShape = z.strictObject({
  opens_after_working_day: integer(1, 20, null),
  lapses_after_days: value<ClaimWindow['lapses']>({
    expected: 'a number of calendar days from 1 to 3660, or end_of_next_month',
    read: readLapse,
    candidates: ['end_of_next_month'],
  }),
  calendar: maybeOneOf(['PRC', 'weekdays']),
});

export function readClaim(section: Section): ClaimWindow | null {
  const decoded = section.decode(claimShape);
  if (decoded === null) return null;
  const { opens_after_working_day: opens, lapses_after_days: lapses, calendar } = decoded;
  if (opens !== null && calendar === null) {
    section.fault('expected calendar: PRC or weekdays, whose working days are counted');
  }
  if (opens !== null && lapses.kind === 'calendar-days' && lapses.days <= opens) {
    section
      .at('lapses_after_days')
      .fault(
        `expected more than ${opens} days, found ${lapses.days}: it would lapse before it opens`,
      );
  }
  return { opensAfterWorkingDay: opens, lapses, calendar: calendar ?? 'weekdays' };
}

function readLapse(input: unknown): ClaimWindow['lapses'] | undefined {
  if (input === 'end_of_next_month') return { kind: 'end-of-next-month' };
  const fits = Number.isInteger(input) && Number(input) >= 1 && Number(input) <= 3660;
  return fits ? { kind: 'calendar-days', days: Number(input) } : undefined;
}
