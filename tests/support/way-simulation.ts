import type { ControlResult } from '../../src/domain/control.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import { type Interval, union } from '../../src/domain/interval.ts';
import type { Depth, Protocol } from '../../src/domain/protocol.ts';
import { planControls } from '../../src/schedule/control-plan.ts';
import { denseInterval } from '../../src/schedule/pace.ts';

/** A world in which the service fails, and in which our own way out fails, each by itself. All ms. */
export interface World {
  readonly outages: readonly (Interval & { readonly protocol: Protocol; readonly kind: Kind })[];
  readonly cuts: readonly (Interval & { readonly kind: 'silent' | 'no-route' })[];
  readonly protocols: readonly Protocol[];
  /** Pauses between the regular attempts of a protocol. */
  readonly connect: number;
  readonly login: number;
  /** Normal time of an answer. */
  readonly answer: number;
  readonly deadline: number;
  /** Draws the pauses of the control rounds. */
  readonly random: () => number;
}
type Kind = 'refused' | 'hung';

const controlDeadline = 5_000;

/** What a daemon sees of this world from 0 up to `end`, control rounds included. */
export function watch(world: World, end: number) {
  const attempts: Attempt[] = [];
  const controls: ControlResult[] = [];
  const queue: { at: number; run: () => void }[] = [];
  const later = (at: number, run: () => void) => void queue.push({ at, run });
  const plan = planControls(0, world.random);
  const failing = new Map<Protocol, number>();

  function attempt(protocol: Protocol, depth: Depth, at: number): void {
    const done = tryAt(world, protocol, depth, at);
    if (done.endedAt > end) return;
    attempts.push(done);
    later(done.endedAt, () => learn(protocol, done));
  }

  function learn(protocol: Protocol, done: Attempt): void {
    const at = done.endedAt;
    plan.observe({ tenant: 'one', protocol, vouches: done.vouches, failure: asFailure(done) }, at);
    if (done.failure === null) {
      failing.delete(protocol);
      return;
    }
    if (!failing.has(protocol)) {
      failing.set(protocol, at);
      later(at + denseInterval('connect', 0), () => dense(protocol, at));
      for (const other of world.protocols) if (other !== protocol) attempt(other, 'connect', at);
    }
  }

  function dense(protocol: Protocol, since: number): void {
    if (failing.get(protocol) !== since) return;
    attempt(protocol, 'login', now);
    later(now + denseInterval('connect', now - since), () => dense(protocol, since));
  }

  function regular(protocol: Protocol, depth: 'connect' | 'login'): void {
    attempt(protocol, depth, now);
    later(now + world[depth], () => regular(protocol, depth));
  }

  function controlRound(): void {
    const found = roundAt(world, controls.length, now);
    controls.push(...found.filter(({ endedAt }) => endedAt <= end));
    later(found[0]?.endedAt ?? now, () => plan.ended(now));
  }

  for (const [index, protocol] of world.protocols.entries()) {
    later(index * 3_000, () => regular(protocol, 'connect'));
    later(1, () => regular(protocol, 'login'));
  }
  let now = 0;
  for (let steps = 0; steps < 200_000; steps++) {
    queue.sort((a, b) => a.at - b.at);
    const next = queue[0];
    now = Math.max(now, Math.min(next?.at ?? Infinity, plan.next()));
    if (now >= end) break;
    if (plan.next() <= now && plan.begin(now)) controlRound();
    else queue.shift()?.run();
  }
  return { attempts, controls };
}

function asFailure(attempt: Attempt) {
  if (attempt.failure === null) return null;
  return { ...attempt.failure, kind: 'refusal' as const, message: '' };
}

/** A request is answered when neither the service nor the way is in its way, at the latest at the deadline. */
function tryAt(world: World, protocol: Protocol, depth: Depth, at: number): Attempt {
  const outages = world.outages.filter((one) => one.protocol === protocol);
  const cut = world.cuts.find((one) => one.from <= at && at < one.to);
  const outage = outages.find((one) => one.from <= at && at < one.to);
  const ended = (endedAt: number) => ({
    protocol,
    startedAt: at,
    endedAt,
    monotonicStart: at * 1000,
    monotonicEnd: endedAt * 1000,
  });
  const failed = (to: number, reason: 'no-route' | 'connection-refused' | 'timeout'): Attempt => ({
    ...ended(to),
    vouches: null,
    failure: { phase: 'tcp', reason, code: null, provenFrom: at, provenTo: to },
  });
  if (cut?.kind === 'no-route') return failed(at, 'no-route');
  if (cut === undefined && outage?.kind === 'refused') return failed(at, 'connection-refused');
  const bad = union([...world.cuts, ...outages]).find((one) => one.from <= at && at < one.to);
  if (bad === undefined) return { ...ended(at + world.answer), vouches: depth, failure: null };
  if (bad.to >= at + world.deadline) return failed(at + world.deadline, 'timeout');
  return { ...ended(bad.to + world.answer), vouches: depth, failure: null };
}

function roundAt(world: World, round: number, at: number): ControlResult[] {
  const cut = world.cuts.find((one) => one.from <= at && at < one.to);
  const hangs = cut !== undefined && (cut.kind === 'no-route' || cut.to >= at + controlDeadline);
  const noRoute = cut?.kind === 'no-route';
  const answered = Math.max(at, cut?.to ?? at) + Math.min(world.answer, 100);
  const endedAt = noRoute ? at : hangs ? at + controlDeadline : answered;
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
