import type { Entry } from '../domain/entry.ts';
import type { ClauseRecord, Detail } from '../domain/record.ts';
import { moneyText } from './value.ts';
import { formatMoment, printable } from './wording.ts';
import type { Words } from './words/words.ts';

/** A record in one line: what it says, and who says so. */
export function recordText(record: ClauseRecord, words: Words, zone: string): string {
  const { semicolon, colon, terms } = words;
  const events = record.events
    .filter(({ withdrawn }) => withdrawn === null)
    .map(({ kind, at }) => `${terms.ticketEvents[kind]} ${formatMoment(at, zone)}`);
  const parts = [
    detailText(record.detail, words, zone),
    ...events,
    ...entryTexts(record, words, zone),
  ];
  return `#${record.id} ${terms.recordKinds[record.detail.kind]}${colon}${parts.join(semicolon)}`;
}

/** Who entered it and when, with what evidence and note, and who took it back. */
export function entryTexts(entry: Entry, { say }: Words, zone: string): string[] {
  const { author, enteredAt, evidence, note, withdrawn } = entry;
  return [
    say.enteredBy(printable(author), formatMoment(enteredAt, zone)),
    ...(evidence === null ? [] : [say.evidence(printable(evidence, 500))]),
    ...(note === null ? [] : [say.note(printable(note, 1000))]),
    ...(withdrawn === null
      ? []
      : [
          say.withdrawnBy(
            printable(withdrawn.author),
            formatMoment(withdrawn.enteredAt, zone),
            printable(withdrawn.why, 1000),
          ),
        ]),
  ];
}

function detailText(detail: Detail, words: Words, zone: string): string {
  const { say, terms, remark, comma, semicolon } = words;
  switch (detail.kind) {
    case 'ticket': {
      const { number, subject, category, channel } = detail;
      const kind = `${terms.ticketCategories[category]}${comma}${terms.ticketChannels[channel]}`;
      return `${printable(number)} ${printable(subject, 500)}${remark(kind)}`;
    }
    case 'fee': {
      const vouchers = { currency: detail.amount.currency, minor: detail.paidByVouchers };
      return say.fee(moneyText(detail.amount), detail.month, detail.months, moneyText(vouchers));
    }
    case 'invoice':
      return [
        printable(detail.number),
        say.forMonth(detail.month),
        ...(detail.validRequests === null ? [] : [say.validRequests(detail.validRequests)]),
        ...(detail.amount === null ? [] : [moneyText(detail.amount)]),
      ].join(semicolon);
    case 'claim':
      return [
        printable(detail.number),
        say.forMonth(detail.month),
        formatMoment(detail.at, zone),
      ].join(semicolon);
    case 'spot-check': {
      const { subject, passed, tried, at } = detail;
      return [printable(subject, 500), say.spotCheck(passed, tried), formatMoment(at, zone)].join(
        comma,
      );
    }
    default:
      return [printable(detail.subject, 500), formatMoment(detail.at, zone)].join(semicolon);
  }
}
