import { type Entry, standing } from './entry.ts';
import { type Interval, union } from './interval.ts';
import type { Attribution, FailureRun } from './ledger.ts';
import type { Protocol } from './protocol.ts';

/** A person's word on whose fault a failure run was: an added entry, the evidence stays as it is. */
export interface Reattribution extends Entry {
  /** Address, of a tenant with several mailboxes; left out: whichever failed then. */
  readonly mailbox?: string;
  readonly protocol: Protocol;
  /** Wall ms inside the run's possible interval; its start, as the ledger shows it, is one. */
  readonly instant: number;
  readonly attribution: Attribution;
}

/** A run with the attribution that holds, and how it came about. */
export interface AttributedRun extends FailureRun {
  /** What the evidence says by itself. */
  readonly evidentAttribution: Attribution;
  /** The entry that `attribution` comes from; null: from the evidence. */
  readonly reattribution: Reattribution | null;
}

/** By what it is told which run an entry speaks of. */
export type Spoken = Pick<Reattribution, 'mailbox' | 'protocol' | 'instant'>;

/** True when the entry speaks of this run; a boundary belongs to the run that begins there. */
export function speaksOf(
  entry: Spoken,
  run: Pick<FailureRun, 'protocol' | 'possible' | 'mailbox'>,
): boolean {
  const { from, to } = run.possible;
  if (entry.protocol !== run.protocol) return false;
  // A run from before there were several names none: it is of the only one.
  const { mailbox } = entry;
  if (mailbox !== undefined && (run.mailbox ?? mailbox) !== mailbox) return false;
  return entry.instant === from || (entry.instant >= from && entry.instant < to);
}

/** Applies the entries that stand; of several that speak of one run, the last entered holds. */
export function reattribute(
  runs: readonly FailureRun[],
  entries: readonly Reattribution[],
): AttributedRun[] {
  const inOrder = standing(entries).sort((a, b) => a.id - b.id);
  return runs.map((run) => {
    const reattribution = inOrder.findLast((entry) => speaksOf(entry, run)) ?? null;
    return {
      ...run,
      attribution: reattribution?.attribution ?? run.attribution,
      evidentAttribution: run.attribution,
      reattribution,
    };
  });
}

/**
 * The time whose minutes may change when these entries come or go: the possible intervals of the runs
 * that they speak of, widened to everything that overlaps them, since counting unites runs.
 * @param runs of all protocols of the tenant, from well before to well after
 */
export function touchedTime(runs: readonly FailureRun[], entries: readonly Spoken[]): Interval[] {
  const spoken = runs.filter((run) => entries.some((entry) => speaksOf(entry, run)));
  return union(runs.map(({ possible }) => possible)).filter(({ from, to }) =>
    spoken.some(({ possible }) => possible.from >= from && possible.to <= to),
  );
}
