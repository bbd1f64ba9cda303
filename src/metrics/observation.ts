import type { ClaimDates } from '../domain/claim.ts';
import type { Contract } from '../domain/contract.ts';
import type { ControlResult } from '../domain/control.ts';
import type { DelayFigures } from '../domain/delay.ts';
import type { Figures } from '../domain/figures.ts';
import type { FailureRun, MinuteCount } from '../domain/ledger.ts';
import type { BounceCount, FateCount, Route } from '../domain/message.ts';
import type { PromiseVerdict } from '../domain/promise.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { PushToday } from '../domain/push.ts';
import type { Measurements } from '../domain/readings.ts';
import type { Failure, PageDriver, ProbeResult, Quota } from '../domain/result.ts';
import type { SinkRefusal } from '../domain/sink.ts';
import type { Tenant } from '../domain/tenant.ts';

/** A tenant as far as it is published: which protocols it has, and not how to log in. */
export type PublishedTenant = Pick<Tenant, 'name' | 'contract' | 'tripwires'> &
  Readonly<Record<Exclude<Protocol, 'webmail'>, object | null>> & {
    readonly mailbox?: { readonly address: string };
    /** Left out: `mailbox` is the only one. */
    readonly mailboxes?: readonly { readonly address: string }[];
    readonly webmail: { readonly flow: { readonly driver?: PageDriver } } | null;
    /** The routes beside the loop that it has; left out: none. */
    readonly routes?: Readonly<Record<'outbound' | 'inbound', object | null>>;
    /** Left out: it has no push service. */
    readonly push?: object;
  };

/** An attempt as far as it is published: nothing of it is text of a server. */
export type ObservedResult = Pick<
  ProbeResult,
  | 'tenant'
  | 'mailbox'
  | 'protocol'
  | 'depth'
  | 'vouches'
  | 'endedAt'
  | 'monotonicStart'
  | 'monotonicEnd'
  | 'phases'
  | 'certificateNotAfter'
  | 'pageOpen'
> & { readonly failure: Pick<Failure, 'reason'> | null };

/** The terms that a month's figures are published by. */
export type PublishedTerms = Pick<Contract, 'name' | 'target' | 'tiers'>;

export interface DelayObservation {
  readonly tenant: string;
  readonly route: Route;
  readonly protocol: Protocol | 'sink';
  /** From acceptance to visibility; below zero (two clocks) counts as zero. */
  readonly seconds: number;
}

/** Of messages: what is published of their delays. */
type PublishedDelays = readonly Pick<DelayFigures, 'mean' | 'maximum'>[] | null;

/** What the ledger says about a tenant now. */
export interface LedgerSnapshot {
  /** Of the current month. */
  readonly figures: Figures;
  /** Minutes of the current month before the ledger began; `figures` has them among the unknown ones. */
  readonly unwatched: number;
  /** Of the current month: how it were without exclusions, and how the further promises stand. */
  readonly verdicts: {
    readonly withoutExclusions: Pick<Figures, 'minutes'> | null;
    readonly promises: readonly Pick<PromiseVerdict, 'promise' | 'verdict'>[];
  };
  /** What was measured beside the minutes. */
  readonly measured: Pick<Measurements, 'maintenance' | 'year'> & {
    readonly send: PublishedDelays;
    readonly receive: PublishedDelays;
  };
  /** At least those that are open. */
  readonly runs: readonly Pick<FailureRun, 'open' | 'protocol' | 'attribution' | 'depth'>[];
  /** All closed minutes of this tenant, ever. */
  readonly closedMinutes: MinuteCount;
  readonly unavailable: boolean;
}

/** One look at one control target, as far as it is published. */
export type Look = Pick<ControlResult, 'target' | 'ok' | 'endedAt'>;

/** What became of handing in a message of a route beside the loop. */
export const routeOutcomes = ['accepted', 'refused', 'failed'] as const;
export type RouteOutcome = (typeof routeOutcomes)[number];

/** What befalls the observer itself. */
export interface OwnObservations {
  /** Something befell ourselves. */
  blind(kind: 'clock-step' | 'pause'): void;
  /** How writing goes: results that wait now, and those given up since the start. */
  journal(state: { readonly waiting: number; readonly lost: number }): void;
  /** A round of looks, every configured target once. */
  looked(looks: readonly Look[]): void;
  /** The configuration was taken up at `at` (epoch ms), or it was refused (null). */
  configured(at: number | null): void;
  /** Whether the web configuration as it is now was taken up. */
  secured(isGood: boolean): void;
  /** A request to the Alertmanager at this host ended. */
  alertmanager(host: string, isGood: boolean): void;
  /** There is a sink: what it turns away is counted from zero. */
  beginSink(): void;
  /** Somebody connected to the sink. */
  sinkConnected(): void;
  /** The sink turned something away. */
  sinkRefused(reason: SinkRefusal): void;
}

/** What became of a tenant's messages of the current month. */
export interface MessageCounts {
  readonly counts: readonly FateCount[];
  readonly bounces: readonly BounceCount[];
  /** Wall ms, of whatever month. */
  readonly oldestPending: readonly { readonly route: Route; readonly since: number }[];
  /** Null: there is no push service. */
  readonly push: PushToday | null;
}

/** All that can be told to the metrics. Arguments are plain data, as they go to another thread. */
export interface Observations {
  /** The tenants that are configured now: series of others vanish. */
  setTenants(tenants: readonly PublishedTenant[]): void;
  /** One attempt. Call it after the result is stored. */
  observe(result: ObservedResult): void;
  /** A message became visible over a protocol. */
  delay(observation: DelayObservation): void;
  /** A message of a route beside the loop was handed in, or was not. */
  routeSent(tenant: string, route: Route, outcome: RouteOutcome): void;
  /** How much later than planned an attempt began, seconds. */
  lag(seconds: number): void;
  /** A tripwire was cut by the server. */
  tripwireCut(tenant: string, protocol: Protocol): void;
  /** The ledger's figures of a tenant under its contract. */
  ledger(tenant: string, terms: PublishedTerms, snapshot: LedgerSnapshot): void;
  /** What became of a tenant's messages; `now` is wall ms. */
  messages(tenant: string, snapshot: MessageCounts, now: number): void;
  /** How full the probe mailboxes are. */
  quota(tenant: string, quotas: readonly Quota[]): void;
  /** The claim that lapses next under the contract of this name; null when nothing is to be claimed. */
  claim(tenant: string, contract: string, claim: ClaimDates | null): void;
  readonly own: OwnObservations;
}

/** The two formats that Prometheus reads: its own 0.0.4, and OpenMetrics 1.0.0. */
export type Format = 'text' | 'openmetrics';
