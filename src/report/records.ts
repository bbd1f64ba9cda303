import type { Interval } from '../domain/interval.ts';
import type { ClauseRecord } from '../domain/record.ts';
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
