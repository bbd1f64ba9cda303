import type { Comparison, MeasuredRound } from './comparison.ts';
import { type Reader, readers, type Side, type Variant } from './target.ts';

/** What is aimed for. */
export const aims = {
  /** CPU of ours / of the libraries, medians. */
  ratio: 1.3,
  /** From the true arrival to our seeing it, integer ms; judged by the 90th percentile. */
  delay: 30,
};

export interface Spread {
  readonly min: number;
  readonly median: number;
  readonly p90: number;
  readonly max: number;
}

/** Nearest-rank quantiles; the median of an even number is the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((one, other) => one - other);
  const at = (rank: number): number => sorted[Math.max(0, rank)] ?? Number.NaN;
  const half = sorted.length / 2;
  return {
    min: at(0),
    median: (at(Math.ceil(half) - 1) + at(Math.floor(half))) / 2,
    p90: at(Math.ceil(sorted.length * 0.9) - 1),
    max: at(sorted.length - 1),
  };
}

export interface CostFigures {
  readonly variant: Variant;
  readonly pairs: number;
  readonly faults: readonly string[];
  /** Milliseconds. */
  readonly cpu: Readonly<Record<Side, Spread>>;
  readonly wall: Readonly<Record<Side, Spread>>;
  /** Of the medians, and its median over the pairs. */
  readonly ratio: number;
  readonly pairedRatio: number;
  /** MiB. */
  readonly memory: Readonly<
    Record<Side, Readonly<Record<keyof Comparison['memory']['ours'], number>>>
  >;
}

export interface DelayFigures {
  readonly side: Side;
  readonly reader: Reader;
  readonly rounds: number;
  /** All in ms. 250 → the message's file is there. */
  readonly arrival: Spread;
  /** 250 → seen: what is reported as the delay. */
  readonly reported: Spread;
  /** The file is there → seen. */
  readonly behind: Spread;
  /** Rounds whose `behind` is within the aim. */
  readonly within: number;
  /** Rounds in which the file appeared within (last not seen, first seen], to 2 ms. */
  readonly bracketed: number;
}

const cpuOf = ({ cost }: MeasuredRound): number => (cost.user + cost.system) / 1000;

function bothSides<T>(of: (side: Side) => T): Readonly<Record<Side, T>> {
  return { ours: of('ours'), libraries: of('libraries') };
}

export function costFigures({ variant, pairs, faults, memory }: Comparison): CostFigures {
  const cpu = bothSides((side) => spreadOf(pairs.map((pair) => cpuOf(pair[side]))));
  const mebi = (bytes: number): number => bytes / 2 ** 20;
  return {
    variant,
    pairs: pairs.length,
    faults,
    cpu,
    wall: bothSides((side) => spreadOf(pairs.map((pair) => pair[side].cost.wall / 1000))),
    ratio: cpu.ours.median / cpu.libraries.median,
    pairedRatio: spreadOf(pairs.map(({ ours, libraries }) => cpuOf(ours) / cpuOf(libraries)))
      .median,
    memory: bothSides((side) => {
      const { bare, resident, peak, heap } = memory[side];
      return { bare: mebi(bare), resident: mebi(resident), peak: mebi(peak), heap: mebi(heap) };
    }),
  };
}

/** Both ends are whole milliseconds of one clock, each read by another process. */
const rounding = 2;

/** Of the readers that this comparison has; empty where the truth is not known. */
export function delayFigures({ pairs }: Comparison): DelayFigures[] {
  const sides: readonly Side[] = ['ours', 'libraries'];
  return readers.flatMap((reader) =>
    sides.flatMap((side) => {
      const rounds = pairs.flatMap((pair) => sightOf(pair[side], reader) ?? []);
      if (rounds.length === 0) return [];
      return {
        side,
        reader,
        rounds: rounds.length,
        arrival: spreadOf(rounds.map((one) => one.arrivedAt - one.acceptedAt)),
        reported: spreadOf(rounds.map((one) => one.firstSeen - one.acceptedAt)),
        behind: spreadOf(rounds.map((one) => one.firstSeen - one.arrivedAt)),
        within: rounds.filter((one) => one.firstSeen - one.arrivedAt <= aims.delay).length,
        bracketed: rounds.filter(
          ({ lastNotSeen, arrivedAt, firstSeen }) =>
            (lastNotSeen ?? 0) <= arrivedAt + rounding && arrivedAt <= firstSeen + rounding,
        ).length,
      };
    }),
  );
}

function sightOf({ seen, arrivedAt, acceptedAt }: MeasuredRound, reader: Reader) {
  const one = seen[reader];
  if (one === undefined || arrivedAt === null || acceptedAt === null) return null;
  return { ...one, arrivedAt, acceptedAt };
}
