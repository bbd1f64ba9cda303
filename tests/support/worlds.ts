import fc from 'fast-check';
import type { Interval } from '../../src/domain/interval.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import type { Cut, Outage, World } from './simulation.ts';
import type { WrongClock } from './wrong-clock.ts';

/** Whatever may befall a service and its watcher in so many minutes, for fast-check to draw from. */
export const minutes = 32;
export const end = minutes * 60_000;
export const protocols: readonly Protocol[] = ['smtp', 'imap', 'pop'];

const length = fc.oneof(
  fc.integer({ min: 1_000, max: 600_000 }),
  fc.integer({ min: 55_000, max: 65_000 }),
);
const kind = fc.constantFrom('refused' as const, 'hung' as const);
export const from = fc.integer({ min: 3 * 60_000, max: (minutes - 15) * 60_000 });

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

function near(one: Interval, other: Interval): boolean {
  return one.from < other.to + 180_000 && other.from < one.to + 180_000;
}

/** Outages of one protocol stand at least 3 minutes apart: flapping is reported by itself. */
export const outages: fc.Arbitrary<Outage[]> = fc
  .array(fc.oneof(single, single, halting, chained), { maxLength: 5 })
  .map((drawn) => {
    const kept: Outage[] = [];
    const clashes = (one: Outage) =>
      kept.some((other) => other.protocol === one.protocol && near(one, other));
    for (const group of drawn) if (!group.some(clashes)) kept.push(...group);
    return kept;
  });

/** Our own way out, shut for a while. */
export const cuts: fc.Arbitrary<Cut[]> = fc
  .array(
    fc
      .record({
        kind: fc.constantFrom('silent' as const, 'no-route' as const),
        from,
        length: fc.oneof(
          fc.integer({ min: 1_000, max: 400_000 }),
          fc.integer({ min: 25_000, max: 70_000 }),
        ),
      })
      .map(({ kind, from, length }) => ({ kind, from, to: from + length })),
    { maxLength: 2 },
  )
  .map((drawn) => {
    const kept: Cut[] = [];
    for (const cut of drawn) if (!kept.some((other) => near(cut, other))) kept.push(cut);
    return kept;
  });

function spans(least: number, most: number, maxLength: number): fc.Arbitrary<Interval[]> {
  const span = fc
    .record({
      from: fc.integer({ min: 5 * 60_000, max: 24 * 60_000 }),
      length: fc.integer({ min: least, max: most }),
    })
    .map(({ from, length }) => ({ from, to: from + length }));
  return fc.array(span, { maxLength });
}

/** How the daemon goes about it; nothing befalls it. */
export const pace = fc.record({
  connect: fc.integer({ min: 6_000, max: 25_000 }),
  roundtrip: fc.integer({ min: 20_000, max: 50_000 }),
  jitter: fc.integer({ min: 0, max: 100 }),
  seed: fc.nat(),
  answer: fc.integer({ min: 1, max: 300 }),
  deadline: fc.constant(30_000),
  phase: fc.integer({ min: 0, max: 20_000 }),
});

/** Restarts, and a process that stands still for longer than it may go unnoticed. */
export const down = spans(1_000, 300_000, 2);
const pauses = spans(7_000, 120_000, 1);

const worlds: fc.Arbitrary<World> = fc
  .record({ pace, outages, cuts, down, pauses })
  .map(({ pace, ...rest }) => ({ ...pace, ...rest, protocols }));

const step = fc.oneof(
  fc.integer({ min: -500, max: 500 }),
  fc.integer({ min: 501, max: 40_000 }),
  fc.integer({ min: -40_000, max: -501 }),
  fc.integer({ min: -900_000, max: 900_000 }),
);
const clocks: fc.Arbitrary<WrongClock> = fc
  .record({
    steps: fc.array(fc.record({ at: from, by: step }), { maxLength: 2 }),
    from,
    length: fc.integer({ min: 1, max: 600_000 }),
    ppm: fc.oneof(fc.constant(0), fc.integer({ min: -500, max: 500 })),
  })
  .map(({ steps, from, length, ppm }) => ({
    steps: steps.toSorted((a, b) => a.at - b.at),
    slew: { from, to: from + length, ppm },
  }));
export const rightClock: WrongClock = { steps: [], slew: { from: 0, to: 0, ppm: 0 } };

/**
 * Everything at once. While the daemon is down the clock does not go back: of a time that passed
 * unwatched and came again afterwards nobody could know that it passed twice.
 */
export const worldsAndClocks = fc.tuple(worlds, clocks).map(([world, clock]) => {
  const unwatched = (at: number) => world.down.some((down) => down.from <= at && at < down.to);
  const steps = clock.steps.map(({ at, by }) => ({ at, by: unwatched(at) ? Math.abs(by) : by }));
  return { world, clock: { ...clock, steps } };
});

/** Two refused logins or connections so near a step that the time it skipped might seem to be proven. */
export const steppedOutages = fc
  .record({
    protocol: fc.constantFrom(...protocols),
    from,
    length: fc.integer({ min: 20_000, max: 59_500 }),
    part: fc.integer({ min: 0, max: 1_000 }),
    by: fc.integer({ min: 501, max: 40_000 }),
  })
  .map(({ protocol, from, length, part, by }) => ({
    outages: [
      { protocol, kind: 'refused' as const, depth: 'connect' as const, from, to: from + length },
    ],
    clock: { ...rightClock, steps: [{ at: from + Math.round((length * part) / 1_000), by }] },
  }));
