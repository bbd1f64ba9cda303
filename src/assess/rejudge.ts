import { monthFinder } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { type Interval, minuteLength, minuteOf } from '../domain/interval.ts';
import type { FailureRun, MinuteState } from '../domain/ledger.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type LedgerMinute, ledgerStore } from '../store/ledger.ts';
import type { Connection } from '../store/open.ts';
import { revisionStore } from '../store/revisions.ts';
import { termsOf, zoneOf } from './case.ts';
import type { Pieces } from './pieces.ts';

/** What a new judging came to. */
export interface Rejudged {
  /** Whole minutes that were judged anew; null when nothing of it is closed yet. */
  readonly stretch: Interval | null;
  /** Minutes that have another state than before. */
  readonly changed: number;
}

/** Judges closed minutes anew, from the same evidence, by the same judge. */
export function openRejudge(connection: Connection, pieces: Pieces) {
  const ledger = ledgerStore(connection);
  const revisions = revisionStore(connection);

  /** Moves a boundary back until no run crosses it: slicing there changes nothing. */
  function quietBefore(tenant: Tenant, contract: Contract, instant: number, least: number): number {
    let at = minuteOf(instant);
    for (let steps = 0; steps < 1_000 && at > least; steps++) {
      const crossing = ledger
        .runs(tenant.name, contract.name, { from: at, to: at })
        .filter(({ possible }) => possible.from < at && possible.to >= at);
      if (crossing.length === 0) break;
      at = minuteOf(Math.min(...crossing.map(({ possible }) => possible.from)));
    }
    return Math.max(at, least);
  }

  /**
   * Judges a stretch of the ledger anew, widened to where no run crosses its beginning. Gives the same
   * ledger, byte for byte, unless terms, exclusions or attributions have changed since.
   * @param turn gives way to others between the slices
   */
  async function rejudge(
    tenant: Tenant,
    contract: Contract,
    within: Interval,
    options: { readonly now: number; readonly cause: string; readonly turn: () => Promise<void> },
  ): Promise<Rejudged> {
    const progress = ledger.progress(tenant.name, contract.name);
    if (progress === null) return { stretch: null, changed: 0 };
    const { closedFrom, closedUntil } = progress;
    const from = quietBefore(tenant, contract, Math.max(within.from, closedFrom), closedFrom);
    const end = Math.min(closedUntil, Math.ceil(within.to / minuteLength) * minuteLength);
    if (from >= end) return { stretch: null, changed: 0 };
    const monthOf = monthFinder(zoneOf(tenant, contract));
    let changed = 0;
    let until = from;
    for (const piece of pieces(tenant, contract, { from, to: end }, options.now)) {
      if (piece !== null) {
        until = piece.final ? Math.min(piece.stretch.to, end) : piece.stretch.from;
        const stretch = { from: piece.stretch.from, to: until };
        changed += revisions.revise({
          tenant: tenant.name,
          contract: contract.name,
          stretch,
          monthOf,
          cause: options.cause,
          revisedAt: options.now,
          minutes: ledgerMinutes(piece),
          runs: endedWithin(piece.runs, stretch),
        });
        if (until >= end) break;
      }
      await options.turn();
    }
    return { stretch: { from, to: until }, changed };
  }

  return {
    rejudge,
    /** True when the ledger was judged by other terms than these. */
    isOutdated(tenant: Tenant, contract: Contract): boolean {
      const progress = ledger.progress(tenant.name, contract.name);
      return progress !== null && progress.terms !== termsOf(tenant, contract);
    },
    /** To be called when everything is judged by the present terms. */
    acceptTerms: (tenant: Tenant, contract: Contract): void =>
      revisions.setTerms(tenant.name, contract.name, termsOf(tenant, contract)),
  };
}

/** States with and without exclusions, side by side. */
export function ledgerMinutes(judgement: {
  readonly minutes: ReadonlyMap<number, MinuteState>;
  readonly bare: ReadonlyMap<number, MinuteState>;
}): Map<number, LedgerMinute> {
  const pairs = new Map<number, LedgerMinute>();
  for (const [minute, state] of judgement.minutes) {
    const bare = judgement.bare.get(minute) ?? state;
    const isPlain = state === 'available' && bare === 'available';
    pairs.set(minute, isPlain ? plain : { state, bare });
  }
  return pairs;
}

/** Most minutes are this. */
const plain: LedgerMinute = { state: 'available', bare: 'available' };

/** The runs that ended in a stretch: a run is written with the minutes of its end. */
export function endedWithin(runs: readonly FailureRun[], { from, to }: Interval): FailureRun[] {
  return runs.filter(({ open, possible }) => !open && possible.to >= from && possible.to < to);
}
