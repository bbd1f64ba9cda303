import type { ClaimDates } from '../domain/claim.ts';
import type { Ratio } from '../domain/contract.ts';
import { type MinuteCount, type MinuteState, minuteStates } from '../domain/ledger.ts';
import type { Families } from './families.ts';
import { type Bounds, budgetOf, creditOf } from './month.ts';
import type { LedgerSnapshot, PublishedTerms } from './observation.ts';
import { writePromises } from './promises.ts';
import type { SeriesMemory } from './series.ts';
import type { Labels } from './shards.ts';

/** Writes what the ledger says of configured tenants. */
export class LedgerSeries {
  readonly #families: Families;
  readonly #series: SeriesMemory;
  readonly #closed = new Map<string, MinuteCount>();

  constructor(families: Families, series: SeriesMemory) {
    this.#families = families;
    this.#series = series;
  }

  /** The tenant's counters begin anew. */
  forget(isGone: (tenant: string) => boolean): void {
    for (const name of this.#closed.keys()) if (isGone(name)) this.#closed.delete(name);
  }

  write(tenant: string, terms: PublishedTerms, snapshot: LedgerSnapshot): void {
    const { figures, closedMinutes, unavailable, verdicts } = snapshot;
    const { periodMinutes, bareMinutes, unwatched } = this.#families;
    const owner = { tenant, contract: terms.name };
    const bare = (verdicts.withoutExclusions ?? figures).minutes;
    const before = this.#closed.get(tenant);
    this.#closed.set(tenant, closedMinutes);
    for (const state of minuteStates) {
      this.#setClosed(tenant, state, before?.[state] ?? 0, closedMinutes[state]);
      this.#series.set(periodMinutes, { ...owner, state }, figures.minutes[state]);
      this.#series.set(bareMinutes, { ...owner, state }, bare[state]);
    }
    this.#series.set(unwatched, owner, snapshot.unwatched);
    this.#writeMonth(owner, terms, snapshot);
    writePromises({ families: this.#families, series: this.#series }, owner, snapshot);
    this.#series.set(this.#families.unavailable, { tenant }, unavailable ? 1 : 0);
  }

  /** What the contract makes of the minutes. Where it states nothing, there is no series: 0 would be a statement. */
  #writeMonth(owner: Labels, terms: PublishedTerms, { figures }: LedgerSnapshot): void {
    const { availability, target, budget, credit } = this.#families;
    const shares = creditOf(terms, figures);
    const series = this.#series;
    series.replace(
      availability,
      owner,
      byBound({ proven: shareOf(figures.upper), possible: shareOf(figures.lower) }),
    );
    series.replace(
      target,
      owner,
      terms.target ? [{ labels: {}, value: shareOf(terms.target) }] : [],
    );
    series.replace(budget, owner, byBound(budgetOf(terms.target, figures)));
    series.replace(
      credit,
      owner,
      byBound({
        proven: shares.proven && shareOf(shares.proven),
        possible: shares.possible && shareOf(shares.possible),
      }),
    );
  }

  /** The runs that are open now. */
  writeRuns(tenant: string, runs: LedgerSnapshot['runs']): void {
    const series = runs.map(({ protocol, attribution, depth }) => ({
      labels: { protocol, attribution, depth },
      value: 1,
    }));
    this.#series.replace(this.#families.openRun, { tenant }, series);
  }

  writeClaim(tenant: string, contract: string, claim: ClaimDates | null): void {
    const { claimOpens, claimLapses } = this.#families;
    const series = (instant: number | undefined) =>
      instant === undefined ? [] : [{ labels: {}, value: instant / 1000 }];
    this.#series.replace(claimOpens, { tenant, contract }, series(claim?.opensAt));
    this.#series.replace(claimLapses, { tenant, contract }, series(claim?.lapsesAt));
  }

  /** The library's counters only grow: a count that shrank begins anew. */
  #setClosed(tenant: string, state: MinuteState, before: number, now: number): void {
    const labels = { tenant, state };
    if (now < before) this.#series.remove(this.#families.minutes, labels);
    this.#series.add(this.#families.minutes, labels, now < before ? now : now - before);
  }
}

function byBound(bounds: Bounds<number | null> | null) {
  return Object.entries(bounds ?? {}).flatMap(([bound, value]) =>
    value === null ? [] : [{ labels: { bound }, value }],
  );
}

function shareOf({ numerator, denominator }: Ratio): number {
  return numerator / denominator;
}
