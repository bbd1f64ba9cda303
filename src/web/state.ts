import type { Ratio } from '../domain/contract.ts';
import type { Figures } from '../domain/figures.ts';
import type { Attribution, MinuteState } from '../domain/ledger.ts';
import type { FateCount, Route } from '../domain/message.ts';
import type { PromiseVerdict } from '../domain/promise.ts';
import type { Depth, Phase, Protocol } from '../domain/protocol.ts';
import type { PushToday } from '../domain/push.ts';
import type { Reason } from '../domain/reason.ts';

/** All that the landing page shows, filled by the daemon from the ledger and the last results. */
export interface LandingState {
  /** Wall ms; ages are counted from it. */
  readonly now: number;
  readonly version: string;
  /** What an administrator should know about the daemon itself, e.g. a config file that was refused. */
  readonly notices: readonly string[];
  readonly tenants: readonly TenantState[];
}

export interface TenantState {
  readonly name: string;
  readonly contract: { readonly title: string; readonly target: Ratio | null };
  /** IANA zone in which times are shown. */
  readonly zone: string;
  /** `YYYY-MM`, the month of the figures. */
  readonly month: string;
  /** Of this month; null until the first minute is judged. */
  readonly figures: Figures | null;
  /** How the further promises of the contract stand. */
  readonly promises: readonly PromiseVerdict[];
  /** Unavailable now, by the contract. */
  readonly unavailable: boolean;
  readonly protocols: readonly ProtocolState[];
  /** Of this month, by route and fate; null until they were counted. */
  readonly messages: {
    readonly counts: readonly FateCount[];
    readonly oldestPending: readonly { readonly route: Route; readonly since: number }[];
    /** Null: there is no push service. */
    readonly push: PushToday | null;
  } | null;
  /** Used share of the probe mailbox by the limit that is nearest; null where none is known. */
  readonly quota: Ratio | null;
  /** The last minutes, oldest first; 60 are meant. */
  readonly minutes: readonly MinuteCell[];
}

export interface ProtocolState {
  readonly protocol: Protocol;
  /** The last attempt of each depth that was attempted at all. */
  readonly last: readonly LastAttempt[];
  /** Of the last message that became visible, integer ms; null if there was none (SMTP: always). */
  readonly delay: number | null;
  readonly run: OpenRun | null;
  /** Of the tenant's further mailboxes; left out: none. */
  readonly others?: readonly OpenRun[];
}

export interface LastAttempt {
  readonly depth: Depth;
  /** Wall ms. */
  readonly endedAt: number;
  readonly failure: {
    readonly phase: Phase;
    readonly reason: Reason;
    readonly code: string | null;
  } | null;
}

/** A failure run that no success has ended yet. */
export interface OpenRun {
  /** Address; left out: the tenant has only one. */
  readonly mailbox?: string;
  /** Wall ms from which failure is proven. */
  readonly since: number;
  readonly attempts: number;
  readonly confirmed: boolean;
  readonly attribution: Attribution;
  /** Unavailable minutes in the ledger that this run has brought so far. */
  readonly counted: number;
}

export interface MinuteCell {
  /** Start of the calendar minute, wall ms. */
  readonly minute: number;
  /** Null where it is not judged yet. */
  readonly state: MinuteState | null;
}
