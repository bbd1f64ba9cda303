import type { Clock } from '../domain/clock.ts';
import { clockTolerance } from '../domain/evidence.ts';

/** Something that befell ourselves, over wall time [from, to). */
export interface Blindness {
  readonly kind: 'clock-step' | 'pause';
  readonly from: number;
  readonly to: number;
  readonly detail: string;
}

/** A beat that comes so much too late means that the process stood still, ms. */
const pauseTolerance = 5_000;

/**
 * Watches over our own senses: call the returned function every `beat` ms. It tells when the wall
 * clock stepped, and when the process was stopped or starved, since evidence from then is worthless.
 */
export function keepVigil(clock: Clock, beat: number): () => Blindness[] {
  let wall = clock.wall();
  let monotonic = clock.monotonic();
  return () => {
    const before = wall;
    const since = monotonic;
    wall = clock.wall();
    monotonic = clock.monotonic();
    const elapsed = Math.round((monotonic - since) / 1000);
    const found: Blindness[] = [];
    const step = wall - before - elapsed;
    if (Math.abs(step) > clockTolerance) {
      const detail = `the wall clock stepped by ${step} ms`;
      found.push({
        kind: 'clock-step',
        from: Math.min(before, wall),
        to: Math.max(before, wall),
        detail,
      });
    }
    if (elapsed > beat + pauseTolerance) {
      const detail = `the process stood still for about ${elapsed - beat} ms`;
      found.push({ kind: 'pause', from: Math.min(before, wall), to: wall, detail });
    }
    return found;
  };
}
