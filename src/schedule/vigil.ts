import type { Clock } from '../domain/clock.ts';
import { clockTolerance } from '../domain/evidence.ts';

/** Something that befell ourselves, over wall time [from, to). */
export interface Blindness {
  readonly kind: 'clock-step' | 'pause';
  readonly from: number;
  readonly to: number;
  readonly detail: string;
}

/** Both clocks read at once: wall ms and monotonic µs. */
export interface Reading {
  readonly wall: number;
  readonly monotonic: number;
}

/** A beat that comes so much too late means that the process stood still, ms. */
const pauseTolerance = 5_000;
/** So many beats are compared with each other: a clock may also go wrong in small steps. */
const remembered = 60;

/**
 * Watches over our own senses: call the returned function every `beat` ms. It tells when the wall
 * clock stepped, at once or in small steps within a minute, and when the process was stopped or
 * starved, since evidence from then is worthless.
 */
export function keepVigil(clock: Clock, beat: number): () => Blindness[] {
  let beats: Reading[] = [readingOf(clock)];
  return () => {
    const now = readingOf(clock);
    const last = beats.at(-1) as Reading;
    const before = beats.findLast((one) => Math.abs(stepBetween(one, now)) > clockTolerance);
    beats = before === undefined ? [...beats.slice(1 - remembered), now] : [now];
    const found: Blindness[] = before === undefined ? [] : [clockStep(before, now)];
    const elapsed = elapsedBetween(last, now);
    if (elapsed > beat + pauseTolerance) {
      const detail = `the process stood still for about ${elapsed - beat} ms`;
      found.push({ kind: 'pause', from: Math.min(last.wall, now.wall), to: now.wall, detail });
    }
    return found;
  };
}

/**
 * What a daemon that starts finds out of its clocks from the last result on disk: null while they fit.
 * They do not when the wall clock stepped meanwhile, nor after a restart of the machine, of which
 * nobody can tell. Nothing was seen in between, so no more is lost than a moment.
 */
export function blindSince(last: Reading, clock: Clock): Blindness | null {
  const now = readingOf(clock);
  const fits = now.monotonic >= last.monotonic && now.wall >= last.wall;
  if (fits && Math.abs(stepBetween(last, now)) <= clockTolerance) return null;
  const [from, to] = [Math.min(last.wall, now.wall), Math.max(last.wall, now.wall)];
  const detail =
    now.wall < last.wall
      ? `the wall clock is ${last.wall - now.wall} ms behind the last result`
      : 'the clocks went on differently since the last result: a step, or a restart of the machine';
  return { kind: 'clock-step', from, to, detail };
}

/** Over a step forward: the time that never was. Back: the time that comes twice, wherever in between it began. */
function clockStep(before: Reading, now: Reading): Blindness {
  const elapsed = elapsedBetween(before, now);
  return {
    kind: 'clock-step',
    from: Math.min(before.wall, now.wall - elapsed),
    to: Math.max(now.wall, before.wall + elapsed),
    detail: `the wall clock stepped by ${stepBetween(before, now)} ms`,
  };
}

function readingOf(clock: Clock): Reading {
  return { wall: clock.wall(), monotonic: clock.monotonic() };
}

function elapsedBetween(before: Reading, now: Reading): number {
  return Math.round((now.monotonic - before.monotonic) / 1000);
}

function stepBetween(before: Reading, now: Reading): number {
  return now.wall - before.wall - elapsedBetween(before, now);
}
