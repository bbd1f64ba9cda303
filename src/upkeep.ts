import { setImmediate as nextTurn } from 'node:timers/promises';
import type { openAssessor } from './assess/assess.ts';
import { zoneOf } from './assess/case.ts';
import type { Clock } from './domain/clock.ts';
import type { Contract } from './domain/contract.ts';
import type { Tenant } from './domain/tenant.ts';
import { describe, type Logger } from './log.ts';
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
  watched: readonly Watched[],
  connection: Connection,
  assessor: ReturnType<typeof openAssessor>,
  ports: { readonly clock: Clock; readonly logger: Logger },
) {
  const { clock, logger } = ports;
  const entries = entryWatch(connection);
  const ledger = ledgerStore(connection);
  const turn = () => nextTurn();
  let seen: number | null = null;
  let working: Promise<void> = Promise.resolve();
  let busy = false;

  /** Terms that changed while the daemon was down; what was entered meanwhile is judged with them. */
  async function catchUpWithTerms(): Promise<void> {
    for (const { tenant, contract } of watched) {
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
    const since = seen ?? 0;
    const { last, tenants } = entries.changes(since);
    // Everything up to the first look is judged again where it differs: entries made while nobody ran.
    for (const { tenant, contract } of watched) {
      if (!tenants.includes(tenant.name)) continue;
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
      if (changed > 0) logger.info({ tenant: tenant.name, changed }, 'judged anew: new entries');
    }
    seen = last;
  }

  async function seal(): Promise<void> {
    for (const { day, hash } of await sealFinishedDays(connection, clock.wall(), turn))
      logger.info({ day, hash }, 'the day’s results are sealed');
  }

  async function work(): Promise<void> {
    try {
      await catchUpWithTerms();
      await takeEntries();
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
