import { setImmediate as nextTurn } from 'node:timers/promises';
import type { openAssessor } from './assess/assess.ts';
import { zoneOf } from './assess/case.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import type { Interval } from './domain/interval.ts';
import { contextBefore } from './domain/judge.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';
import { incidentStore } from './store/incidents.ts';
import { ledgerStore } from './store/ledger.ts';
import type { Connection } from './store/open.ts';
import { sealFinishedDays } from './store/seal.ts';
import { entryWatch } from './store/touched.ts';

export interface Watched {
  readonly tenant: Tenant;
  readonly contract: Contract;
}

/** What the daemon does besides probing: judges anew what people or terms have changed, and seals days. */
export function keepUp(
  watched: () => readonly Watched[],
  connection: Connection,
  assessor: ReturnType<typeof openAssessor>,
  ports: { readonly clock: Clock; readonly logger: Logger },
) {
  const { clock, logger } = ports;
  const entries = entryWatch(connection);
  const ledger = ledgerStore(connection);
  const incidents = incidentStore(connection);
  const turn = () => nextTurn();
  /** The last entry that a tenant was judged with, by tenant and contract. */
  const seen = new Map<string, number>();
  // Those of the last run too: it may have ended before it judged anew.
  let seenIncident = incidents.startBefore();
  /** Blind times that the closed minutes of a tenant still have to be judged anew with, likewise. */
  const blindTimes = new Map<string, Interval[]>();
  const keyOf = ({ tenant, contract }: Watched) => `${tenant.name} ${contract.name}`;
  let working: Promise<void> = Promise.resolve();
  let busy = false;

  /** Terms that changed while the daemon was down; what was entered meanwhile is judged with them. */
  async function catchUpWithTerms(): Promise<void> {
    for (const { tenant, contract } of watched()) {
      const now = clock.wall();
      if (!assessor.isOutdated(tenant, contract)) continue;
      const cause = 'the terms changed';
      const whole = { from: -Infinity, to: Infinity };
      const { changed } = await assessor.rejudge(tenant, contract, whole, { now, cause, turn });
      assessor.acceptTerms(tenant, contract);
      logger.info({ tenant: tenant.name, changed }, 'judged anew: the terms changed');
    }
  }

  /** What people entered since: exclusions move the marks, attributions are judged anew. */
  async function takeEntries(): Promise<void> {
    const known = new Map<number, ReturnType<typeof entries.changes>>();
    for (const { tenant, contract } of watched()) {
      // Everything up to the first look is judged again where it differs: entries made while nobody watched.
      const key = keyOf({ tenant, contract });
      const since = seen.get(key) ?? 0;
      const { last, tenants } = known.get(since) ?? entries.changes(since);
      known.set(since, { last, tenants });
      if (!tenants.includes(tenant.name)) {
        seen.set(key, last);
        continue;
      }
      const now = clock.wall();
      const touched = entries.touchedSince(since, {
        tenant: tenant.name,
        rule: contract.maintenance,
        zone: zoneOf(tenant, contract),
        until: now,
        runs: (within) => ledger.runs(tenant.name, contract.name, within),
      });
      let changed = 0;
      for (const within of touched) {
        const cause = `entries ${since + 1} to ${last}`;
        changed += (await assessor.rejudge(tenant, contract, within, { now, cause, turn })).changed;
      }
      seen.set(key, last);
      if (changed > 0) logger.info({ tenant: tenant.name, changed }, 'judged anew: new entries');
    }
  }

  /**
   * A clock that goes back makes minutes blind that are closed already. They are judged anew when the
   * ledger has passed them again, so that all evidence that bears on them is there.
   */
  async function takeIncidents(): Promise<void> {
    for (const { id, from, to } of incidents.blindSince(seenIncident)) {
      for (const key of watched().map(keyOf))
        blindTimes.set(key, [...(blindTimes.get(key) ?? []), { from, to }]);
      seenIncident = id;
    }
    for (const one of watched()) {
      const { tenant, contract } = one;
      const times = blindTimes.get(keyOf(one)) ?? [];
      const until = ledger.progress(tenant.name, contract.name)?.closedUntil ?? -Infinity;
      const reach = contextBefore(contract);
      for (const time of times.filter(({ to }) => to + reach <= until)) {
        times.splice(times.indexOf(time), 1);
        const within = { from: time.from - reach, to: time.to + reach };
        const options = { now: clock.wall(), cause: 'the clock or the process stood wrong', turn };
        const { changed } = await assessor.rejudge(tenant, contract, within, options);
        if (changed > 0) logger.info({ tenant: tenant.name, changed }, 'judged anew: blind time');
      }
    }
  }

  async function seal(): Promise<void> {
    for (const { day, hash } of await sealFinishedDays(connection, clock.wall(), turn))
      logger.info({ day, hash }, 'the day’s results are sealed');
  }

  async function work(): Promise<void> {
    try {
      await catchUpWithTerms();
      await takeEntries();
      await takeIncidents();
      await seal();
    } catch (error) {
      logger.error({ fault: describe(error) }, 'upkeep failed; tried again');
    }
  }

  return {
    /** Begins a turn of upkeep, unless one is under way. */
    begin(): void {
      if (busy) return;
      busy = true;
      working = work().finally(() => {
        busy = false;
      });
    },
    /** Resolves when the turn under way is over. */
    settled: (): Promise<void> => working,
  };
}
