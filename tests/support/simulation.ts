import type { ControlResult } from '../../src/domain/control.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import { type Interval, union } from '../../src/domain/interval.ts';
import type { Depth, Phase, Protocol } from '../../src/domain/protocol.ts';
import { planControls } from '../../src/schedule/control-plan.ts';
import { mostInFlight } from '../../src/schedule/pace.ts';
import { watchProtocol } from '../../src/schedule/watch.ts';

/** A true outage of one protocol: the service answers nothing right over [from, to). */
export interface Outage extends Interval {
  readonly protocol: Protocol;
  /** Refused connections, or a service that accepts and says nothing. */
  readonly kind: 'refused' | 'hung';
  /** The shallowest depth that fails. */
  readonly depth: 'connect' | 'login';
}

/** Our own way out is shut. */
export interface Cut extends Interval {
  readonly kind: 'silent' | 'no-route';
}

/** A world in which the service, our own way out and our own process fail, each by itself. True time, ms. */
export interface World {
  readonly protocols: readonly Protocol[];
  readonly outages: readonly Outage[];
  readonly cuts: readonly Cut[];
  /** Pauses between the regular attempts of a protocol, of which each is longer or shorter by up to `jitter` ‰. */
  readonly connect: number;
  readonly roundtrip: number;
  readonly jitter: number;
  readonly seed: number;
  /** Normal time of an answer. */
  readonly answer: number;
  readonly deadline: number;
  /** Offset of the first attempts. */
  readonly phase: number;
  /** Times at which the daemon was down. */
  readonly down: readonly Interval[];
  /** Times at which it stood still. */
  readonly pauses: readonly Interval[];
}

export interface Seen {
  readonly attempts: readonly Attempt[];
  readonly controls: readonly ControlResult[];
}

const phaseAt: Record<'connect' | 'login', Phase> = { connect: 'tcp', login: 'auth' };
const controlDeadline = 5_000;

/** The stretches from 0 to `end` in which the daemon ran. */
export function sessionsOf(world: Pick<World, 'down'>, end: number): Interval[] {
  const sessions: Interval[] = [];
  let from = 0;
  for (const down of union(world.down)) {
    if (down.from > from) sessions.push({ from, to: Math.min(down.from, end) });
    from = down.to;
  }
  if (from < end) sessions.push({ from, to: end });
  return sessions;
}

/** When what is due at `at` is done: at once, or when the process goes on. */
export function awake(world: Pick<World, 'pauses'>, at: number): number {
  for (const pause of world.pauses) if (pause.from <= at && at < pause.to) return pause.to;
  return at;
}

/** What a daemon sees of this world from 0 up to `end`, control rounds included, on a clock that is right. */
export function watch(world: World, end: number): Seen {
  const seen = { attempts: [] as Attempt[], controls: [] as ControlResult[] };
  const random = randomFrom(world.seed);
  for (const session of sessionsOf(world, end)) run(world, session, random, seen);
  return seen;
}

/** A linear congruential generator: any even spread would do; it must only be the same again. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

function run(
  world: World,
  { from, to }: Interval,
  random: () => number,
  seen: { attempts: Attempt[]; controls: ControlResult[] },
): void {
  const queue: { at: number; run: () => void }[] = [];
  const controls = planControls(from, random);
  const watches = world.protocols.map((protocol) => ({
    protocol,
    watch: watchProtocol(protocol, 'roundtrip'),
    outages: world.outages.filter((one) => one.protocol === protocol),
    inFlight: 0,
  }));
  type Own = (typeof watches)[number];
  let now = from;

  /** Sorted, the next one last. */
  function later(at: number, run: () => void): void {
    let index = queue.length;
    while (index > 0 && (queue[index - 1]?.at ?? Infinity) <= at) index--;
    queue.splice(index, 0, { at, run });
  }

  function attempt(own: Own, depth: Depth): void {
    own.inFlight++;
    const done = readLate(tryAt(world, own, depth, now), world);
    later(done.endedAt, () => {
      own.inFlight--;
      seen.attempts.push(done);
      learn(own, done);
    });
  }

  function learn(own: Own, done: Attempt): void {
    const { protocol } = own;
    const failure = done.failure && { ...done.failure, kind: 'refusal' as const, message: '' };
    const result = { tenant: 'one', protocol, vouches: done.vouches, failure };
    controls.observe(result, now);
    const wish = own.watch.observe(result, false, now);
    if (wish.login) attempt(own, 'login');
    if (wish.others) for (const other of watches) if (other !== own) attempt(other, 'connect');
  }

  function regular(own: Own, depth: 'connect' | 'roundtrip'): void {
    attempt(own, depth);
    const drift = Math.round((world[depth] * world.jitter * (2 * random() - 1)) / 1000);
    later(now + world[depth] + drift, () => regular(own, depth));
  }

  function dense(): void {
    for (const own of watches) {
      if ((own.watch.denseDue() ?? Infinity) > now) continue;
      if (own.inFlight >= mostInFlight) own.watch.putOffDense(now);
      else attempt(own, own.watch.takeDense(now));
    }
  }

  function controlRound(): void {
    const found = roundAt(world, seen.controls.length, now);
    later(found[0]?.endedAt ?? now, () => {
      seen.controls.push(...found);
      controls.ended(now);
    });
  }

  for (const [index, own] of watches.entries()) {
    later(from + world.phase + index * 3_000, () => regular(own, 'connect'));
    later(from + 1, () => regular(own, 'roundtrip'));
  }
  for (let steps = 0; steps < 200_000; steps++) {
    const task = queue.at(-1);
    let dueDense = Infinity;
    for (const { watch } of watches) dueDense = Math.min(dueDense, watch.denseDue() ?? Infinity);
    const next = Math.min(task?.at ?? Infinity, dueDense, controls.next());
    now = awake(world, Math.max(now, next));
    if (now >= to) return;
    if (task !== undefined && task.at <= next) queue.pop()?.run();
    else if (dueDense <= next) dense();
    else if (controls.begin(now)) controlRound();
  }
}

