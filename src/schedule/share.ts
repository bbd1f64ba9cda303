import type { Clock } from '../domain/clock.ts';

/** Work that took no longer than this asks for no rest, µs. */
const forNothing = 100_000;

/** Keeps work that may grow dear at a small share of the time: after each piece it rests in proportion. */
export function keepShare(clock: Pick<Clock, 'monotonic'>, share: number) {
  /** By key, monotonic µs. */
  const restsUntil = new Map<string, number>();
  return {
    /** False while the key rests from its last work. */
    may: (key: string): boolean => clock.monotonic() >= (restsUntil.get(key) ?? -Infinity),
    /** Works, and rests so long after it that the work was `share` of the time. */
    spend(key: string, work: () => void): void {
      const began = clock.monotonic();
      work();
      const ended = clock.monotonic();
      const dear = Math.max(0, ended - began - forNothing);
      restsUntil.set(key, ended + dear * (1 / share - 1));
    },
  };
}
