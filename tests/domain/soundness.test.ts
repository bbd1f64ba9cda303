import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contextBefore, type Judgement, judge } from '../../src/domain/judge.ts';
import type { MinuteState } from '../../src/domain/ledger.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import { type Outage, observe, type Pace, trueMinutes } from '../support/simulation.ts';
import { oneMinute, total } from './case.ts';

const runs = Number(process.env.MAILMINUTE_SOUNDNESS_RUNS ?? 20_000);
const minutes = 40;
const end = minutes * 60_000;
/** From here on every protocol has been watched for a while. */
const watched = 2 * 60_000;
const protocols: readonly Protocol[] = ['smtp', 'imap', 'pop'];

const length = fc.oneof(
  fc.integer({ min: 1_000, max: 600_000 }),
  fc.integer({ min: 55_000, max: 65_000 }),
);
const kind = fc.constantFrom('refused' as const, 'hung' as const);
const from = fc.integer({ min: 3 * 60_000, max: (minutes - 15) * 60_000 });

const single = fc
  .record({
    protocol: fc.constantFrom(...protocols),
    kind,
    depth: fc.constantFrom('connect' as const, 'login' as const),
    from,
    length,
  })
  .map(({ length, ...rest }): Outage[] => [{ ...rest, to: rest.from + length }]);

/** The service comes back in two steps: it takes connections again, and logins only later. */
const halting = fc
  .record({ protocol: fc.constantFrom(...protocols), kind, from, length, later: length })
  .map(({ protocol, kind, from, length, later }): Outage[] => [
    { protocol, kind, depth: 'connect', from, to: from + length },
    {
      protocol,
      kind: 'hung',
      depth: 'login',
      from: from + length,
      to: from + length + (later % 40_000),
    },
  ]);

/** One protocol fails after the other, each for less than a minute: their failures do not add up. */
const chained = fc
  .record({
    kind,
    from,
    lengths: fc.array(fc.integer({ min: 25_000, max: 59_000 }), { minLength: 3, maxLength: 3 }),
  })
  .map(({ kind, from, lengths }): Outage[] => {
    let at = from;
    return protocols.map((protocol, index) => {
      const outage = {
        protocol,
        kind,
        depth: 'connect' as const,
        from: at,
        to: at + (lengths[index] ?? 0),
      };
      at = outage.to - 5_000;
      return outage;
    });
  });

/** Outages of one protocol stand at least 3 minutes apart: flapping is reported by itself. */
const outages = fc
  .array(fc.oneof(single, single, halting, chained), { maxLength: 5 })
  .map((drawn) => {
    const kept: Outage[] = [];
    const near = (one: Outage) => (other: Outage) =>
      other.protocol === one.protocol &&
      one.from < other.to + 180_000 &&
      other.from < one.to + 180_000;
    for (const group of drawn) if (!group.some((one) => kept.some(near(one)))) kept.push(...group);
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
      // The first minute was not watched from its beginning: it would always be one more that is possible.
      const judgement = judge(caseOf(attemptsOf(drawn, given), watched, end));
      const proven = total(judgement, 'unavailable');
      const possible = total(judgement, 'unavailable', 'suspect', 'unknown');
      // Within one normal answer of the server.
      const most = trueMinutes(drawn, 60_000, given.answer);
      const least = trueMinutes(drawn, 60_000, -given.answer);
      assert.ok(proven <= most, 'proven exceeds the truth');
      assert.ok(least <= possible, 'the truth exceeds what is possible');
      assert.equal(total(judgement), minutes - watched / 60_000);
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

/** The service recovers and fails again while the daemon is down: nothing is proven of that time. */
const blinked = fc
  .record({
    protocol: fc.constantFrom(...protocols),
    kind: fc.constant('refused' as const),
    from,
    first: fc.integer({ min: 20_000, max: 120_000 }),
    pause: fc.integer({ min: 40_000, max: 200_000 }),
    second: fc.integer({ min: 20_000, max: 120_000 }),
    early: fc.integer({ min: 0, max: 10_000 }),
  })
  .map(({ protocol, kind, from, first, pause, second, early }) => {
    const again = from + first + pause;
    const outages: Outage[] = [
      { protocol, kind, depth: 'connect', from, to: from + first },
      { protocol, kind, depth: 'connect', from: again, to: again + second },
    ];
    return { outages, down: { from: from + first - early, to: again + early } };
  });

test('nothing is proven of the time in which nothing was tried', () => {
  fc.assert(
    fc.property(blinked, pace, ({ outages, down }, given) => {
      const judgement = judge(caseOf(attemptsOf(outages, { ...given, down: [down] }), 0, end));
      const proven = total(judgement, 'unavailable');
      const most = trueMinutes(outages, 60_000, given.answer);
      assert.ok(proven <= most, 'proven exceeds the truth');
    }),
    { numRuns: Math.ceil(runs / 5), endOnFailure: true },
  );
});

/** A little more than whole minutes in all, the last part of it with connects that work and logins that hang. */
const halfBack = fc
  .record({
    protocol: fc.constantFrom(...protocols),
    from,
    whole: fc.integer({ min: 1, max: 4 }),
    more: fc.integer({ min: 700, max: 5_000 }),
    later: fc.integer({ min: 12_000, max: 29_000 }),
  })
  .map(({ protocol, from, whole, more, later }): Outage[] => {
    const to = from + whole * 60_000 + more;
    return [
      { protocol, kind: 'refused', depth: 'connect', from, to: to - later },
      { protocol, kind: 'hung', depth: 'login', from: to - later, to },
    ];
  });

test('a connect does not prove that the service is back when logins still hang', () => {
  fc.assert(
    fc.property(halfBack, pace, (outages, given) => {
      const judgement = judge(caseOf(attemptsOf(outages, { ...given, down: [] }), watched, end));
      const possible = total(judgement, 'unavailable', 'suspect', 'unknown');
      const least = trueMinutes(outages, 60_000, -given.answer);
      assert.ok(least <= possible, 'the truth exceeds what is possible');
    }),
    { numRuns: Math.ceil(runs / 5), endOnFailure: true },
  );
});

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
    { numRuns: Math.ceil(runs / 40), endOnFailure: true },
  );
});
