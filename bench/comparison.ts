import { join } from 'node:path';
import type { MemoryFigures, PlayedRound } from './processes/messages.ts';
import type { Watcher } from './processes/watcher-handle.ts';
import { Worker } from './processes/worker-handle.ts';
import { type Side, sides, type Target, type Variant } from './target.ts';

/** A round and when its message was in truth in the mailbox: wall ms, null if nobody saw. */
export interface MeasuredRound extends PlayedRound {
  readonly arrivedAt: number | null;
}

/** What one side did. */
export interface Played {
  readonly side: Side;
  /** One a turn, so that the sides' rounds of the same place belong together. */
  readonly rounds: readonly MeasuredRound[];
  readonly memory: MemoryFigures;
}

export interface Comparison {
  readonly variant: Variant;
  /** Only turns in which every side's round did all that was asked. Ours is the first. */
  readonly played: readonly Played[];
  /** What went wrong in the other turns. */
  readonly faults: readonly string[];
}

export interface Plan {
  readonly rounds: number;
  readonly warmup: number;
  readonly profile: string | null;
  /** An older checkout that plays too, or null. */
  readonly beside: string | null;
  readonly progress: (text: string) => void;
}

interface Playing {
  readonly side: Side;
  readonly worker: Worker;
  readonly rounds: MeasuredRound[];
}

/** Plays one variant, the sides in turn, so that what disturbs one disturbs the others. */
export async function compare(
  variant: Variant,
  target: Target,
  watcher: Watcher,
  plan: Plan,
): Promise<Comparison> {
  const playing: Playing[] = [];
  try {
    for (const side of sides) {
      if (side === 'beside' && plan.beside === null) continue;
      const profile = side === 'ours' ? plan.profile : null;
      const worker = await Worker.begin(rootOf(side, plan), variant, target, profile);
      playing.push({ side, worker, rounds: [] });
    }
    const faults = await playTurns(playing, watcher, plan, variant);
    const played: Played[] = [];
    for (const { side, worker, rounds } of playing) {
      played.push({ side, rounds, memory: await worker.memory() });
    }
    return { variant, played, faults };
  } finally {
    await Promise.all(playing.map(({ worker }) => worker.end()));
  }
}

function rootOf(side: Side, { beside }: Plan): string | null {
  if (side === 'ours') return join(import.meta.dirname, '..');
  return side === 'beside' ? beside : null;
}

/** @returns what went wrong in turns that are left out */
async function playTurns(
  playing: readonly Playing[],
  watcher: Watcher,
  { rounds, warmup, progress }: Plan,
  variant: Variant,
): Promise<string[]> {
  const faults: string[] = [];
  for (let turn = 0; turn < warmup + rounds; turn += 1) {
    progress(`${variant}: round ${turn - warmup + 1} of ${rounds}`);
    const measured = new Map<Playing, MeasuredRound>();
    for (const one of inOrder(playing, turn)) {
      const round = await one.worker.round();
      measured.set(one, { ...round, arrivedAt: watcher.arrivalOf(round.token) });
    }
    if (turn < warmup) continue;
    const found = [...measured].flatMap(([{ side }, { fault }]) =>
      fault === null ? [] : [`${side}: ${fault}`],
    );
    if (found.length === 0) for (const [one, round] of measured) one.rounds.push(round);
    faults.push(...found);
  }
  return faults;
}

/**
 * The order of a turn: each begins as often as any other and comes as often behind each other, for what
 * one leaves to the servers (closing, expunging) is the next one's burden. Every order of two or three.
 */
export function inOrder<T>(players: readonly T[], turn: number): readonly T[] {
  const first = turn % players.length;
  const order = [...players.slice(first), ...players.slice(0, first)];
  return Math.floor(turn / players.length) % 2 === 0 ? order : order.reverse();
}
