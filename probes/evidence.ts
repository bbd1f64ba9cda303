import type { DeliveryReport, Folder } from '../src/domain/message.ts';
import type { Depth } from '../src/domain/protocol.ts';
import type { Copies, PageOpen, Quota, Sighting } from '../src/domain/result.ts';
import type { Trace } from '../src/domain/trace.ts';

/** What an attempt has found out so far; its fields become the result's. */
export class Evidence {
  address: string | null = null;
  tlsVersion: string | null = null;
  certificateNotAfter: number | null = null;
  vouches: Depth | null = null;
  token: string | null = null;
  acceptedAt: number | null = null;
  readonly sightings: Sighting[] = [];
  pageOpen: PageOpen | null = null;
  lookedAt: number | null = null;
  refusedAt: number | null = null;
  junkLookedAt: number | null = null;
  readonly reports: DeliveryReport[] = [];
  readonly copies: Copies[] = [];
  readonly traces: Trace[] = [];
  quota: readonly Quota[] = [];

  /** The deepest depth that this attempt proves, if it ends well. Without it, a success vouches for nothing. */
  vouch(depth: Depth): void {
    this.vouches = depth;
  }

  /** The message leaves; from here on it may be in the mailbox, whatever becomes of the answer. */
  sent(token: string): void {
    this.token = token;
  }

  /** SMTP: the message was refused by an answer of its own, so it is nowhere. Wall ms. */
  refused(token: string, at: number): void {
    this.token = token;
    this.refusedAt = at;
  }

  /** The message was accepted: SMTP by the 250 after the final dot, webmail by its page; wall ms. */
  accepted(token: string, at: number): void {
    this.token = token;
    this.acceptedAt = at;
  }

  /** Readers: a message of ours; the first sighting of a token stays. */
  sight(sighting: Sighting): void {
    const known = this.sightings.some((one) => one.token === sighting.token);
    if (!known) this.sightings.push(sighting);
  }

  /** Webmail: its page is open. The first time counts. */
  opened(milliseconds: number, driver: PageOpen['driver']): void {
    this.pageOpen ??= { milliseconds, driver };
  }

  /** Readers: a look into the mailbox ended well, wall ms. */
  looked(at: number, folder: Folder = 'inbox'): void {
    if (folder === 'junk') this.junkLookedAt = at;
    else this.lookedAt = at;
  }
}
