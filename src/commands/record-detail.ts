import type {
  Amount,
  Detail,
  RecordKind,
  TicketCategory,
  TicketChannel,
  TicketEventKind,
} from '../domain/record.ts';
import { ticketEvents } from '../domain/record.ts';
import type { NewEvent } from '../store/records.ts';
import { lineOf, misuse, needed, pastInstantOf } from './entering.ts';

/** The options of `record add` that make up a record, as commander hands them over. */
export interface DetailOptions {
  readonly number?: string;
  readonly subject?: string;
  readonly category?: TicketCategory;
  readonly channel?: TicketChannel;
  readonly sent?: string;
  readonly acknowledged?: string;
  readonly started?: string;
  readonly resolved?: string;
  readonly month?: string;
  readonly months?: string;
  readonly amount?: string;
  readonly currency?: string;
  readonly vouchers?: string;
  readonly validRequests?: string;
  readonly at?: string;
  readonly tried?: string;
  readonly passed?: string;
}

const dated = ['at', 'subject'] as const;

/** What each kind of record may say; anything else given with it is a slip. */
const optionsOf: Readonly<Record<RecordKind, readonly (keyof DetailOptions)[]>> = {
  ticket: ['number', 'subject', 'category', 'channel', ...ticketEvents],
  fee: ['month', 'months', 'amount', 'currency', 'vouchers'],
  invoice: ['month', 'number', 'validRequests', 'amount', 'currency'],
  claim: ['month', 'number', 'at'],
  notice: dated,
  evidence: dated,
  consent: dated,
  'spot-check': ['at', 'subject', 'tried', 'passed'],
  other: dated,
};
const allOptions = [...new Set(Object.values(optionsOf).flat())];

const flagOf = (key: string) =>
  `--${key.replace(/[A-Z]/g, (capital) => `-${capital.toLowerCase()}`)}`;

/** Reads a record from its options. @throws CommandError naming the flag */
export function detailOf(kind: RecordKind, options: DetailOptions, zone: string): Detail {
  const stray = allOptions.find(
    (key) => options[key] !== undefined && !optionsOf[kind].includes(key),
  );
  if (stray !== undefined)
    throw misuse(
      `${flagOf(stray)} does not belong to a record of kind ${kind}, which takes ${optionsOf[kind].map(flagOf).join(', ')}`,
    );
  const line = (key: 'number' | 'subject') =>
    needed(flagOf(key), lineOf(flagOf(key), options[key]));
  const at = () => pastInstantOf('--at', needed('--at', options.at), zone);
  switch (kind) {
    case 'ticket':
      return {
        kind,
        number: line('number'),
        subject: line('subject'),
        category: needed('--category', options.category),
        channel: options.channel ?? 'ticket',
      };
    case 'fee':
      return feeOf(options);
    case 'invoice':
      return invoiceOf(line('number'), options);
    case 'claim':
      return { kind, month: monthIn(options), number: line('number'), at: at() };
    case 'spot-check': {
      const tried = integerOf('--tried', needed('--tried', options.tried), 1);
      const passed = integerOf('--passed', needed('--passed', options.passed), 0);
      if (passed > tried) throw misuse('--passed: expected at most --tried');
      return { kind, at: at(), subject: line('subject'), tried, passed };
    }
    default:
      return { kind, at: at(), subject: line('subject') };
  }
}

function feeOf(options: DetailOptions): Detail {
  const amount = needed('--amount', amountOf(options));
  const paidByVouchers =
    options.vouchers === undefined ? 0 : minorOf('--vouchers', options.vouchers, amount.currency);
  if (paidByVouchers > amount.minor) throw misuse('--vouchers: expected at most --amount');
  const months = options.months === undefined ? 1 : integerOf('--months', options.months, 1);
  if (months > 120) throw misuse('--months: expected at most 120');
  return { kind: 'fee', month: monthIn(options), months, amount, paidByVouchers };
}

function invoiceOf(number: string, options: DetailOptions): Detail {
  const validRequests =
    options.validRequests === undefined
      ? null
      : integerOf('--valid-requests', options.validRequests, 0);
  return {
    kind: 'invoice',
    month: monthIn(options),
    number,
    validRequests,
    amount: amountOf(options),
  };
}

/** What has happened to a ticket so far; the first is its sending. @throws CommandError */
export function eventsOf(kind: RecordKind, options: DetailOptions, zone: string): NewEvent[] {
  if (kind !== 'ticket') return [];
  needed('--sent', options.sent);
  const events = ticketEvents.flatMap((event) => {
    const text = options[event];
    return text === undefined ? [] : [eventOf(event, `--${event}`, text, zone)];
  });
  const sent = events[0]?.at ?? 0;
  const early = events.find(({ at }) => at < sent);
  if (early !== undefined) throw misuse(`--${early.kind}: lies before --sent`);
  return events;
}

export function eventOf(kind: TicketEventKind, flag: string, text: string, zone: string): NewEvent {
  return { kind, at: pastInstantOf(flag, text, zone) };
}

function monthIn({ month }: DetailOptions): string {
  const given = needed('--month', month);
  if (/^\d{4}-(0[1-9]|1[0-2])$/.test(given)) return given;
  throw misuse(`--month: expected a month such as 2026-10, found "${given}"`);
}

function integerOf(flag: string, text: string, least: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : -1;
  if (number >= least) return number;
  throw misuse(`${flag}: expected an integer of at least ${least}, found "${text}"`);
}

function amountOf({ amount, currency }: DetailOptions): Amount | null {
  if (amount === undefined && currency === undefined) return null;
  const code = needed('--currency', currency);
  if (!Intl.supportedValuesOf('currency').includes(code))
    throw misuse(`--currency: expected a code of ISO 4217 such as CNY, found "${code}"`);
  return { minor: minorOf('--amount', needed('--amount', amount), code), currency: code };
}

/** A decimal amount in integer minor units, exact: never through a float. */
function minorOf(flag: string, text: string, currency: string): number {
  const digits = minorDigits(currency);
  const [, whole, fraction = ''] = /^(\d{1,12})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  if (whole !== undefined && fraction.length <= digits)
    return Number(whole) * 10 ** digits + Number(fraction.padEnd(digits, '0') || '0');
  throw misuse(
    `${flag}: expected an amount with at most ${digits} decimals of ${currency}, found "${text}"`,
  );
}

function minorDigits(currency: string): number {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  return format.resolvedOptions().maximumFractionDigits ?? 2;
}

/** `120000` fen → `1200.00 CNY`. */
export function formatAmount({ minor, currency }: Amount): string {
  const digits = minorDigits(currency);
  const text = String(minor).padStart(digits + 1, '0');
  const whole = text.slice(0, text.length - digits);
  return `${digits === 0 ? whole : `${whole}.${text.slice(-digits)}`} ${currency}`;
}
