import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Case, Judgement } from '../../src/domain/case.ts';
import { controlRounds, controlsBefore } from '../../src/domain/control.ts';
import { type Interval, minuteOf } from '../../src/domain/interval.ts';
import { contextBefore, judge } from '../../src/domain/judge.ts';
import type { MinuteState } from '../../src/domain/ledger.ts';
import { type Outage, type Seen, type World, watch } from '../support/simulation.ts';
import { shownMinutes, trueMinutes } from '../support/truth.ts';
import {
  cuts,
  down,
  end,
  from,
  outages,
  pace,
  protocols,
  rightClock,
  steppedOutages,
  worldsAndClocks,
} from '../support/worlds.ts';
import {
  type Shown,
  shownDuring,
  showOn,
  unnoticed,
  type WrongClock,
} from '../support/wrong-clock.ts';
import { oneMinute, total } from './case.ts';

const runs = Number(process.env.MAILMINUTE_SOUNDNESS_RUNS ?? 20_000);
/** From here on every protocol has been watched for a while. */
const watched = 2 * 60_000;
/** The longest that a service or our way fails in these worlds, ms. */
const longest = 700_000;
const calm = { protocols, outages: [], cuts: [], down: [], pauses: [] };

function caseOf(seen: Seen, blind: readonly Interval[], from: number, to: number): Case {
  return {
    contract: oneMinute,
    protocols: new Map(protocols.map((protocol) => [protocol, 'roundtrip' as const])),
    stretch: { from, to },
    attempts: seen.attempts,
    controls: seen.controls,
    pending: new Map(),
    blind,
    exclusions: [],
    deliveryAllowance: 60_000,
    settling: 35_000,
  };
}

/** The calendar's minutes from `watched` to the end; a clock that went back may have shown earlier ones. */
function stretchOf(clock: WrongClock): Interval {
  const shown = shownDuring(clock, { from: watched, to: end });
  const first = Math.min(...shown.map(({ from }) => from));
  return { from: Math.min(watched, minuteOf(first)), to: Math.max(...shown.map(({ to }) => to)) };
}

/**
 * A cut into which no round of the control targets fell that could be read as evidence: shorter than an
 * attempt's deadline, it cannot be told from the service's own silence.
 */
function unseenCuts(world: World, seen: Seen, shown: Shown): Omit<Outage, 'kind' | 'depth'>[] {
  const rounds = [...Map.groupBy(shown.controls, ({ round }) => round)];
  const shut = new Set(
    rounds
      .filter(([, round]) => controlRounds(round, shown.blind).some(({ open }) => !open))
      .map(([round]) => round),
  );
  const looks = seen.controls.filter(({ round }) => shut.has(round));
  return world.cuts
    .filter((cut) => !looks.some((one) => one.startedAt < cut.to && one.endedAt >= cut.from))
    .flatMap((cut) => protocols.map((protocol) => ({ ...cut, protocol })));
}

/**
 * The law. What is proven is held against the outages in true time, whatever the wall clock made of it;
 * what is possible against the same outages on the calendar that the wall clock showed, which has a time
 * that came twice only once. Both within one normal answer of the server, and what a clock may go
 * wrong without being noticed (steps up to 0.5 s, a slew).
 */
function holdsTheLaw(world: World, clock: WrongClock, seen: Seen = watch(world, end)): void {
  const shown = showOn(clock, seen, world, end);
  const stretch = stretchOf(clock);
  const judgement = judge(caseOf(shown, shown.blind, stretch.from, stretch.to));
  const proven = total(judgement, 'unavailable');
  const possible = total(judgement, 'unavailable', 'suspect', 'unknown');
  const slack = world.answer + unnoticed(clock, longest);
  const most = trueMinutes([...world.outages, ...unseenCuts(world, seen, shown)], 60_000, slack);
  const least = shownMinutes(world.outages, clock, 60_000, -slack);
  assert.ok(proven <= most, 'proven exceeds the truth');
  assert.ok(least <= possible, 'the truth exceeds what is possible');
  assert.equal(total(judgement), Math.ceil((stretch.to - stretch.from) / 60_000));
}

