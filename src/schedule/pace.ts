import type { Depth } from '../domain/protocol.ts';

const minute = 60_000;

/**
 * Pause between attempts of dense probing, ms: 5 s at `connect`, 10 s deeper; 10 s after 5 minutes of
 * failure and 20 s after 15, always short enough that proof runs on from attempt to attempt.
 */
export function denseInterval(depth: Depth, failingFor: number): number {
  if (failingFor >= 15 * minute) return 20_000;
  if (failingFor >= 5 * minute) return 10_000;
  return depth === 'connect' ? 5_000 : 10_000;
}

/** At most this many attempts of one protocol are under way at once: hung ones overlap. */
export const mostInFlight = 6;
/** A dense attempt that finds no room asks again after this, ms: hung ones end one beat after the other. */
export const roomPause = 250;

/** A password that was refused is tried once more after this, ms: more would lock the account. */
export const refusedPasswordPause = 5 * minute;
/** A password that works elsewhere is not wrong: asked again often enough to prove the minutes, ms. */
export const refusedElsewherePause = 20_000;

/** Back-off after the nth throttled answer in a row (n from 1), ms: 1, 2, 4, 8, 15, 15 … minutes. */
export function throttledPause(inARow: number): number {
  return Math.min(15, 2 ** (inARow - 1)) * minute;
}

/** Wait for the next round trip: the interval ± 10 %, so that probes never beat in step with anything. */
export function roundtripPause(interval: number, random: () => number): number {
  return Math.round(interval * (0.9 + 0.2 * random()));
}

/**
 * Wait for the first round trip, ms: many tenants that start together are spread evenly over the interval,
 * and one that was probed until just now goes on in its step, so that a restart leaves no gap.
 * @param index of the tenant among `count`
 * @param elapsed since its last round trip that went well, ms; null if there was none
 */
export function firstRoundPause(
  interval: number,
  index: number,
  count: number,
  elapsed: number | null,
): number {
  if (count === 1) return 0;
  if (elapsed !== null && elapsed >= 0 && elapsed < interval) return interval - elapsed;
  return Math.floor((index * interval) / count);
}

/**
 * Wait until the next `connect` tick, ms in (0, interval]. Ticks keep a phase of their own within the
 * interval, drawn anew every day, with the tenant's protocols spread evenly: a fault they share is seen
 * early, and no two tenants knock at :00 together.
 * @param index of the mailbox's protocol among the tenant's `count`: every mailbox's protocols in turn
 */
export function untilNextTick(
  tenant: string,
  index: number,
  count: number,
  interval: number,
  wall: number,
): number {
  const day = Math.floor(wall / 86_400_000);
  const drawn = hash(`${tenant} ${day}`) % interval;
  const phase = (drawn + Math.floor((index * interval) / count)) % interval;
  return interval - ((((wall - phase) % interval) + interval) % interval);
}

/** FNV-1a, 32 bit: any even spread would do; it must only be the same after a restart. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    value = Math.imul(value ^ text.charCodeAt(i), 0x01000193) >>> 0;
  }
  return value;
}
