import { watchedFor } from './delay-sums.ts';
import type { ReadingProtocol } from './protocol.ts';

/** The ways that a message of ours can take (measurement §6); `push`: by a mail push service (T2). */
export const routes = ['loop', 'outbound', 'inbound', 'push'] as const;
export type Route = (typeof routes)[number];

/** Who can see a message: a protocol of the mailbox, or our own server at the end of `outbound`. */
export type Reader = ReadingProtocol | 'sink';

export const folders = ['inbox', 'junk'] as const;
export type Folder = (typeof folders)[number];

/** What becomes of a message: exactly one of these. */
export const fates = [
  'on-time',
  'late',
  'lost',
  'junk',
  'bounced',
  'duplicate',
  'refused',
  'pending',
] as const;
export type Fate = (typeof fates)[number];

/** RFC 3464 §2.3.3. Only `failed` is final bad news. */
export const reportActions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type ReportAction = (typeof reportActions)[number];

/**
 * Why a delivery failed for good: an invalid address (T2.1), a policy, a full mailbox, a cause that
 * might have passed (4.x.x), or anything else.
 */
export const bounceClasses = ['hard', 'policy', 'full', 'soft', 'other'] as const;
export type BounceClass = (typeof bounceClasses)[number];

/** A delivery report about a message of ours, one recipient's part of it. */
export interface DeliveryReport {
  readonly token: string;
  readonly action: ReportAction;
  /** Null unless it failed. */
  readonly class: BounceClass | null;
  /** Enhanced status code, RFC 3463; null where the report had none. */
  readonly status: string | null;
  /** Wall ms at which the report was seen. */
  readonly seenAt: number;
}

/** Messages of a route that have one fate. */
export interface FateCount {
  readonly route: Route;
  readonly fate: Fate;
  readonly messages: number;
}

/** Bounced messages of a class. */
export interface BounceCount {
  readonly class: BounceClass;
  readonly messages: number;
}

/** The class of an enhanced status code (RFC 3463 §3): its subject tells more than its first digit. */
export function bounceClassOf(status: string | null): BounceClass {
  const [, first, subject, detail] = /^([245])\.(\d{1,3})\.(\d{1,3})$/.exec(status ?? '') ?? [];
  if (first === undefined) return 'other';
  if (subject === '2' && detail === '2') return 'full';
  if (subject === '7') return 'policy';
  if (first === '4') return 'soft';
  return subject === '1' ? 'hard' : 'other';
}

/** All that is known of one message. Wall ms. */
export interface MessageEvidence {
  readonly sentAt: number;
  /** The 250 after the final dot; null: it never came. */
  readonly acceptedAt: number | null;
  /** An answer that refused the message; null: none did. */
  readonly refusedAt: number | null;
  readonly sightings: readonly {
    readonly folder: Folder;
    readonly lastNotSeen: number | null;
    readonly firstSeen: number;
  }[];
  readonly failedReports: number;
  /** The most copies that were there at once; 1 or 0 is as it should be. */
  readonly copies: number;
}

/** A message is accepted at most this long after its sending began, ms: lets a query use the index. */
export const longestSending = 60 * 60_000;

/** A message whose 250 never came may have been taken all the same; it shows within this time, ms. */
export const doubtfulFor = 10 * 60_000;

/**
 * The fate of a message by what is known at `now`, and when to ask again (null: only new evidence can
 * change it). It is `late` if it was proven not to be there when the allowance was over, by the reader
 * that then saw it first; a delay that may have been shorter is no proof.
 * @param allowance ms from acceptance, within which it is on time
 */
export function fateOf(
  message: MessageEvidence,
  now: number,
  allowance: number,
): { readonly fate: Fate; readonly until: number | null } {
  const final = (fate: Fate) => ({ fate, until: null });
  const { acceptedAt, refusedAt, sightings } = message;
  const begin = acceptedAt ?? message.sentAt;
  const end = begin + watchedFor;
  const [first] = sightings
    .filter(({ lastNotSeen }) => (lastNotSeen ?? begin) < end)
    .sort((one, other) => one.firstSeen - other.firstSeen);
  if (first !== undefined) {
    if (message.copies > 1) return final('duplicate');
    if (sightings.some(({ folder }) => folder === 'junk')) return final('junk');
    return final((first.lastNotSeen ?? begin) - begin > allowance ? 'late' : 'on-time');
  }
  if (message.failedReports > 0) return final('bounced');
  if (acceptedAt === null) {
    if (refusedAt !== null) return final('refused');
    const until = message.sentAt + doubtfulFor;
    return now < until ? { fate: 'pending', until } : final('refused');
  }
  return now < end ? { fate: 'pending', until: end } : final('lost');
}

/**
 * Pause between two looks for a message that was accepted `age` ms ago (measurement §6): every 5 s for
 * 2 minutes, 15 s to 10 minutes, 60 s to 75 minutes, 10 minutes to 24 hours; then it is lost: null.
 */
export function lookPause(age: number): number | null {
  const [, pause] = pauses.find(([until]) => age < until) ?? [];
  return pause ?? null;
}

const minute = 60_000;
const pauses: readonly (readonly [number, number])[] = [
  [2 * minute, 5_000],
  [10 * minute, 15_000],
  [75 * minute, minute],
  [watchedFor, 10 * minute],
];