test('proven ≤ truth ≤ possible, whatever the outages, the pace, the restarts, the clock and our own way', () => {
  fc.assert(
    fc.property(worldsAndClocks, ({ world, clock }) => {
      // Two cases: what was seen costs most to simulate, and a right clock allows no slack.
      const seen = watch(world, end);
      holdsTheLaw(world, rightClock, seen);
      holdsTheLaw(world, clock, seen);
    }),
    { numRuns: Math.ceil(runs / 2), endOnFailure: true },
  );
});

test('proven ≤ truth ≤ possible when nothing ails us but restarts: there are no hidden minutes', () => {
  fc.assert(
    fc.property(outages, pace, down, (drawn, given, down) =>
      holdsTheLaw({ ...calm, ...given, outages: drawn, down }, rightClock),
    ),
    { numRuns: Math.ceil(runs / 10), endOnFailure: true },
  );
});

test('nothing is proven of the time that a clock skipped', () => {
  fc.assert(
    fc.property(steppedOutages, pace, ({ outages, clock }, given) =>
      holdsTheLaw({ ...calm, ...given, outages }, clock),
    ),
    { numRuns: Math.ceil(runs / 10), endOnFailure: true },
  );
});

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
    return { outages, down: [{ from: from + first - early, to: again + early }] };
  });

test('nothing is proven of the time in which nothing was tried', () => {
  fc.assert(
    fc.property(blinked, pace, (given, paced) =>
      holdsTheLaw({ ...calm, ...paced, ...given }, rightClock),
    ),
    { numRuns: Math.ceil(runs / 10), endOnFailure: true },
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
    fc.property(halfBack, pace, (outages, given) =>
      holdsTheLaw({ ...calm, ...given, outages }, rightClock),
    ),
    { numRuns: Math.ceil(runs / 10), endOnFailure: true },
  );
});

test('a way out that was cut while the service was well never makes a minute unavailable', () => {
  fc.assert(
    fc.property(cuts, pace, (cuts, given) => {
      const judgement = judge(caseOf(watch({ ...calm, ...given, cuts }, end), [], 0, end));
      assert.equal(total(judgement, 'unavailable'), 0, 'proven exceeds the truth');
    }),
    { numRuns: Math.ceil(runs / 40), endOnFailure: true },
  );
});

test('with the way open throughout, the control targets take nothing from what is proven', () => {
  fc.assert(
    fc.property(outages, pace, (outages, given) => {
      const seen = watch({ ...calm, ...given, outages }, end);
      const without = judge(caseOf({ ...seen, controls: [] }, [], 0, end));
      assert.deepEqual(judge(caseOf(seen, [], 0, end)), without);
    }),
    { numRuns: Math.ceil(runs / 40), endOnFailure: true },
  );
});

/** What the store would give: everything since the context began, and the last successes before it. */
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

test('judging in any slices of time gives the same ledger as judging all at once', () => {
  const steps = fc.array(fc.integer({ min: 1, max: end }), { minLength: 30, maxLength: 80 });
  fc.assert(
    fc.property(worldsAndClocks, steps, ({ world }, drawn) => {
      const seen = watch({ ...world, pauses: [] }, end);
      const whole = judge(caseOf(seen, [], 0, end)).minutes;
      const states = new Map<number, MinuteState>();
      let from = 0;
      for (const now of [...drawn, end].sort((a, b) => a - b)) {
        if (now <= from) continue;
        const judgement: Judgement = judge(caseOf(knownAt(seen, from, now), [], from, now));
        for (const [minute, state] of judgement.minutes)
          if (minute < judgement.finalUntil) states.set(minute, state);
        from = judgement.finalUntil;
      }
      for (const [minute, state] of states)
        assert.equal(state, whole.get(minute), `minute ${minute / 60_000}`);
      assert.equal(states.size, from / 60_000);
    }),
    { numRuns: Math.ceil(runs / 40), endOnFailure: true },
  );
});
