import type { Interval } from '../domain/interval.ts';
import type { ClauseRecord, Detail } from '../domain/record.ts';
import type { MonthReport } from './month.ts';

/** The records that speak of the report's month, withdrawn ones included. */
export function recordsOfMonth({ records, month, period }: MonthReport): ClauseRecord[] {
  return records.filter((record) => speaksOfMonth(record, month, period));
}

function speaksOfMonth(record: ClauseRecord, month: string, period: Interval): boolean {
  const { detail } = record;
  switch (detail.kind) {
    case 'ticket':
      return record.events.some(({ at }) => isIn(at, period));
    case 'fee':
      return (
        detail.month <= month && monthNumber(month) < monthNumber(detail.month) + detail.months
      );
    case 'invoice':
    case 'claim':
      return detail.month === month;
    // Given once, they hold until they are withdrawn.
    case 'consent':
    case 'other':
      return detail.at < period.to;
    default:
      return isIn(detail.at, period);
  }
}

function isIn(instant: number, { from, to }: Interval): boolean {
  return instant >= from && instant < to;
}

function monthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
}

/** When it happened, wall ms; null for what belongs to a month. */
export function instantOfRecord({ detail, events }: Pick<ClauseRecord, 'detail' | 'events'>) {
  if ('at' in detail) return detail.at;
  const [first] = events.filter(({ withdrawn }) => withdrawn === null);
  return first?.at ?? null;
}

/** Number and subject, whichever it has, as somebody wrote them. */
export function subjectOf(detail: Detail): string {
  const number = 'number' in detail ? detail.number : '';
  const subject = 'subject' in detail ? detail.subject : '';
  return [number, subject].filter((text) => text !== '').join(': ');
}
