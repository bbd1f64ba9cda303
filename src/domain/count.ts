import { type Interval, lengthOf, minuteLength, minutesTouched } from './interval.ts';

/** Which calendar minutes a set of failure intervals takes, by the counting rule (measurement §4). */
export interface Counted {
  readonly unavailable: ReadonlySet<number>;
  readonly suspect: ReadonlySet<number>;
}

/**
 * Each certain interval of length D takes exactly `floor(D / 60 s)` minutes; each possible one of
 * length P may hold `floor(P / 60 s)`, those that its certain parts took included.
 * @param certain qualifying, united: sorted and disjoint
 * @param possible qualifying, united; every certain interval lies inside one of them
 */
export function countMinutes(certain: readonly Interval[], possible: readonly Interval[]): Counted {
  const unavailable = new Set<number>();
  const takenBy = new Map<Interval, number>();
  for (const interval of certain) {
    const taken = mostCovered(interval, unavailable).slice(0, minutesIn(interval));
    for (const minute of taken) unavailable.add(minute);
    takenBy.set(interval, taken.length);
  }
  const suspect = new Set<number>();
  const claimed = new Set(unavailable);
  for (const interval of possible) {
    const inside = certain.filter(
      (piece) => piece.from >= interval.from && piece.to <= interval.to,
    );
    const taken = inside.reduce((sum, piece) => sum + (takenBy.get(piece) ?? 0), 0);
    const more = Math.max(0, minutesIn(interval) - taken);
    for (const minute of mostCovered(interval, claimed).slice(0, more)) {
      suspect.add(minute);
      claimed.add(minute);
    }
  }
  return { unavailable, suspect };
}

function minutesIn(interval: Interval): number {
  return Math.floor(lengthOf(interval) / minuteLength);
}

/** The touched minutes that are still free, those covered most first; ties: the earlier. */
function mostCovered(interval: Interval, taken: ReadonlySet<number>): number[] {
  const covered = (minute: number) =>
    Math.min(interval.to, minute + minuteLength) - Math.max(interval.from, minute);
  return minutesTouched(interval)
    .filter((minute) => !taken.has(minute))
    .sort((a, b) => covered(b) - covered(a) || a - b);
}
