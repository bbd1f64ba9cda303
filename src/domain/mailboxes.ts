import type { Interval } from './interval.ts';

/** Which mailboxes a tenant had, from `since` (wall ms) until the next era begins. */
export interface MailboxEra {
  readonly since: number;
  /** Addresses, at least one. */
  readonly mailboxes: readonly string[];
}

/** A stretch of time in which one mailbox was probed without a pause of ours. */
export interface MailboxWatch {
  /** Address; null: of a tenant that never had more than one, nobody asks which. */
  readonly mailbox: string | null;
  /** Wall ms, half-open; reaches to ±Infinity where nothing else is known. */
  readonly within: Interval;
}

/** Whether a result that ended at an instant speaks of this watch. */
export type Belongs = (result: { readonly endedAt: number; readonly mailbox?: string }) => boolean;

const always: Interval = { from: -Infinity, to: Infinity };

/**
 * The watches of a tenant, and which results are each one's. Before its first era a tenant had one
 * mailbox, whose results may not name it: it is the first of that era's list.
 * @param eras in the order of time; none: the tenant never had more than one mailbox
 */
export function watchesOf(
  eras: readonly MailboxEra[],
): readonly (MailboxWatch & { readonly belongs: Belongs })[] {
  const [first] = eras;
  if (first === undefined) return [{ mailbox: null, within: always, belongs: () => true }];
  const alone = { since: -Infinity, mailboxes: first.mailboxes.slice(0, 1) };
  const addresses = [...new Set(eras.flatMap(({ mailboxes }) => mailboxes))];
  return addresses.flatMap((mailbox) =>
    timesOf(mailbox, [alone, ...eras]).map((within) => ({
      mailbox,
      within,
      belongs: ({ endedAt, mailbox: named }) =>
        endedAt >= within.from &&
        endedAt < within.to &&
        (endedAt < first.since || named === mailbox),
    })),
  );
}

/** When the mailbox was one of the tenant's; eras that follow each other are one time. */
function timesOf(mailbox: string, eras: readonly MailboxEra[]): Interval[] {
  const times: Interval[] = [];
  eras.forEach(({ since, mailboxes }, index) => {
    if (!mailboxes.includes(mailbox)) return;
    const to = eras[index + 1]?.since ?? Infinity;
    const last = times.at(-1);
    if (last?.to === since) times[times.length - 1] = { from: last.from, to };
    else times.push({ from: since, to });
  });
  return times;
}

/**
 * When the tenant's first several mailboxes began, wall ms; runs that ended before it name none.
 * Infinity for a tenant that never had more than one.
 */
export function namedSince(eras: readonly MailboxEra[]): number {
  return eras[0]?.since ?? Infinity;
}

/** The mailboxes that the tenant had at any time of a period; empty for one that never had more than one. */
export function mailboxesOfPeriod(eras: readonly MailboxEra[], period: Interval): string[] {
  const own = watchesOf(eras).filter(
    ({ within }) => within.from < period.to && within.to > period.from,
  );
  return [...new Set(own.flatMap(({ mailbox }) => mailbox ?? []))];
}
