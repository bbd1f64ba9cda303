import type { Snapshot } from './assess/assess.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import { minuteLength, minuteOf, minutesTouched } from './domain/interval.ts';
import type { FailureRun } from './domain/ledger.ts';
import { type Depth, depths, type Protocol } from './domain/protocol.ts';
import type { ProbeResult } from './domain/result.ts';
import { protocolsOf, type Tenant } from './domain/tenant.ts';
import type { LandingState, LastAttempt, OpenRun, TenantState } from './web/state.ts';

const cellsShown = 60;

/** What the landing page shows: the last results, and the ledger's last snapshot. */
export function createOverview(
  tenants: readonly { readonly tenant: Tenant; readonly contract: Contract }[],
  clock: Clock,
  version: string,
) {
  const last = new Map<string, LastAttempt>();
  const delays = new Map<string, number>();
  const snapshots = new Map<string, Snapshot>();
  const key = (...parts: string[]) => parts.join(' ');

  function protocolState(tenant: Tenant, protocol: Protocol) {
    const snapshot = snapshots.get(tenant.name);
    const run = snapshot?.runs.findLast((one) => one.open && one.protocol === protocol);
    return {
      protocol,
      last: depths.flatMap((depth: Depth) => last.get(key(tenant.name, protocol, depth)) ?? []),
      delay: delays.get(key(tenant.name, protocol)) ?? null,
      run: snapshot && run ? openRun(run, snapshot) : null,
    };
  }

  function tenantState(tenant: Tenant, contract: Contract, now: number): TenantState {
    const snapshot = snapshots.get(tenant.name);
    const first = minuteOf(now) - (cellsShown - 1) * minuteLength;
    return {
      name: tenant.name,
      contract: { title: contract.title, target: contract.target },
      zone: tenant.zone,
      month: snapshot?.month ?? '',
      figures: snapshot?.figures ?? null,
      promises: snapshot?.verdicts.promises ?? [],
      unavailable: snapshot?.unavailable ?? false,
      protocols: protocolsOf(tenant).map((protocol) => protocolState(tenant, protocol)),
      minutes: Array.from({ length: cellsShown }, (_, index) => {
        const minute = first + index * minuteLength;
        return { minute, state: snapshot?.recent.get(minute) ?? null };
      }),
    };
  }

  return {
    observe(result: ProbeResult): void {
      const { tenant, protocol, depth, endedAt, failure } = result;
      last.set(key(tenant, protocol, depth), { depth, endedAt, failure });
    },
    delay(tenant: string, protocol: Protocol, milliseconds: number): void {
      delays.set(key(tenant, protocol), milliseconds);
    },
    judged(tenant: string, snapshot: Snapshot): void {
      snapshots.set(tenant, snapshot);
    },
    state(notices: readonly string[]): LandingState {
      const now = clock.wall();
      return {
        now,
        version,
        notices,
        tenants: tenants.map(({ tenant, contract }) => tenantState(tenant, contract, now)),
      };
    },
  };
}

function openRun(run: FailureRun, snapshot: Snapshot): OpenRun {
  const touched = new Set(run.certain.flatMap(minutesTouched));
  return {
    since: run.certain[0]?.from ?? run.possible.from,
    attempts: run.attempts,
    confirmed: run.confirmed,
    attribution: run.attribution,
    counted: [...touched].filter((minute) => snapshot.recent.get(minute) === 'unavailable').length,
  };
}
