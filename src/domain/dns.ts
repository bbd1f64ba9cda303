import type { Interval } from './interval.ts';
import { minuteLength } from './interval.ts';
import type { Tenant } from './tenant.ts';

/** What a mail domain says of itself in the DNS: who takes its mail, who answers for it, who may send for it. */
export const recordTypes = ['mx', 'ns', 'spf'] as const;
export type RecordType = (typeof recordTypes)[number];

/**
 * The records of one type, in canonical form: lower case, no final dot, sorted, none twice;
 * MX as `10 mx.example.com`. Empty: the DNS answered that there are none, or no such domain.
 */
export type RecordSet = readonly string[];

/** One look at a domain. */
export interface DomainRecords {
  readonly domain: string;
  /** Wall ms at which the last answer was in. */
  readonly at: number;
  /** Null where the look-up failed: that says nothing. */
  readonly records: Readonly<Record<RecordType, RecordSet | null>>;
}

export interface DomainChange {
  readonly domain: string;
  readonly type: RecordType;
  /** The change came about in (`unchangedAt`, `at`], wall ms: the looks before and after it. */
  readonly unchangedAt: number;
  readonly at: number;
  readonly before: RecordSet;
  readonly after: RecordSet;
}

/** A failure that begins within this after a change is laid to it, ms. */
const aftermath = 60 * minuteLength;

/** How long before a stretch a change must be known to judge its runs, ms. */
export const changesBefore = 2 * aftermath;

export function canonical(records: readonly string[]): RecordSet {
  const plain = records.map((record) => record.trim().toLowerCase().replace(/\.$/, ''));
  return [...new Set(plain)].sort();
}

export function isSame(one: RecordSet, other: RecordSet): boolean {
  return one.length === other.length && one.every((record, index) => record === other[index]);
}

/**
 * Whether the customer's own domain accounts for a run (T1.27): its MX or NS changed during the run or
 * within the hour before it, or they had gone by then and are not back. SPF decides nothing here.
 * @param run from its first failure on
 * @param changes in the order of time; those that empty a set count until the next of that type
 */
export function changedAround(run: Interval, changes: readonly DomainChange[]): boolean {
  return changes.some((change, index) => {
    if (change.type === 'spf' || change.at > run.to) return false;
    if (change.at >= run.from - aftermath) return true;
    if (change.after.length > 0) return false;
    const later = changes.slice(index + 1).find(({ type }) => type === change.type);
    return later === undefined || later.at >= run.from - aftermath;
  });
}

/**
 * The domain whose records are watched: that of the mailbox's address. Null where there is nothing to
 * ask the DNS for: an address literal, a single label, `localhost` and `invalid` (RFC 6761 §6.3, §6.4).
 */
export function mailDomain(tenant: Tenant): string | null {
  const { address } = tenant.mailbox;
  const domain = address.slice(address.lastIndexOf('@') + 1).toLowerCase();
  const labels = domain.replace(/\.$/, '').split('.');
  const last = labels.at(-1) ?? '';
  const isName = labels.length > 1 && labels.every((label) => /^[^\s[\]:@]{1,63}$/.test(label));
  if (!isName || /^\d+$/.test(last) || last === 'localhost' || last === 'invalid') return null;
  return labels.join('.');
}
