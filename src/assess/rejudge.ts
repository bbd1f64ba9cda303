import { monthOf } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import { type Interval, minuteLength, minuteOf } from '../domain/interval.ts';
import { judge } from '../domain/judge.ts';
import type { MinuteState } from '../domain/ledger.ts';
import type { Tenant } from '../domain/tenant.ts';
import { type LedgerMinute, ledgerStore } from '../store/ledger.ts';
import type { Connection } from '../store/open.ts';
import { revisionStore } from '../store/revisions.ts';
import { type Cases, termsOf, zoneOf } from './case.ts';

/** So much is judged at once, ms; memory is bounded by it. */
const sliceLength = 24 * 60 * minuteLength;

/** What a new judging came to. */
export interface Rejudged {
  /** Whole minutes that were judged anew; null when nothing of it is closed yet. */
  readonly stretch: Interval | null;
  /** Minutes that have another state than before. */
  readonly changed: number;
}

/** Judges closed minutes anew, from the same evidence, by the same judge. */
export function openRejudge(connection: Connection, cases: Cases) {
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

  function* slices(tenant: Tenant, contract: Contract, from: number, end: number, now: number) {
    let length = sliceLength;
    for (let at = from; at < end; ) {
      const to = Math.min(at + length, now);
      const judgement = judge(cases.caseOf(tenant, contract, { from: at, to }, to === now));
      const until = Math.min(judgement.finalUntil, end);
      if (until <= at && to < now) {
        length += sliceLength;
        continue;
      }
      yield { judgement, stretch: { from: at, to: Math.max(until, at) } };
      if (until <= at) return;
      at = until;
      length = sliceLength;
    }
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
    let changed = 0;
    let until = from;
    for (const { judgement, stretch } of slices(tenant, contract, from, end, options.now)) {
      changed += revisions.revise({
        ...revisionOf(tenant, contract, stretch, options),
        minutes: ledgerMinutes(judgement),
        runs: judgement.runs.filter(
          ({ open, possible }) => !open && possible.to >= stretch.from && possible.to < stretch.to,
        ),
      });
      until = stretch.to;
      await options.turn();
    }
    return { stretch: { from, to: until }, changed };
  }

  function revisionOf(
    tenant: Tenant,
    contract: Contract,
    stretch: Interval,
    options: { readonly now: number; readonly cause: string },
  ) {
    const zone = zoneOf(tenant, contract);
    return {
      tenant: tenant.name,
      contract: contract.name,
      stretch,
      monthOf: (minute: number) => monthOf(minute, zone),
      cause: options.cause,
      revisedAt: options.now,
    };
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
  return new Map(
    [...judgement.minutes].map(([minute, state]) => [
      minute,
      { state, bare: judgement.bare.get(minute) ?? state },
    ]),
  );
}
