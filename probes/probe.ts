import type { Clock } from '../src/domain/clock.ts';
import type { Depth } from '../src/domain/protocol.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';

/** A message that this reader has not seen yet. */
export interface PendingMessage {
  readonly token: string;
  /** Wall ms of the 250 after the final dot. */
  readonly acceptedAt: number;
}

/** What an attempt is asked to do. */
export interface Ask {
  readonly depth: Depth;
  /** Turns the list of a host's addresses, so that a retry starts with another one. */
  readonly turn: number;
  /**
   * Round trips. For SMTP: the token to send. For readers: the token to wait for, and the promise of
   * its acceptance, which gives null as soon as it is known that it was not accepted.
   */
  readonly message: {
    readonly token: string;
    readonly accepted: Promise<number | null>;
    /** SMTP: where it goes; left out: to the mailbox itself. */
    readonly recipient?: string;
    /** Called by a reader when it has the mailbox open and only waits: the message may be sent. */
    readonly ready?: () => void;
  } | null;
  /** Webmail at depth `send`: the token of the message that it is to send by its own form. */
  readonly post?: string | null;
  /** Readers: older messages of ours to look for as well. */
  readonly pending: readonly PendingMessage[];
  /** IMAP, outside of a round: look everywhere, and keep the mailbox clean. */
  readonly watch?: Watch | undefined;
}

/** What one session of the message watch does beside a usual look (measurement §6). */
export interface Watch {
  /** Goes on looking for so long while something is missing, integer ms; 0: looks once. */
  readonly stay: number;
  /** Once in a while: reads the quota, and sweeps old leftovers of our own. */
  readonly hygiene: boolean;
}

/** What a protocol remembers between attempts to save work; losing it costs time, never truth. */
export interface Memory {
  /** How this protocol knows the anchor (IMAP UID with UIDVALIDITY, POP UIDL); null if not known. */
  anchor: string | null;
}

export interface ProbeContext {
  readonly clock: Clock;
  /** Aborts on shutdown; the probe itself adds the attempt's deadline (`tenant.attemptDeadline`). */
  readonly signal: AbortSignal;
  readonly memory: Memory;
}

export interface ProbeOutcome {
  readonly result: ProbeResult;
  /**
   * A reader that can delete keeps its session for a moment after its result, so that the messages
   * that every protocol has seen can be removed without another login. Must be called exactly once
   * when present, with the tokens to delete (may be empty); logs out, ends within 5 s, never throws.
   * Resolves to the tokens that are gone.
   */
  readonly finish: ((tokens: readonly string[]) => Promise<readonly string[]>) | null;
}

/** One function type for all protocols. Never throws: success and failure are both results. */
export type Probe = (tenant: Tenant, ask: Ask, context: ProbeContext) => Promise<ProbeOutcome>;