/** An answer, or its absence, that is noticed only when the process goes on. */
function readLate(done: Attempt, world: World): Attempt {
  const endedAt = awake(world, done.endedAt);
  if (endedAt === done.endedAt) return done;
  const { failure } = done;
  const refused = failure !== null && failure.provenFrom === failure.provenTo;
  return {
    ...done,
    endedAt,
    monotonicEnd: endedAt * 1000,
    failure: failure && {
      ...failure,
      provenFrom: refused ? endedAt : failure.provenFrom,
      provenTo: endedAt,
    },
  };
}

/**
 * A request is answered when neither the service nor the way is in its way, at the latest at the
 * deadline. A service that wakes answers what was asked, and may be struck by the next outage in the
 * same moment.
 */
function tryAt(
  world: World,
  { protocol, outages }: { readonly protocol: Protocol; readonly outages: readonly Outage[] },
  depth: Depth,
  at: number,
): Attempt {
  const deadline = at + world.deadline;
  let now = at;
  for (const asked of depth === 'connect' ? connectOnly : bothDepths) {
    const askedAt = now;
    for (;;) {
      const cut = world.cuts.find((one) => one.from <= now && now < one.to);
      const hit = outages.find(
        (one) => one.from <= now && now < one.to && (asked === 'login' || one.depth === 'connect'),
      );
      if (cut === undefined && hit === undefined) break;
      const failed = failedAt(protocol, at, phaseAt[asked]);
      if (cut?.kind === 'no-route' && now === at) return failed(now, now, 'no-route');
      if (cut === undefined && hit?.kind === 'refused')
        return failed(now, now, 'connection-refused');
      now = Math.max(cut?.to ?? now, cut === undefined ? (hit?.to ?? now) : now);
      if (now >= deadline) return failed(askedAt, deadline, 'timeout');
    }
  }
  const endedAt = now + world.answer;
  return {
    protocol,
    startedAt: at,
    endedAt,
    monotonicStart: at * 1000,
    monotonicEnd: endedAt * 1000,
    vouches: depth,
    failure: null,
  };
}
const connectOnly = ['connect'] as const;
const bothDepths = ['connect', 'login'] as const;

function failedAt(protocol: Protocol, at: number, phase: Phase) {
  return (
    provenFrom: number,
    provenTo: number,
    reason: 'no-route' | 'connection-refused' | 'timeout',
  ): Attempt => ({
    protocol,
    startedAt: at,
    endedAt: provenTo,
    monotonicStart: at * 1000,
    monotonicEnd: provenTo * 1000,
    vouches: null,
    failure: { phase, reason, code: null, provenFrom, provenTo },
  });
}

function roundAt(world: World, round: number, at: number): ControlResult[] {
  const cut = world.cuts.find((one) => one.from <= at && at < one.to);
  const hangs = cut !== undefined && (cut.kind === 'no-route' || cut.to >= at + controlDeadline);
  const noRoute = cut?.kind === 'no-route';
  const answered = Math.max(at, cut?.to ?? at) + Math.min(world.answer, 100);
  const took = noRoute ? at : hangs ? at + controlDeadline : answered;
  const endedAt = awake(world, took);
  return ['a', 'b', 'c'].map((target) => ({
    round,
    target,
    startedAt: at,
    endedAt,
    monotonicStart: at * 1000,
    monotonicEnd: endedAt * 1000,
    ok: !hangs,
    reason: hangs ? (noRoute ? 'no-route' : 'timeout') : null,
    address: null,
    connectMicroseconds: hangs ? null : (endedAt - at) * 1000,
  }));
}
