import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { controlRounds, controlsBefore } from '../../src/domain/control.ts';
import { union } from '../../src/domain/interval.ts';
import { type Case, contextBefore, judge } from '../../src/domain/judge.ts';
import type { MinuteState } from '../../src/domain/ledger.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import { type World, watch } from '../support/way-simulation.ts';
import { oneMinute, total } from './case.ts';

const runs = Number(process.env.MAILMINUTE_SOUNDNESS_RUNS ?? 1500);
const minutes = 30;
const end = minutes * 60_000;
const protocols: readonly Protocol[] = ['smtp', 'imap'];

const when = fc.record({
  from: fc.integer({ min: 2 * 60_000, max: (minutes - 14) * 60_000 }),
  length: fc.oneof(
    fc.integer({ min: 1_000, max: 400_000 }),
    fc.integer({ min: 25_000, max: 70_000 }),
  ),
});

/** Events of one kind stand at least 3 minutes apart: flapping is reported by itself. */
function apart<T extends { from: number; to: number }>(drawn: readonly T[]): T[] {
  const kept: T[] = [];
  for (const one of drawn)
    if (!kept.some((other) => one.from < other.to + 180_000 && other.from < one.to + 180_000))
      kept.push(one);
  return kept;
}

const outages = fc
  .array(fc.record({ when, kind: fc.constantFrom('refused' as const, 'hung' as const) }), {
    maxLength: 3,
  })
  .map((drawn) =>
    apart(drawn.map(({ when: { from, length }, kind }) => ({ from, to: from + length, kind }))),
  );
const cuts = fc
  .array(fc.record({ when, kind: fc.constantFrom('silent' as const, 'no-route' as const) }), {
    maxLength: 3,
  })
  .map((drawn) =>
    apart(drawn.map(({ when: { from, length }, kind }) => ({ from, to: from + length, kind }))),
  );

const world: fc.Arbitrary<World> = fc
  .record({
    smtp: outages,
    imap: outages,
    cuts,
    connect: fc.integer({ min: 5_000, max: 25_000 }),
    login: fc.integer({ min: 20_000, max: 55_000 }),
    answer: fc.integer({ min: 1, max: 300 }),
    draw: fc.double({ min: 0, max: 1, noNaN: true }),
  })
  .map(({ smtp, imap, draw, ...rest }) => ({
    ...rest,
    outages: [
      ...smtp.map((one) => ({ ...one, protocol: 'smtp' as const })),
      ...imap.map((one) => ({ ...one, protocol: 'imap' as const })),
    ],
    protocols,
    deadline: 30_000,
    random: () => draw,
  }));

type Seen = ReturnType<typeof watch>;

function caseOf({ attempts, controls }: Seen, from: number, to: number): Case {
  return {
    contract: oneMinute,
    protocols: new Map(protocols.map((protocol) => [protocol, 'login' as const])),
    stretch: { from, to },
    attempts,
    controls,
    pending: new Map(),
    blind: [],
    exclusions: [],
    deliveryAllowance: 60_000,
    settling: 35_000,
  };
}

/** Minutes that count, had one seen the outages themselves; each is taken to end that much later. */
function truth(outages: World['outages'], by: number): number {
  const long = protocols
    .flatMap((protocol) => union(outages.filter((one) => one.protocol === protocol)))
    .map(({ from, to }) => ({ from, to: to + by }))
    .filter(({ from, to }) => to - from >= 60_000);
  return union(long).reduce((sum, { from, to }) => sum + Math.floor((to - from) / 60_000), 0);
}

/**
 * A cut into which no round of the control targets fell: shorter than an attempt's deadline, it cannot
 * be told from the service's own silence. Assumed is that none adjoins an outage.
 */
function unseen({ cuts, protocols: all }: World, { controls }: Seen): World['outages'] {
  const shut = controlRounds(controls, []).filter(({ open }) => !open);
  return cuts
    .filter((cut) => !shut.some(({ from, to }) => from < cut.to && to >= cut.from))
    .flatMap((cut) => all.map((protocol) => ({ ...cut, protocol, kind: 'hung' as const })));
}

test('proven ≤ truth ≤ possible, however our own way out fails beside the service', () => {
  fc.assert(
    fc.property(world, (given) => {
      const seen = watch(given, end);
      const judgement = judge(caseOf(seen, 0, end));
      const proven = total(judgement, 'unavailable');
      const possible = total(judgement, 'unavailable', 'suspect', 'unknown');
      const most = truth([...given.outages, ...unseen(given, seen)], given.answer);
      assert.ok(proven <= most, 'proven exceeds the truth');
      assert.ok(
        truth(given.outages, -given.answer) <= possible,
        'the truth exceeds what is possible',
      );
    }),
    { numRuns: runs, endOnFailure: true },
  );
});

test('a way out that was cut while the service was well never makes a minute unavailable', () => {
  fc.assert(
    fc.property(world, (given) => {
      const judgement = judge(caseOf(watch({ ...given, outages: [] }, end), 0, end));
      assert.equal(total(judgement, 'unavailable'), 0);
    }),
    { numRuns: Math.ceil(runs / 2), endOnFailure: true },
  );
});

test('with the way open throughout, the control targets take nothing from what is proven', () => {
  fc.assert(
    fc.property(world, (given) => {
      const seen = watch({ ...given, cuts: [] }, end);
      const without = judge(caseOf({ ...seen, controls: [] }, 0, end));
      assert.deepEqual(judge(caseOf(seen, 0, end)), without);
    }),
    { numRuns: Math.ceil(runs / 3), endOnFailure: true },
  );
});

/** What the store would give at this time. */
function knownAt({ attempts, controls }: Seen, from: number, now: number): Seen {
  const before = from - contextBefore(oneMinute);
  const last = new Map(
    attempts
      .filter((one) => one.vouches !== null && one.endedAt < before)
      .sort((a, b) => a.endedAt - b.endedAt)
      .map((one) => [`${one.protocol} ${one.vouches}`, one]),
  );
  const since = attempts.filter((one) => one.endedAt >= before && one.endedAt <= now);
  return {
    attempts: [...last.values(), ...since],
    controls: controls.filter(
      ({ endedAt }) => endedAt >= before - controlsBefore && endedAt <= now,
    ),
  };
}

test('judging in any slices of time gives the same ledger, control targets included', () => {
  const steps = fc.array(fc.integer({ min: 1, max: end }), { minLength: 30, maxLength: 60 });
  fc.assert(
    fc.property(world, steps, (given, drawn) => {
      const seen = watch(given, end);
      const whole = judge(caseOf(seen, 0, end)).minutes;
      const states = new Map<number, MinuteState>();
      let from = 0;
      for (const now of [...drawn, end].sort((a, b) => a - b)) {
        if (now <= from) continue;
        const judgement = judge(caseOf(knownAt(seen, from, now), from, now));
        for (const [minute, state] of judgement.minutes)
          if (minute < judgement.finalUntil) states.set(minute, state);
        from = judgement.finalUntil;
      }
      for (const [minute, state] of states)
        assert.equal(state, whole.get(minute), `minute ${minute / 60_000}`);
    }),
    { numRuns: Math.ceil(runs / 3), endOnFailure: true },
  );
});
