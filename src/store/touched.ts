import type { MaintenanceRule } from '../domain/contract.ts';
import { changedTime, countedExclusions } from '../domain/exclusion.ts';
import { type Interval, union } from '../domain/interval.ts';
import type { FailureRun } from '../domain/ledger.ts';
import { type Reattribution, touchedTime } from '../domain/reattribution.ts';
import { entryStore } from './entries.ts';
import { exclusionStore } from './exclusions.ts';
import type { Connection } from './open.ts';
import { reattributionStore } from './reattributions.ts';

/** By what a tenant is judged, for finding out what new entries touch. */
export interface Judged {
  readonly tenant: string;
  readonly rule: MaintenanceRule;
  /** IANA zone of the contract's calendar years. */
  readonly zone: string;
  /** The time of judging, wall ms. */
  readonly until: number;
  /** The ledger's runs that touch an interval, of all protocols. */
  readonly runs: (within: Interval) => readonly FailureRun[];
}

/** How far around an instant runs are looked for, ms: a run that holds it may be long. */
const reach = 40 * 86_400_000;

/** Notices what people entered while the daemon runs. */
export function entryWatch(connection: Connection) {
  const entries = entryStore(connection);
  const exclusions = exclusionStore(connection);
  const reattributions = reattributionStore(connection);
  const between = connection.prepare(
    'SELECT DISTINCT tenant FROM entry WHERE id > ? AND id <= ? ORDER BY tenant',
  );

  function changedReattributions(tenant: string, since: number, upTo: number): Reattribution[] {
    return reattributions
      .list(tenant, upTo)
      .filter(({ id, withdrawn }) => id > since || (withdrawn !== null && withdrawn.id > since));
  }

  return {
    /** Id of the last entry of all; a daemon that has seen it has seen everything before it. */
    last: (): number => entries.last(),
    /** The last entry now, and the tenants that have entries after `since`. Cheap: ask every few seconds. */
    changes(since: number): { readonly last: number; readonly tenants: readonly string[] } {
      const last = entries.last();
      if (last <= since) return { last, tenants: [] };
      const rows = between.all(since, last) as { tenant: string }[];
      return { last, tenants: rows.map(({ tenant }) => tenant) };
    },
    /**
     * The time whose minutes may differ between what was entered up to `since` and up to `upTo`: sorted,
     * disjoint. Exact for exclusions: what a yearly cap shifts is in it, and what changes nothing is not.
     */
    touchedSince(since: number, judged: Judged, upTo: number = entries.last()): Interval[] {
      const { tenant, rule, zone, until } = judged;
      const ruling = (at: number) =>
        countedExclusions(rule, exclusions.list(tenant, at), zone, until);
      const changed = changedReattributions(tenant, since, upTo);
      const spoken = changed.flatMap((entry) =>
        touchedTime(judged.runs({ from: entry.instant - reach, to: entry.instant + reach }), [
          entry,
        ]),
      );
      return union([...changedTime(ruling(since), ruling(upTo)), ...spoken]);
    },
  };
}
