import type { MemoryFigures, PlayedRound } from './processes/messages.ts';
import type { Watcher } from './processes/watcher-handle.ts';
import { Worker } from './processes/worker-handle.ts';
import type { Side, Target, Variant } from './target.ts';

/** A round and when its message was in truth in the mailbox: wall ms, null if nobody saw. */
export interface MeasuredRound extends PlayedRound {
  readonly arrivedAt: number | null;
}

type Pair = Readonly<Record<Side, MeasuredRound>>;

export interface Comparison {
  readonly variant: Variant;
  /** Only pairs in which both rounds did all that was asked. */
  readonly pairs: readonly Pair[];
  /** What went wrong in the other pairs. */
  readonly faults: readonly string[];
  readonly memory: Readonly<Record<Side, MemoryFigures>>;
}

export interface Plan {
  readonly rounds: number;
  readonly warmup: number;
  readonly profile: string | null;
  readonly progress: (text: string) => void;
}

/** Plays one variant, ours and theirs in turn, so that what disturbs one disturbs the other. */
export async function compare(
  variant: Variant,
  target: Target,
  watcher: Watcher,
  plan: Plan,
): Promise<Comparison> {
  const ours = await Worker.begin('ours', variant, target, plan.profile);
  const libraries = await Worker.begin('libraries', variant, target, null);
  try {
    const pairs: Pair[] = [];
    const faults: string[] = [];
    for (let round = -plan.warmup; round < plan.rounds; round += 1) {
      plan.progress(`${variant}: round ${round + 1} of ${plan.rounds}`);
      const pair = {
        ours: await measured(ours, watcher),
        libraries: await measured(libraries, watcher),
      };
      const found = faultsOf(pair);
      if (round < 0) continue;
      if (found.length === 0) pairs.push(pair);
      else faults.push(...found);
    }
    const memory = { ours: await ours.memory(), libraries: await libraries.memory() };
    return { variant, pairs, faults, memory };
  } finally {
    await Promise.all([ours.end(), libraries.end()]);
  }
}

async function measured(worker: Worker, watcher: Watcher): Promise<MeasuredRound> {
  const round = await worker.round();
  return { ...round, arrivedAt: watcher.arrivalOf(round.token) };
}

function faultsOf(pair: Pair): string[] {
  return Object.entries(pair).flatMap(([side, { fault }]) =>
    fault === null ? [] : [`${side}: ${fault}`],
  );
}
