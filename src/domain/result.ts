import type { DeliveryReport, Folder } from './message.ts';
import type { Depth, Phase, Protocol } from './protocol.ts';
import type { Reason } from './reason.ts';
import type { Trace } from './trace.ts';

/**
 * How a failure proves itself.
 * - `refusal`: an observed end or error; proves failure at that instant, `provenFrom === provenTo`.
 * - `silence`: an unanswered request; proves failure from the request to the deadline.
 */
export type FailureKind = 'refusal' | 'silence';

export interface Failure {
  readonly phase: Phase;
  readonly reason: Reason;
  readonly kind: FailureKind;
  /** The server's or system's own code (`535 5.7.8`, `[UNAVAILABLE]`, `ECONNREFUSED`, `HTTP 503`); bounded, no secrets. */
  readonly code: string | null;
  /** One line for a person; bounded, no secrets. */
  readonly message: string;
  /** Wall time, integer ms; half-open [provenFrom, provenTo). */
  readonly provenFrom: number;
  readonly provenTo: number;
}

export interface PhaseDuration {
  readonly phase: Phase;
  /** Integer microseconds from the monotonic clock. An attempt's phases add up to its whole. */
  readonly microseconds: number;
}

/** A message of ours that a reader saw. The arrival lies in `(lastNotSeen, firstSeen]`, wall ms. */
export interface Sighting {
  readonly token: string;
  readonly lastNotSeen: number | null;
  readonly firstSeen: number;
  /** Left out: the inbox. */
  readonly folder?: Folder;
}

/**
 * A complete look into a folder. Of the messages accepted from `acceptedSince` on, every one that this
 * reader has not seen was surely not there at `lookedAt`. Wall ms.
 */
export interface Look {
  readonly folder: Folder;
  readonly lookedAt: number;
  readonly acceptedSince: number;
}

/** Copies of one message that were in a folder at once; or 1 of a message that was removed before. */
export interface Copies {
  readonly token: string;
  readonly folder: Folder;
  readonly copies: number;
  /** Wall ms. */
  readonly seenAt: number;
}

/** The use of the mailbox by one of its limits (RFC 9208 §5): of storage in units of 1024 octets, of messages in messages. */
export interface Quota {
  readonly resource: 'storage' | 'message';
  readonly used: number;
  readonly limit: number;
}

/** How long a webmail took to open its page. */
export interface PageOpen {
  /** Integer ms. By a browser: from the beginning of the navigation to the load event (T4.16). */
  readonly milliseconds: number;
  /** `http`: to the last byte of the page's own text; what it refers to is not loaded, so this is a lower bound. */
  readonly driver: PageDriver;
}
export const pageDrivers = ['http', 'browser'] as const;
export type PageDriver = (typeof pageDrivers)[number];

/** One attempt, as a fact: written once, never edited. */
export interface ProbeResult {
  readonly tenant: string;
  /** Address of the mailbox that was probed; left out in results from before it was written down. */
  readonly mailbox?: string;
  readonly protocol: Protocol;
  /** What was attempted. */
  readonly depth: Depth;
  /** Wall time, integer ms. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Monotonic clock, integer microseconds; comparable within one process only. */
  readonly monotonicStart: number;
  readonly monotonicEnd: number;
  readonly phases: readonly PhaseDuration[];
  /**
   * The deepest depth that this attempt proves to work, at `endedAt`; null if none.
   * A reader whose message has not come yet, but which logged in and read the anchor, vouches for `login`.
   */
  readonly vouches: Depth | null;
  /** Null on success. */
  readonly failure: Failure | null;
  /** `ip` or `ip:port` that was used; null if it never came to one. */
  readonly address: string | null;
  /** `TLSv1.3` and the like; null without TLS. */
  readonly tlsVersion: string | null;
  /** Wall ms of the leaf certificate's notAfter; null without TLS. */
  readonly certificateNotAfter: number | null;
  /** The dialogue, redacted and bounded: `> ` ours, `< ` theirs. */
  readonly transcript: string;
  /** The token of the message that it sent, if any, and when that was accepted (wall ms): SMTP by the 250 after the final dot, webmail by its page. */
  readonly token: string | null;
  readonly acceptedAt: number | null;
  /** Readers: messages of ours seen by this attempt. */
  readonly sightings: readonly Sighting[];
  /** Readers: wall ms of the last look into the mailbox that ended well; null if there was none. */
  readonly lookedAt: number | null;
  /** Webmail: its page was opened by this attempt. */
  readonly pageOpen?: PageOpen | null;
  /** SMTP: wall ms of the answer that refused the message; null or left out: none did. */
  readonly refusedAt?: number | null;
  /** Readers: wall ms of the last complete look into the Junk folder; null or left out: there was none. */
  readonly junkLookedAt?: number | null;
  /** Readers: what the looks of this attempt say of the messages that it did not see. */
  readonly looks?: readonly Look[];
  readonly reports?: readonly DeliveryReport[];
  readonly copies?: readonly Copies[];
  /** What the headers of messages of ours say of their way. */
  readonly traces?: readonly Trace[];
  /** Left out: not asked, or not told. */
  readonly quota?: readonly Quota[];
}
