import type { Snapshot } from './assess/assess.ts';
import type { MessageSnapshot } from './assess/message-ledger.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import { minuteLength, minuteOf, minutesTouched } from './domain/interval.ts';
import type { FailureRun } from './domain/ledger.ts';
import { type Depth, depths, type Protocol } from './domain/protocol.ts';
import { fullest } from './domain/quota.ts';
import type { ProbeResult, Quota } from './domain/result.ts';
import { mailboxesOf, protocolsOf, type Tenant } from './domain/tenant.ts';
import type { LandingState, LastAttempt, OpenRun, TenantState } from './web/state.ts';

const cellsShown = 60;

interface Shown {
  readonly tenant: Tenant;
  readonly contract: Contract;
}

/** What the landing page shows: the last results, and the ledger's last snapshot. */
export function createOverview(first: readonly Shown[], clock: Clock, version: string) {
  let tenants = first;
  const last = new Map<string, Map<string, LastAttempt>>();
  const delays = new Map<string, Map<string, number>>();
  const snapshots = new Map<string, Snapshot>();
  const messages = new Map<string, MessageSnapshot>();
  const quotas = new Map<string, readonly Quota[]>();

  /** What is remembered of a tenant; nothing of one that is not shown (any more). */
  function remember<T>(memory: Map<string, Map<string, T>>, tenant: string, key: string, value: T) {
    if (!tenants.some((one) => one.tenant.name === tenant)) return;
    const own = memory.get(tenant) ?? new Map<string, T>();
    memory.set(tenant, own.set(key, value));
  }

  /** Of the mailbox that fails, if one does; else of the one that was tried last. */
  function lastOf(tenant: Tenant, protocol: Protocol, depth: Depth): LastAttempt | undefined {
    const own = last.get(tenant.name);
    const mailboxes = ['', ...mailboxesOf(tenant).map(({ address }) => address)];
    const all = mailboxes.flatMap((one) => own?.get(`${protocol} ${depth} ${one}`) ?? []);
    const failed = all.filter(({ failure }) => failure !== null);
    const shown = failed.length > 0 ? failed : all;
    return shown.toSorted((a, b) => a.endedAt - b.endedAt).at(-1);
  }

  function protocolState(tenant: Tenant, protocol: Protocol) {
    const snapshot = snapshots.get(tenant.name);
    const open = snapshot?.runs.filter((one) => one.open && one.protocol === protocol) ?? [];
    const runs = snapshot ? open.map((run) => openRun(run, snapshot)) : [];
    return {
      protocol,
      last: depths.flatMap((depth: Depth) => lastOf(tenant, protocol, depth) ?? []),
      delay: delays.get(tenant.name)?.get(protocol) ?? null,
      run: runs.at(-1) ?? null,
      ...(runs.length > 1 && { others: runs.slice(0, -1) }),
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
      messages: messages.get(tenant.name) ?? null,
      quota: fullest(quotas.get(tenant.name) ?? []),
      minutes: Array.from({ length: cellsShown }, (_, index) => {
        const minute = first + index * minuteLength;
        return { minute, state: snapshot?.recent.get(minute) ?? null };
      }),
    };
  }

  return {
    /** Shows these from now on; what it knows of others is forgotten. */
    apply(next: readonly Shown[]): void {
      const names = new Set(next.map(({ tenant }) => tenant.name));
      for (const memory of [last, delays, snapshots, messages, quotas])
        for (const name of memory.keys()) if (!names.has(name)) memory.delete(name);
      for (const { tenant, contract } of next)
        if (tenants.find((one) => one.tenant.name === tenant.name)?.contract.name !== contract.name)
          snapshots.delete(tenant.name);
      tenants = next;
    },
    observe(result: ProbeResult): void {
      const { tenant, protocol, depth, endedAt, failure, mailbox = '' } = result;
      remember(last, tenant, `${protocol} ${depth} ${mailbox}`, { depth, endedAt, failure });
    },
    delay(tenant: string, protocol: Protocol, milliseconds: number): void {
      remember(delays, tenant, protocol, milliseconds);
    },
    messages(tenant: string, snapshot: MessageSnapshot): void {
      messages.set(tenant, snapshot);
    },
    quota(tenant: string, told: readonly Quota[]): void {
      quotas.set(tenant, told);
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
    ...(run.mailbox !== undefined && { mailbox: run.mailbox }),
    since: run.certain[0]?.from ?? run.possible.from,
    attempts: run.attempts,
    confirmed: run.confirmed,
    attribution: run.attribution,
    counted: [...touched].filter((minute) => snapshot.recent.get(minute) === 'unavailable').length,
  };
}
