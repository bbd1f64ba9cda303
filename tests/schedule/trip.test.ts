import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Depth, Protocol } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';
import { mostInFlight } from '../../src/schedule/pace.ts';
import { planTenant } from '../../src/schedule/plan.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { gapsOf, tenantOf } from './example.ts';

const wall = 1_800_000_000_000;

/** One tenant's plan, ms by ms, whose IMAP answers as told; nothing else ever fails. */
class Plan {
  readonly tenant = tenantOf({ roundtripInterval: 3_600_000 });
  readonly plan = planTenant(this.tenant, 0, wall, () => 0.5);
  readonly begun: { at: number; protocol: Protocol; depth: Depth }[] = [];
  most = 0;
  trippedAt = 0;
  #now = 0;
  #underWay: { ends: number; depth: Depth; reason: Reason | null }[] = [];

  /** @param takes how long an IMAP attempt takes, ms */
  run(duration: number, takes: number, reason: Reason | null): this {
    const until = this.#now + duration;
    for (; this.#now < until; this.#now++) {
      this.#endDue();
      if (this.plan.next() > this.#now) continue;
      for (const { task } of this.plan.take(this.#now, wall + this.#now)) {
        if (task.kind === 'round' || task.protocol !== 'imap') continue;
        this.begun.push({ at: this.#now, protocol: 'imap', depth: task.depth });
        this.#underWay.push({ ends: this.#now + takes, depth: task.depth, reason });
        this.most = Math.max(this.most, this.#underWay.length);
        this.plan.began('imap');
      }
    }
    return this;
  }

  trip(): this {
    this.begun.length = 0;
    this.trippedAt = this.#now;
    this.plan.trip('imap', this.#now);
    return this;
  }

  #endDue(): void {
    const ended = this.#underWay.filter(({ ends }) => ends <= this.#now);
    this.#underWay = this.#underWay.filter(({ ends }) => ends > this.#now);
    for (const { depth, reason } of ended) {
      const failure = reason === null ? null : failureOf({ phase: 'tcp', reason });
      const vouches = reason === null ? depth : null;
      this.plan.ended('imap');
      this.plan.observe(resultOf({ protocol: 'imap', depth, vouches, failure }), this.#now);
    }
  }
}

/** Past the first round, and just past a tick of IMAP, so that the next is far. */
function healthy(): Plan {
  const plan = new Plan().run(60_000, 50, null);
  const before = plan.begun.length;
  while (plan.begun.length === before) plan.run(100, 50, null);
  return plan.run(100, 50, null);
}

test('a cut tripwire is looked into at once, at no greater depth than connect', () => {
  const plan = healthy().trip().run(1_000, 50, null);
  assert.deepEqual(plan.begun, [{ at: plan.trippedAt, protocol: 'imap', depth: 'connect' }]);
});

test('a cut tripwire while the service answers costs one probe and nothing more', () => {
  const plan = healthy().trip().run(18_000, 50, null);
  assert.equal(plan.begun.length, 1, JSON.stringify(plan.begun));
});

test('a refusal after a cut tripwire starts dense probing, every 5 s', () => {
  const plan = healthy().trip().run(60_000, 5, 'connection-refused');
  const gaps = gapsOf(plan.begun.map((one) => ({ ...one, kind: 'attempt' as const, turn: 0 })));
  assert.ok(gaps.length >= 8);
  assert.ok(
    gaps.every((gap) => gap <= 5_010),
    gaps.join(),
  );
});

test('a service that hangs is tried every 5 s before the first attempt has timed out', () => {
  const plan = healthy().trip().run(29_000, 30_000, 'timeout');
  assert.equal(plan.begun.length, mostInFlight, JSON.stringify(plan.begun));
});

test('hung attempts follow one another for the whole outage, never more than six at once', () => {
  const plan = healthy().trip().run(180_000, 30_000, 'timeout');
  assert.equal(plan.most, mostInFlight);
  const gaps = gapsOf(plan.begun.map((one) => ({ ...one, kind: 'attempt' as const, turn: 0 })));
  assert.ok(plan.begun.length >= 33, String(plan.begun.length));
  assert.ok(Math.max(...gaps) <= 10_000, gaps.join());
});
