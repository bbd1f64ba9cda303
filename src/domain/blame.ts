import { attributionOf, type Grounds } from './attribution.ts';
import { withMissingRoutes } from './control.ts';
import { changedAround } from './dns.ts';
import type { ProvenFailure } from './evidence.ts';
import type { Interval } from './interval.ts';
import type { Attribution } from './ledger.ts';

/** Failures of one protocol, by `from`, at least one, and what they allow. */
interface Row {
  readonly failures: readonly ProvenFailure[];
  /** More failure than this is impossible. */
  readonly possible: Interval;
  /** True while no success has ended it. */
  readonly open: boolean;
}

/** The part of a row that is one party's. */
export interface Share extends Row {
  readonly attribution: Attribution;
  /**
   * The failures that prove this party's part, in sequences that no failure of another cause interrupts:
   * from one sequence to the next nothing is proven in between.
   */
  readonly proven: readonly (readonly ProvenFailure[])[];
}

interface Attributed {
  readonly failure: ProvenFailure;
  readonly attribution: Attribution;
}

/**
 * Divides a row of failures: a share for every stretch of it in which the way was shut, and one for all
 * the rest. A local stretch proves nothing of the provider and clears it of nothing, so what is possible
 * for the rest stays the whole row. What the provider shares with others is blamed on the provider, but
 * proven only by the failures that were its own.
 */
export function sharesOf(row: Row, grounds: Grounds): Share[] {
  const seen = { ...grounds, ways: withMissingRoutes(grounds.ways, row.failures) };
  const attributed = row.failures.map((failure) => ({
    failure,
    attribution: attributionOf(failure, seen),
  }));
  const shares = localStretches(row, attributed);
  const rest = attributed.filter(({ attribution }) => attribution !== 'local');
  const first = rest[0];
  if (first === undefined) return shares;
  const isProvider = rest.some(({ attribution }) => attribution === 'provider');
  const blamed = isProvider ? 'provider' : first.attribution;
  const since = { from: first.failure.from, to: row.possible.to };
  const byDomain = isProvider && changedAround(since, grounds.domainChanges);
  shares.push({
    ...row,
    failures: rest.map(({ failure }) => failure),
    attribution: byDomain ? 'customer' : blamed,
    proven: sequencesOf(attributed, (attribution) => attribution === blamed),
  });
  return shares;
}

/** Each stretch reaches from the last evidence of another kind before it to the next one after it. */
function localStretches(row: Row, attributed: readonly Attributed[]): Share[] {
  const others = attributed.filter(({ attribution }) => attribution !== 'local');
  const stretches = sequencesOf(attributed, (attribution) => attribution === 'local');
  return stretches.map((failures) => {
    const start = (failures[0] as ProvenFailure).from;
    const end = failures.reduce((latest, { to }) => Math.max(latest, to), start);
    let { from, to } = row.possible;
    for (const { failure } of others) {
      if (failure.to <= start) from = Math.max(from, failure.to);
      if (failure.from >= end) to = Math.min(to, failure.from);
    }
    return {
      failures,
      possible: { from, to },
      open: row.open && to === row.possible.to,
      attribution: 'local',
      proven: [failures],
    };
  });
}

/** The longest sequences of neighbours that belong together. */
function sequencesOf(
  attributed: readonly Attributed[],
  belongs: (attribution: Attribution) => boolean,
): ProvenFailure[][] {
  const sequences: ProvenFailure[][] = [];
  let current: ProvenFailure[] | null = null;
  for (const { failure, attribution } of attributed) {
    if (!belongs(attribution)) {
      current = null;
      continue;
    }
    if (current === null) {
      current = [];
      sequences.push(current);
    }
    current.push(failure);
  }
  return sequences;
}
