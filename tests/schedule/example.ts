import type { Depth, Protocol } from '../../src/domain/protocol.ts';
import { depthOf, type Phase } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { planTenant, type Task } from '../../src/schedule/plan.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { endpointAt, tenantWith } from '../support/probing.ts';

/** A tenant with SMTP, IMAP and POP at the usual pace. */
export function tenantOf(parts: Partial<Tenant> = {}): Tenant {
  const endpoint = endpointAt(1);
  return tenantWith({
    smtp: endpoint,
    imap: endpoint,
    pop: endpoint,
    attemptDeadline: 30_000,
    ...parts,
  });
}

/** What a service answers to an attempt at this depth, at this time (ms since the start); null: all well. */
export type Service = (
  protocol: Protocol,
  depth: Depth,
  at: number,
) => { readonly phase: Phase; readonly reason: Reason } | null;

export const healthy: Service = () => null;

export interface Begun {
  readonly at: number;
  readonly protocol: Protocol;
  readonly depth: Depth;
  readonly kind: Task['kind'];
  readonly turn: number;
}

/** The plan of one tenant in simulated time: what it begins, when, if attempts take `answer` ms. */
export class Simulation {
  readonly tenant: Tenant;
  readonly begun: Begun[] = [];
  /** Attempts under way, the most there ever were at once, by protocol. */
  readonly most = new Map<Protocol, number>();
  #now = 0;
  #answer: number;
  readonly #service: Service;
  readonly #wall: number;
  readonly #plan: ReturnType<typeof planTenant>;
  readonly #ends: { at: number; protocol: Protocol; depth: Depth; begunAt: number }[] = [];
  readonly #underWay = new Map<Protocol, number>();

  constructor(
    service: Service,
    given: { tenant?: Tenant; answer?: number; wall?: number; random?: () => number } = {},
  ) {
    this.tenant = given.tenant ?? tenantOf();
    this.#service = service;
    this.#answer = given.answer ?? 50;
    this.#wall = given.wall ?? 1_800_000_000_000;
    this.#plan = planTenant(this.tenant, 0, this.#wall, given.random ?? (() => 0.5));
  }

  get now(): number {
    return this.#now;
  }

  /** Lets time pass, as a scheduler does that is never late. */
  run(until: number): this {
    for (let steps = 0; steps < 1_000_000; steps++) {
      const end = Math.min(Infinity, ...this.#ends.map(({ at }) => at));
      const next = Math.max(this.#now, Math.min(end, this.#plan.next()));
      if (next >= until) break;
      this.#now = next;
      if (end <= next) this.#end(end);
      else this.#take();
    }
    this.#now = until;
    return this;
  }

  /** Time passes, and the process sleeps through it. */
  sleep(duration: number): this {
    this.#now += duration;
    return this;
  }

  /** The begun attempts of a protocol, in [from, to), at this depth if given. */
  of(protocol: Protocol, from = 0, to = Infinity, depth?: Depth): Begun[] {
    return this.begun.filter(
      (one) =>
        one.protocol === protocol &&
        one.at >= from &&
        one.at < to &&
        (depth === undefined || one.depth === depth),
    );
  }

  #take(): void {
    for (const { task } of this.#plan.take(this.#now, this.#wall + this.#now)) {
      const protocols = task.kind === 'round' ? task.protocols : [task.protocol];
      const depth = task.kind === 'round' ? 'roundtrip' : task.depth;
      for (const protocol of protocols) this.#begin(protocol, depth, task);
    }
  }

  #begin(protocol: Protocol, depth: Depth, { kind, turn }: Task): void {
    const count = (this.#underWay.get(protocol) ?? 0) + 1;
    this.#underWay.set(protocol, count);
    this.most.set(protocol, Math.max(count, this.most.get(protocol) ?? 0));
    this.begun.push({ at: this.#now, protocol, depth, kind, turn });
    this.#plan.began(protocol);
    const fault = this.#service(protocol, depth, this.#now);
    const takes = fault?.reason === 'timeout' ? this.tenant.attemptDeadline : this.#answer;
    this.#ends.push({ at: this.#now + takes, protocol, depth, begunAt: this.#now });
  }

  #end(at: number): void {
    const index = this.#ends.findIndex((one) => one.at === at);
    const [ended] = this.#ends.splice(index, 1);
    if (ended === undefined) return;
    const { protocol, depth, begunAt } = ended;
    this.#underWay.set(protocol, (this.#underWay.get(protocol) ?? 1) - 1);
    this.#plan.ended(protocol);
    this.#plan.observe(this.#result(protocol, depth, begunAt), this.#now);
  }

  #result(protocol: Protocol, depth: Depth, begunAt: number): ProbeResult {
    const fault = this.#service(protocol, depth, begunAt);
    const failure = fault && failureOf(fault);
    // A message that is missed is missed by one that has logged in.
    const loggedIn = fault?.reason === 'not-delivered';
    const vouches = fault === null ? depth : loggedIn ? 'login' : null;
    return resultOf({ protocol, depth, vouches, failure });
  }
}

/** A service that fails in this phase over [from, to), at the depths that come to that phase. */
export function failing(
  protocol: Protocol,
  phase: Phase,
  reason: Reason,
  from: number,
  to: number,
): Service {
  const needed = depthOf(phase);
  return (asked, depth, at) => {
    const reaches = needed === 'connect' || depth === needed || depth === 'roundtrip';
    return asked === protocol && reaches && at >= from && at < to ? { phase, reason } : null;
  };
}

/** The distances between the begins, ms. */
export function gapsOf(begun: readonly Begun[]): number[] {
  return begun.slice(1).map(({ at }, index) => at - (begun[index]?.at ?? 0));
}
