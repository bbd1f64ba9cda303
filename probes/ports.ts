import type { Clock } from '../src/domain/clock.ts';
import type { Protocol } from '../src/domain/protocol.ts';
import type { ProbeResult } from '../src/domain/result.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import type { Memory, PendingMessage, Probe } from './probe.ts';

/** A message to look for; `excused`: its absence is no outage, this reader has seen a newer one, say. */
export interface LookedForMessage extends PendingMessage {
  readonly excused?: boolean;
}

/** What attempts need from the world around them. */
export interface ProbePorts {
  readonly probes: Readonly<Record<Protocol, Probe>>;
  readonly clock: Clock;
  /** Aborts when the daemon stops. */
  readonly signal: AbortSignal;
  memory(tenant: Tenant, protocol: Protocol): Memory;
  /**
   * Messages that this reader has not seen. For a round only those that it has to look for: what is
   * lost is left to the watch, and looked for when that is due.
   */
  pending(tenant: Tenant, protocol: Protocol, watch: boolean): readonly LookedForMessage[];
  /**
   * Messages to be removed now: every reader has seen them, or they have stayed long enough. Those in
   * Junk, and those of which there is only a report, are for the watch.
   * @param present tokens that were come across: of them also those that should be gone already
   */
  removable(tenant: Tenant, watch: boolean, present: readonly string[]): readonly string[];
  /** Whether the mailbox was full when its quota was last read. */
  full(tenant: Tenant): boolean;
  removed(tenant: Tenant, tokens: readonly string[]): void;
  /** Whether a message is due to be sent by the tenant's webmail, and that one was. */
  readonly posting: { due(tenant: Tenant): boolean; done(tenant: Tenant): void };
  began(tenant: Tenant, protocol: Protocol): void;
  ended(tenant: Tenant, protocol: Protocol): void;
  /** Takes a result: stores it, then announces it. */
  report(result: ProbeResult): void;
}
