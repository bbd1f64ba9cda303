import type { Figures } from '../domain/figures.ts';
import type { FailureRun, MinuteCount } from '../domain/ledger.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { Measurements } from '../domain/readings.ts';
import type { MonthVerdicts } from '../domain/verdicts.ts';

/** Which way a message went: tenant to itself, tenant to our sink, our sender to the tenant. */
export type Route = 'loop' | 'outbound' | 'inbound';

export interface DelayObservation {
  readonly tenant: string;
  readonly route: Route;
  readonly protocol: Protocol;
  /** From acceptance to visibility; below zero (two clocks) counts as zero. */
  readonly seconds: number;
}

/** What the ledger says about a tenant now. */
export interface LedgerSnapshot {
  /** Of the current month. */
  readonly figures: Figures;
  /** Of the current month: how it were without exclusions, and how the further promises stand. */
  readonly verdicts: Pick<MonthVerdicts, 'withoutExclusions' | 'promises'>;
  /** What was measured beside the minutes. */
  readonly measured: Pick<Measurements, 'maintenance' | 'year' | 'send' | 'receive'>;
  /** At least those that are open. */
  readonly runs: readonly Pick<FailureRun, 'open' | 'protocol' | 'attribution' | 'depth'>[];
  /** All closed minutes of this tenant, ever. */
  readonly closedMinutes: MinuteCount;
  readonly unavailable: boolean;
}

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}
