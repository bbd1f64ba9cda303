import type { Clock } from '../../src/domain/clock.ts';
import { type Attempt, clockTolerance } from '../../src/domain/evidence.ts';
import { type Interval, union } from '../../src/domain/interval.ts';
import { blindSince, keepVigil } from '../../src/schedule/vigil.ts';
import { awake, type Seen, sessionsOf, type World } from './simulation.ts';

/** What the machine's clocks make of true time, ms. */
export interface WrongClock {
  /** The wall clock jumps by so much (back when negative); in the order of time. */
  readonly steps: readonly { readonly at: number; readonly by: number }[];
  /** Over this time both clocks are slewed, as Linux does: so many ppm fast, or slow when negative. */
  readonly slew: Interval & { readonly ppm: number };
}

/** What a daemon on that clock has stored, and when it knew itself to be blind. Wall ms. */
export interface Shown extends Seen {
  readonly blind: readonly Interval[];
}

const beat = 1_000;
/** Keeping vigil for longer than this around a step or a pause finds nothing more out, ms. */
const around = 2_500;
/** A vigil's memory, and a little more: a small step may be found out together with the next, ms. */
const memory = 62_000;

function slewed({ slew }: WrongClock, at: number): number {
  if (slew.ppm === 0) return 0;
  return Math.round((slew.ppm * Math.max(0, Math.min(at, slew.to) - slew.from)) / 1_000_000);
}

export function wallAt(clock: WrongClock, at: number): number {
  let wall = at + slewed(clock, at);
  for (const step of clock.steps) if (step.at <= at) wall += step.by;
  return wall;
}

function monotonicAt(clock: WrongClock, at: number): number {
  return (at + slewed(clock, at)) * 1000;
}

/** The wall time that the clock showed during [from, to): in pieces where it stepped. */
export function shownDuring(clock: WrongClock, { from, to }: Interval): Interval[] {
  const cuts = clock.steps.map(({ at }) => at).filter((at) => from < at && at < to);
  return [from, ...cuts].map((begin, index) => {
    const end = cuts[index] ?? to;
    const wall = wallAt(clock, begin);
    return { from: wall, to: wall + end - begin + slewed(clock, end) - slewed(clock, begin) };
  });
}

/** How far the wall clock may have gone wrong over so much time without anybody noticing, ms. */
export function unnoticed({ steps, slew }: WrongClock, longest: number): number {
  const small = steps.filter(({ by }) => Math.abs(by) <= clockTolerance);
  const stepped = small.reduce((sum, { by }) => sum + Math.abs(by), 0);
  return stepped + Math.ceil((Math.abs(slew.ppm) * longest) / 1_000_000);
}

/** What was seen, by the wall clock, with the incidents that the daemon's own vigil finds. */
export function showOn(clock: WrongClock, seen: Seen, world: World, end: number): Shown {
  const wall = (at: number) => wallAt(clock, at);
  const times = (one: { readonly startedAt: number; readonly endedAt: number }) => ({
    startedAt: wall(one.startedAt),
    endedAt: wall(one.endedAt),
    monotonicStart: monotonicAt(clock, one.startedAt),
    monotonicEnd: monotonicAt(clock, one.endedAt),
  });
  const attemptOn = (one: Attempt): Attempt => ({
    protocol: one.protocol,
    ...times(one),
    vouches: one.vouches,
    failure: one.failure && {
      ...one.failure,
      provenFrom: wall(one.failure.provenFrom),
      provenTo: wall(one.failure.provenTo),
    },
  });
  const isRight = clock.steps.length === 0 && clock.slew.ppm === 0;
  return {
    ...(isRight ? seen : { attempts: seen.attempts.map(attemptOn) }),
    controls: isRight ? seen.controls : seen.controls.map((one) => ({ ...one, ...times(one) })),
    blind: blindnessOf(clock, seen, world, end),
  };
}

function blindnessOf(clock: WrongClock, seen: Seen, world: World, end: number): Interval[] {
  const trouble = union([
    ...clock.steps.map(({ at, by }) => ({
      from: at - around,
      to: at + (Math.abs(by) > clockTolerance ? around : memory),
    })),
    ...world.pauses.map(({ from, to }) => ({ from: from - around, to: to + around })),
  ]);
  if (trouble.length === 0) return [];
  const machine = new Machine(clock);
  return sessionsOf(world, end).flatMap((session) => {
    machine.now = session.from;
    const last = seen.attempts.findLast(({ endedAt }) => endedAt < session.from);
    const reading = last && {
      wall: wallAt(clock, last.endedAt),
      monotonic: monotonicAt(clock, last.endedAt),
    };
    const meanwhile = reading === undefined ? null : blindSince(reading, machine);
    return [
      ...(meanwhile === null ? [] : [meanwhile]),
      ...trouble.flatMap((part) => vigilOver(part, session, machine, world)),
    ];
  });
}

/** Keeps vigil over the part of a session in which there is something to find out. */
function vigilOver(part: Interval, session: Interval, machine: Machine, world: World): Interval[] {
  const from = Math.max(part.from, session.from);
  const until = Math.min(part.to, session.to);
  if (from >= until) return [];
  machine.now = awake(world, from);
  const look = keepVigil(machine, beat);
  const found: Interval[] = [];
  for (let at = machine.now + beat; at < until; at = machine.now + beat) {
    machine.now = awake(world, at);
    if (machine.now >= session.to) break;
    found.push(...look());
  }
  // Before anything is judged, or stored for good, the clocks are looked at.
  if (until === session.to && awake(world, until) === until) {
    machine.now = until;
    found.push(...look());
  }
  return found;
}

class Machine implements Clock {
  now = 0;
  readonly #clock: WrongClock;
  constructor(clock: WrongClock) {
    this.#clock = clock;
  }
  wall(): number {
    return wallAt(this.#clock, this.now);
  }
  monotonic(): number {
    return monotonicAt(this.#clock, this.now);
  }
}
