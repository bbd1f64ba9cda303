import type { Interval } from './interval.ts';
import type { Depth, Phase, Protocol } from './protocol.ts';
import type { Reason } from './reason.ts';

/** The six states of a calendar minute, strongest first: the first that applies is the minute's state. */
export const minuteStates = [
  'excluded',
  'unavailable',
  'unknown',
  'suspect',
  'degraded',
  'available',
] as const;
export type MinuteState = (typeof minuteStates)[number];

export const attributions = ['provider', 'customer', 'local', 'throttled'] as const;
export type Attribution = (typeof attributions)[number];

/** A maximal row of failed results of one mailbox and protocol, unbroken by a success. */
export interface FailureRun {
  /** Address; left out: the tenant had only one mailbox. */
  readonly mailbox?: string;
  readonly protocol: Protocol;
  /** The deepest depth at which an attempt of this run failed. */
  readonly depth: Depth;
  /** Proven failure; split where nothing was tried for more than 30 s. */
  readonly certain: readonly Interval[];
  /** More failure than this is impossible. While the run is open, `to` is the time of judging. */
  readonly possible: Interval;
  /** True while no success has ended it. */
  readonly open: boolean;
  readonly attempts: number;
  /** Two failed attempts at least 5 s apart. */
  readonly confirmed: boolean;
  readonly attribution: Attribution;
  /** What the evidence says by itself, before anybody's word; left out: the same. */
  readonly evidentAttribution?: Attribution;
  /** Of the first failure. */
  readonly phase: Phase;
  readonly reason: Reason;
  readonly code: string | null;
}

export type MinuteCount = Readonly<Record<MinuteState, number>>;
