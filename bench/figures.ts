import type { Comparison, MeasuredRound, Played } from './comparison.ts';
import type { MemoryFigures } from './processes/messages.ts';
import { type Reader, readers, type Side, type Variant } from './target.ts';

/** What is aimed for. */
export const aims = {
  /** CPU of ours / of the other side, medians. */
  ratio: { libraries: 1.05, beside: 1.2 },
  /** From the true arrival to our seeing it, integer ms; judged by the 90th percentile. */
  delay: 30,
};

export type Verdict = 'met' | 'MISSED';
const verdict = (met: boolean): Verdict => (met ? 'met' : 'MISSED');

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
  /** Of each side. */
  readonly rounds: number;
  readonly faults: readonly string[];
  /** Ours is the first. */
  readonly sides: readonly SideCost[];
  readonly ratios: readonly CpuRatio[];
}

export interface SideCost {
  readonly side: Side;
  /** Milliseconds. */
  readonly cpu: Spread;
  readonly wall: Spread;
  /** MiB. */
  readonly memory: Readonly<Record<keyof MemoryFigures, number>>;
}

/** CPU of ours / of the other side. */
export interface CpuRatio {
  readonly to: keyof typeof aims.ratio;
  /** Of the medians, and the median of the turns' own ratios. */
  readonly ratio: number;
  readonly pairedRatio: number;
  readonly aim: number;
  readonly verdict: Verdict;
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
  /** Null where it is not ours. */
  readonly verdict: Verdict | null;
}

const cpuOf = ({ cost }: MeasuredRound): number => (cost.user + cost.system) / 1000;

const mebi = (bytes: number): number => bytes / 2 ** 20;

function sideCost({ side, rounds, memory }: Played): SideCost {
  const { bare, resident, peak, heap } = memory;
  return {
    side,
    cpu: spreadOf(rounds.map(cpuOf)),
    wall: spreadOf(rounds.map(({ cost }) => cost.wall / 1000)),
    memory: { bare: mebi(bare), resident: mebi(resident), peak: mebi(peak), heap: mebi(heap) },
  };
}

function cpuRatio(ours: Played, { side, rounds }: Played): CpuRatio[] {
  if (side === 'ours') return [];
  const [mine, theirs] = [ours.rounds.map(cpuOf), rounds.map(cpuOf)];
  const ratio = spreadOf(mine).median / spreadOf(theirs).median;
  const paired = mine.map((cpu, turn) => cpu / (theirs[turn] ?? Number.NaN));
  const aim = aims.ratio[side];
  const pairedRatio = spreadOf(paired).median;
  return [{ to: side, ratio, pairedRatio, aim, verdict: verdict(ratio <= aim) }];
}

export function costFigures({ variant, played, faults }: Comparison): CostFigures {
  const [ours] = played;
  return {
    variant,
    rounds: ours?.rounds.length ?? 0,
    faults,
    sides: played.map(sideCost),
    ratios: ours === undefined ? [] : played.flatMap((other) => cpuRatio(ours, other)),
  };
}

/** Both ends are whole milliseconds of one clock, each read by another process. */
const rounding = 2;

/** Of the readers that this comparison has; empty where the truth is not known. */
export function delayFigures({ played }: Comparison): DelayFigures[] {
  return readers.flatMap((reader) => played.flatMap((one) => delayOf(one, reader)));
}

function delayOf({ side, rounds }: Played, reader: Reader): DelayFigures[] {
  const sights = rounds.flatMap((round) => sightOf(round, reader) ?? []);
  if (sights.length === 0) return [];
  const behind = sights.map((one) => one.firstSeen - one.arrivedAt);
  const spread = spreadOf(behind);
  return [
    {
      side,
      reader,
      rounds: sights.length,
      arrival: spreadOf(sights.map((one) => one.arrivedAt - one.acceptedAt)),
      reported: spreadOf(sights.map((one) => one.firstSeen - one.acceptedAt)),
      behind: spread,
      within: behind.filter((delay) => delay <= aims.delay).length,
      bracketed: sights.filter(
        ({ lastNotSeen, arrivedAt, firstSeen }) =>
          (lastNotSeen ?? 0) <= arrivedAt + rounding && arrivedAt <= firstSeen + rounding,
      ).length,
      verdict: side === 'ours' ? verdict(spread.p90 <= aims.delay) : null,
    },
  ];
}

function sightOf({ seen, arrivedAt, acceptedAt }: MeasuredRound, reader: Reader) {
  const one = seen[reader];
  if (one === undefined || arrivedAt === null || acceptedAt === null) return null;
  return { ...one, arrivedAt, acceptedAt };
}
