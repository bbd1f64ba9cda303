import type { Contract } from './contract.ts';
import type { ControlResult } from './control.ts';
import type { DomainChange } from './dns.ts';
import type { Attempt } from './evidence.ts';
import type { Interval } from './interval.ts';
import type { FailureRun, MinuteState } from './ledger.ts';
import type { MailboxEra } from './mailboxes.ts';
import type { Depth, Protocol } from './protocol.ts';
import type { Reattribution } from './reattribution.ts';

/** Everything that a stretch of minutes is judged from. Nothing else enters, not even the time of day. */
export interface Case {
  readonly contract: Contract;
  /** The protocols judged, with the deepest depth that each can be probed at. */
  readonly protocols: ReadonlyMap<Protocol, Depth>;
  /** Whole minutes, wall ms. `to` is the time of judging while the stretch is still running. */
  readonly stretch: Interval;
  /**
   * All attempts that ended since `contextBefore` the stretch, and of the time before that at least
   * the last success of each mailbox, protocol and depth. Successes that end nothing and prove nothing may be
   * left out: those that vouch for less than the contract asks and than every failure of the protocol.
   */
  readonly attempts: readonly Attempt[];
  /** Which mailboxes the tenant had, in the order of time; none: it never had more than one. */
  readonly mailboxes?: readonly MailboxEra[];
  /** Acceptance times (wall ms) of messages that a protocol has yet to see, newer than what it saw last. */
  readonly pending: ReadonlyMap<Protocol, readonly number[]>;
  /** Clock steps and pauses of our own: nothing is known of them. */
  readonly blind: readonly Interval[];
  /** Looks at the control targets from `controlsBefore` the attempts on; none: no failure is laid to our own way. */
  readonly controls?: readonly ControlResult[];
  /** Changes of the tenant's mail domain, in the order of time, those of `changesBefore` the attempts among them. */
  readonly domainChanges?: readonly DomainChange[];
  /** A protocol whose login no other one shares: that of a push service. */
  readonly loginApart?: Protocol | null;
  readonly exclusions: readonly Interval[];
  /** What people said of whose fault a run was. */
  readonly reattributions?: readonly Reattribution[];
  readonly deliveryAllowance: number;
  /** Every attempt that began earlier than this before `stretch.to` has ended and is among the attempts, ms. */
  readonly settling: number;
}

export interface Judgement {
  readonly runs: readonly FailureRun[];
  /** State of every minute that the stretch touches, by the minute's start. */
  readonly minutes: ReadonlyMap<number, MinuteState>;
  /** The same, had nothing been excluded. */
  readonly bare: ReadonlyMap<number, MinuteState>;
  /** Minutes that end at or before this (a minute's start) can no longer change. */
  readonly finalUntil: number;
}
