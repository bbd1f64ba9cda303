import { openAssessor, type Snapshot } from './assess/assess.ts';
import { zoneOf } from './assess/case.ts';
import { type MessageSnapshot, openMessageLedger } from './assess/message-ledger.ts';
import { monthOf } from './domain/calendar.ts';
import type { ClaimDates } from './domain/claim.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import type { ProbeResult } from './domain/result.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger, logFate } from './log.ts';
import { watchClaims } from './metrics/claim.ts';
import { keepShare } from './schedule/share.ts';
import type { Connection } from './store/open.ts';
import { recordStore } from './store/records.ts';
import { keepUp, type Watched } from './upkeep.ts';

export interface JudgingPorts {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Writes what waits in memory; false while some of it is not on disk. May throw. */
  readonly flush: () => boolean;
  readonly judged: (tenant: Tenant, contract: Contract, snapshot: Snapshot) => void;
  readonly messages: (tenant: Tenant, snapshot: MessageSnapshot, now: number) => void;
  readonly claim: (tenant: Tenant, contract: Contract, claim: ClaimDates | null) => void;
}

const assessEvery = 5_000;
/** Results that come together are judged together, ms. */
const gathering = 100;
/** Judging takes at most this share of the time of one tenant: a run of weeks costs more at each look. */
const largestShare = 1 / 20;

/** Closes minutes as their evidence completes, judges anew what has changed, and tells of the outcome. */
export function startJudging(
  first: readonly Watched[],
  connection: Connection,
  { clock, logger, flush, judged, messages, claim }: JudgingPorts,
) {
  let watched = first;
  const failing = new Set<string>();
  const hurried = new Map<string, NodeJS.Timeout>();
  let stopping = false;
  const assessor = openAssessor(connection);
  const messageLedger = openMessageLedger(connection);
  const upkeep = keepUp(() => watched, connection, assessor, { clock, logger });
  const thrift = keepShare(clock, largestShare);
  const claimOf = watchClaims({
    read: (...month) => assessor.snapshot(...month),
    records: recordStore(connection).list,
  });

  function flushed(): boolean {
    try {
      return flush();
    } catch (error) {
      logger.error({ fault: describe(error) }, 'a result could not be announced');
      return false;
    }
  }

  function assessTenant(tenant: Tenant, contract: Contract): void {
    thrift.spend(tenant.name, () => judgeTenant(tenant, contract));
  }

  function judgeTenant(tenant: Tenant, contract: Contract): void {
    const now = clock.wall();
    try {
      const open = assessor.close(tenant, contract, now);
      const month = monthOf(now, zoneOf(tenant, contract));
      judged(tenant, contract, assessor.snapshot(tenant, contract, month, now, open));
      for (const change of messageLedger.settle(tenant, now)) logFate(logger, tenant.name, change);
      messages(tenant, messageLedger.snapshot(tenant, contract, month, now), now);
      claim(tenant, contract, claimOf(tenant, contract, now));
    } catch (error) {
      logger.error({ tenant: tenant.name, fault: describe(error) }, 'judging failed; tried again');
    }
  }

  function assess(isLast = false): void {
    // Evidence that is not on disk yet may still change what would be closed.
    if (!flushed()) return;
    for (const { tenant, contract } of watched)
      if (isLast || thrift.may(tenant.name)) assessTenant(tenant, contract);
  }

  /** A failure may be the one from which on a run counts, a success its end: neither waits for the next round. */
  function hurry(name: string): void {
    if (stopping || hurried.has(name)) return;
    const judge = () => {
      hurried.delete(name);
      const one = watched.find(({ tenant }) => tenant.name === name);
      if (one !== undefined && thrift.may(name) && flushed())
        assessTenant(one.tenant, one.contract);
    };
    hurried.set(name, setTimeout(judge, gathering));
  }

  function tick(): void {
    assess();
    upkeep.begin();
  }

  tick();
  const ticking = setInterval(tick, assessEvery);
  return {
    /** Takes a result that is stored. */
    observe({ tenant, protocol, failure }: ProbeResult): void {
      const key = `${tenant} ${protocol}`;
      const changes = failure !== null ? failing.add(key) : failing.delete(key);
      if (changes) hurry(tenant);
    },
    /** Judges these from now on. What was judged by other terms is judged anew, as at the start. */
    apply(next: readonly Watched[]): void {
      watched = next;
      tick();
    },
    /** Judges once more; nothing is written after it. */
    async stop(): Promise<void> {
      stopping = true;
      clearInterval(ticking);
      for (const timer of hurried.values()) clearTimeout(timer);
      await upkeep.settled();
      assess(true);
    },
  };
}
