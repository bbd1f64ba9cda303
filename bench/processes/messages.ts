import type { RoundOutcome, Target, Variant } from '../target.ts';

/** What a worker is asked. */
export type Request =
  | {
      readonly ask: 'begin';
      /** The checkout whose probes play; null for the bare libraries. */
      readonly root: string | null;
      readonly variant: Variant;
      readonly target: Target;
    }
  | { readonly ask: 'round' }
  | { readonly ask: 'memory' };

/** What one round cost; integer microseconds. */
export interface Cost {
  readonly user: number;
  readonly system: number;
  /** From the first connection to the end of the round. */
  readonly wall: number;
}

/** Bytes. */
export interface MemoryFigures {
  /** Before anything but this worker's few lines was loaded: a bare Node. */
  readonly bare: number;
  readonly resident: number;
  readonly peak: number;
  /** Live objects, after a full collection. */
  readonly heap: number;
}

export interface PlayedRound extends RoundOutcome {
  readonly cost: Cost;
}

export type Reply =
  | { readonly answer: 'begun' }
  | { readonly answer: 'round'; readonly round: PlayedRound }
  | { readonly answer: 'memory'; readonly memory: MemoryFigures };

/** A message file that appeared, as the watcher saw it. */
export interface Arrival {
  readonly token: string;
  /** Wall ms. */
  readonly at: number;
}
