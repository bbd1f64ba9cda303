import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contextBefore, type Judgement, judge } from '../../src/domain/judge.ts';
import type { MinuteState } from '../../src/domain/ledger.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import { type Outage, observe, type Pace, trueMinutes } from '../support/simulation.ts';
import { oneMinute, total } from './case.ts';

const runs = Number(process.env.MAILMINUTE_SOUNDNESS_RUNS ?? 1500);
const minutes = 40;
const end = minutes * 60_000;
const protocols: readonly Protocol[] = ['smtp', 'imap', 'pop'];

const outage: fc.Arbitrary<Outage> = fc
  .record({
    protocol: fc.constantFrom(...protocols),
    kind: fc.constantFrom('refused' as const, 'hung' as const),
    depth: fc.constantFrom('connect' as const, 'login' as const),
    from: fc.integer({ min: 3 * 60_000, max: (minutes - 15) * 60_000 }),
    length: fc.oneof(
      fc.integer({ min: 1_000, max: 600_000 }),
      fc.integer({ min: 55_000, max: 65_000 }),
    ),
  })
  .map(({ length, ...rest }) => ({ ...rest, to: rest.from + length }));

/** Outages of one protocol stand at least 3 minutes apart: flapping is reported by itself. */
const outages = fc.array(outage, { maxLength: 5 }).map((drawn) => {
  const kept: Outage[] = [];
  for (const one of drawn) {
    const near = (other: Outage) =>
      other.protocol === one.protocol &&
      one.from < other.to + 180_000 &&
      other.from < one.to + 180_000;
    if (!kept.some(near)) kept.push(one);
  }
  return kept;
});

const pace: fc.Arbitrary<Pace> = fc.record({
  connect: fc.integer({ min: 5_000, max: 25_000 }),
  roundtrip: fc.integer({ min: 20_000, max: 50_000 }),
  answer: fc.integer({ min: 1, max: 300 }),
  deadline: fc.constant(30_000),
  phase: fc.integer({ min: 0, max: 20_000 }),
  down: fc.array(
    fc
      .record({
        from: fc.integer({ min: 5 * 60_000, max: 30 * 60_000 }),
        length: fc.integer({ min: 1_000, max: 300_000 }),
      })
      .map(({ from, length }) => ({ from, to: from + length })),
    { maxLength: 2 },
  ),
});

function attemptsOf(drawn: readonly Outage[], given: Pace) {
  return protocols.flatMap((protocol) => observe(protocol, drawn, given, end));
}

function caseOf(attempts: ReturnType<typeof attemptsOf>, from: number, to: number) {
  return {
    contract: oneMinute,
    protocols: new Map(protocols.map((protocol) => [protocol, 'roundtrip' as const])),
    stretch: { from, to },
    attempts,
    pending: new Map(),
    blind: [],
    exclusions: [],
    deliveryAllowance: 60_000,
    settling: 35_000,
  };
}

test('proven ≤ truth ≤ possible, whatever the outages, the pace and the restarts', () => {
  fc.assert(
    fc.property(outages, pace, (drawn, given) => {
      const judgement = judge(caseOf(attemptsOf(drawn, given), 0, end));
      // Within one normal answer of the server: an outage is seen that much later, and its end too.
      const shrunk = drawn.map((one) => ({ ...one, to: one.to - given.answer }));
      const grown = drawn.map((one) => ({ ...one, to: one.to + given.answer }));
      const proven = total(judgement, 'unavailable');
      const possible = total(judgement, 'unavailable', 'suspect', 'unknown');
      assert.ok(proven <= trueMinutes(grown, 60_000), 'proven exceeds the truth');
      assert.ok(trueMinutes(shrunk, 60_000) <= possible, 'the truth exceeds what is possible');
      assert.equal(total(judgement), minutes);
    }),
    { numRuns: runs, endOnFailure: true },
  );
});

/** What the store would give: everything since the context began, and the last successes before it. */
function knownAt(attempts: ReturnType<typeof attemptsOf>, from: number, now: number) {
  const before = from - contextBefore(oneMinute);
  const last = new Map(
    attempts
      .filter((one) => one.vouches !== null && one.endedAt < before)
      .sort((a, b) => a.endedAt - b.endedAt)
      .map((one) => [`${one.protocol} ${one.vouches}`, one]),
  );
  const since = attempts.filter((one) => one.endedAt >= before && one.endedAt <= now);
  return [...last.values(), ...since];
}

/** Judges as the daemon does: again and again as time goes on, closing what is final. */
function judgedInSlices(attempts: ReturnType<typeof attemptsOf>, steps: readonly number[]) {
  const states = new Map<number, MinuteState>();
  let from = 0;
  for (const now of [...steps].sort((a, b) => a - b)) {
    if (now <= from) continue;
    const judgement: Judgement = judge(caseOf(knownAt(attempts, from, now), from, now));
    for (const [minute, state] of judgement.minutes)
      if (minute < judgement.finalUntil) states.set(minute, state);
    from = judgement.finalUntil;
  }
  return { states, from };
}

test('judging in any slices of time gives the same ledger as judging all at once', () => {
  fc.assert(
    fc.property(
      outages,
      pace,
      fc.array(fc.integer({ min: 1, max: end }), { minLength: 30, maxLength: 80 }),
      (drawn, given, steps) => {
        const attempts = attemptsOf(drawn, given);
        const whole = judge(caseOf(attempts, 0, end)).minutes;
        const sliced = judgedInSlices(attempts, [...steps, end]);
        for (const [minute, state] of sliced.states)
          assert.equal(state, whole.get(minute), `minute ${minute / 60_000}`);
        assert.equal(sliced.states.size, sliced.from / 60_000);
      },
    ),
    { numRuns: Math.ceil(runs / 3), endOnFailure: true },
  );
});
