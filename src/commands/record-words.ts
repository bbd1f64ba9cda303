import { formatInstant } from '../domain/calendar.ts';
import type { ClauseRecord, Detail } from '../domain/record.ts';
import { instantJson } from '../report/json-parts.ts';
import { entryJson, tailOf } from './entry-list.ts';
import { formatAmount } from './record-detail.ts';

/** A record's own words, one line. */
export function describe(detail: Detail, zone: string): string {
  switch (detail.kind) {
    case 'ticket':
      return `ticket ${detail.number} (${detail.category}, by ${detail.channel}): ${detail.subject}`;
    case 'fee': {
      const { amount, month, months, paidByVouchers } = detail;
      const span = months === 1 ? month : `${months} months from ${month}`;
      const vouchers = { ...amount, minor: paidByVouchers };
      return `fee of ${formatAmount(amount)} for ${span}, ${formatAmount(vouchers)} of it by vouchers`;
    }
    case 'invoice': {
      const requests =
        detail.validRequests === null ? '' : `, ${detail.validRequests} valid requests`;
      const amount = detail.amount === null ? '' : `, ${formatAmount(detail.amount)}`;
      return `invoice ${detail.number} for ${detail.month}${requests}${amount}`;
    }
    case 'claim':
      return `claim for ${detail.month} by ticket ${detail.number} at ${formatInstant(detail.at, zone)}`;
    case 'spot-check':
      return `spot-check at ${formatInstant(detail.at, zone)}: ${detail.subject}: ${detail.passed} of ${detail.tried} as promised`;
    default:
      return `${detail.kind} at ${formatInstant(detail.at, zone)}: ${detail.subject}`;
  }
}

/** A record as `record list` prints it, its events below it. */
export function linesOf(record: ClauseRecord, zone: string): string[] {
  const clause = record.clause === null ? '' : `  clause ${record.clause}`;
  return [
    `#${record.id} ${describe(record.detail, zone)}${clause}`,
    ...tailOf(record, zone),
    ...record.events.flatMap((one) => [
      `   #${one.id} ${one.kind} at ${formatInstant(one.at, zone)}`,
      ...tailOf(one, zone),
    ]),
  ];
}

/** A record as `record list --json` prints it. */
export function jsonOf(record: ClauseRecord, zone: string) {
  const { detail, clause, events } = record;
  return {
    ...entryJson(record, zone),
    clause,
    ...detail,
    ...('at' in detail ? { at: instantJson(detail.at, zone) } : {}),
    events: events.map((one) => ({
      ...entryJson(one, zone),
      kind: one.kind,
      at: instantJson(one.at, zone),
    })),
  };
}
