import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Contract } from '../../src/domain/contract.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import { type Interval, lengthOf, minuteLength, union } from '../../src/domain/interval.ts';
import { contextBefore, judge } from '../../src/domain/judge.ts';
import type { Protocol } from '../../src/domain/protocol.ts';
import { type Outage, type World, watch } from '../support/simulation.ts';
import { oneMinute, refused, total } from './case.ts';

const runs = Number(process.env.MAILMINUTE_SOUNDNESS_RUNS ?? 20_000) / 10;
const minutes = 30;
const end = minutes * minuteLength;
const watched = 2 * minuteLength;
const protocols: readonly Protocol[] = ['smtp', 'imap'];

/** An outage of the service for some of the users. */
interface UserOutage extends Outage {
  readonly users: readonly number[];
}

/** A time in which a user's password is refused everywhere: the customer's fault. */
interface Refusal extends Interval {
  readonly user: number;
}

/** How one user is probed. */
type Pace = Omit<World, 'protocols' | 'outages' | 'cuts' | 'pauses'>;

interface Users {
  readonly count: number;
  readonly outages: readonly UserOutage[];
  readonly refusals: readonly Refusal[];
  readonly users: Contract['users'];
  readonly paces: readonly Pace[];
}

const from = fc.integer({ min: 3 * minuteLength, max: (minutes - 12) * minuteLength });
const length = fc.oneof(
  fc.integer({ min: 1_000, max: 480_000 }),
  fc.integer({ min: 55_000, max: 130_000 }),
);
const down = fc
  .record({ from, length: fc.integer({ min: 1_000, max: 180_000 }) })
  .map((one) => ({ from: one.from, to: one.from + one.length }));

const world: fc.Arbitrary<Users> = fc.integer({ min: 1, max: 6 }).chain((count) => {
  const user = fc.integer({ min: 0, max: count - 1 });
  const outage = fc
    .record({
      users: fc.uniqueArray(user, { minLength: 1, maxLength: count }),
      protocol: fc.constantFrom(...protocols),
      kind: fc.constantFrom('refused' as const, 'hung' as const),
      depth: fc.constantFrom('connect' as const, 'login' as const),
      from,
      length,
    })
    .map(({ length, ...rest }): UserOutage => ({ ...rest, to: rest.from + length }));
  const refusal = fc
    .record({ user, from, length: fc.integer({ min: 60_000, max: 1_200_000 }) })
    .map(({ length, ...rest }): Refusal => ({ ...rest, to: rest.from + length }));
  const users = fc.record({
    share: fc.constantFrom(
      { numerator: 1, denominator: 10 },
      { numerator: 1, denominator: 3 },
      { numerator: 1, denominator: 2 },
      { numerator: 2, denominator: 3 },
      { numerator: 1, denominator: 1 },
    ),
    inclusive: fc.boolean(),
  });
  const pace = fc.record({
    connect: fc.integer({ min: 5_000, max: 25_000 }),
    roundtrip: fc.integer({ min: 20_000, max: 50_000 }),
    phase: fc.integer({ min: 0, max: 20_000 }),
    jitter: fc.integer({ min: 0, max: 100 }),
    seed: fc.integer({ min: 1, max: 1_000_000 }),
  });
  return fc
    .record({
      outages: fc.array(outage, { maxLength: 4 }),
      refusals: fc.array(refusal, { maxLength: 2 }),
      users: fc.option(users),
      answer: fc.integer({ min: 1, max: 300 }),
      down: fc.array(down, { maxLength: 1 }),
      paces: fc.array(pace, { minLength: count, maxLength: count }),
    })
    .map(({ outages, refusals, users, answer, down, paces }) => ({
      count,
      users,
      outages: apart(outages),
      // A refused password is nobody's outage: it does not come in the middle of one.
      refusals: refusals.filter(
        (one, index) =>
          refusals.findIndex(({ user }) => user === one.user) === index &&
          !outages.some((other) => other.users.includes(one.user) && near(one, other)),
      ),
      paces: paces.map((one) => ({ ...one, answer, deadline: 30_000, down })),
    }));
});

function near(one: Interval, other: Interval): boolean {
  return one.from < other.to + 180_000 && other.from < one.to + 180_000;
}

/** Outages of one user and protocol stand apart: flapping is reported by itself. */
function apart(outages: readonly UserOutage[]): UserOutage[] {
  const kept: UserOutage[] = [];
  for (const one of outages) {
    const meets = (other: UserOutage) =>
      other.protocol === one.protocol &&
      near(one, other) &&
      other.users.some((user) => one.users.includes(user));
    if (!kept.some(meets)) kept.push(one);
  }
  return kept;
}

const nameOf = (user: number) => `user${user}@acme.example`;

function attemptsOf({ count, outages, refusals, paces }: Users): Attempt[] {
  return Array.from({ length: count }, (_, user) => {
    const own = outages.filter(({ users }) => users.includes(user));
    const refusal = refusals.find((one) => one.user === user);
    const pace = paces[user] as Pace;
    const seen = watch({ ...pace, protocols, outages: own, cuts: [], pauses: [] }, end);
    return [
      ...seen.attempts.filter((one) => !isHeldBack(one, refusal)),
      ...(refusal === undefined
        ? []
        : protocols.flatMap((protocol) => askedAgain(protocol, refusal, pace))),
    ].map((attempt) => ({ ...attempt, mailbox: nameOf(user) }));
  }).flat();
}

/** No login succeeds while the password is refused; it is asked for every 5 minutes. */
function isHeldBack({ endedAt, vouches }: Attempt, refusal: Refusal | undefined): boolean {
  if (refusal === undefined || vouches === 'connect') return false;
  return endedAt >= refusal.from && endedAt < refusal.to;
}

function askedAgain(protocol: Protocol, { from, to }: Refusal, pace: Pace): Attempt[] {
  const times: number[] = [];
  // Within a minute of a login that worked it would not be the password: see attribution.
  const first = from + minuteLength + 1_000 + pace.phase;
  for (let at = first; at < to - minuteLength; at += 5 * minuteLength) times.push(at);
  return times
    .filter((at) => !pace.down.some((down) => down.from <= at && at < down.to))
    .map((at) => refused(protocol, at / 1000, 'auth', 'auth-refused'));
}

/** Whether the users that fail are too many: the contract's words once more, in other arithmetic. */
function isFault({ users }: Users, failing: number, asked: number): boolean {
  if (failing === 0) return false;
  if (users === null || failing === asked) return true;
  const excess = BigInt(failing) * BigInt(users.share.denominator);
  const limit = BigInt(users.share.numerator) * BigInt(asked);
  return excess > limit || (users.inclusive && excess === limit);
}

/** The minutes that count, had one seen every user all the time. @param slack as `trueMinutes` has it */
function trueMinutesOf(given: Users, slack: number): number {
  const users = Array.from({ length: given.count }, (_, user) => ({
    failing: union(
      protocols.flatMap((protocol) =>
        given.outages
          .filter((one) => one.protocol === protocol && one.users.includes(user))
          .map(({ from, to }) => ({ from, to: to + slack }))
          .filter((one) => lengthOf(one) >= minuteLength),
      ),
    ),
    out: given.refusals.filter((one) => one.user === user),
  }));
  const holds = (intervals: readonly Interval[], at: number) =>
    intervals.some((one) => one.from <= at && at < one.to);
  const edges = users.flatMap(({ failing, out }) => [...failing, ...out]);
  const instants = [...new Set(edges.flatMap(({ from, to }) => [from, to]))].sort((a, b) => a - b);
  const faults: Interval[] = [];
  for (const [index, at] of instants.entries()) {
    const failing = users.filter((user) => holds(user.failing, at)).length;
    const out = users.filter((user) => !holds(user.failing, at) && holds(user.out, at)).length;
    const to = instants[index + 1];
    if (to !== undefined && isFault(given, failing, given.count - out))
      faults.push({ from: at, to });
  }
  return union(faults)
    .map(lengthOf)
    .filter((duration) => duration >= minuteLength)
    .reduce((sum, duration) => sum + Math.floor(duration / minuteLength), 0);
}

function judgementOf(
  given: Users,
  from: number,
  to: number,
  attempts: readonly Attempt[] = attemptsOf(given),
) {
  const addresses = Array.from({ length: given.count }, (_, user) => nameOf(user));
  return judge({
    contract: { ...oneMinute, users: given.users },
    protocols: new Map(protocols.map((protocol) => [protocol, 'roundtrip' as const])),
    stretch: { from, to },
    mailboxes: [{ since: 0, mailboxes: addresses }],
    attempts,
    pending: new Map(),
    blind: [],
    exclusions: [],
    deliveryAllowance: 60_000,
    settling: 35_000,
  });
}

test('of several mailboxes and a share of users: proven ≤ truth ≤ possible', () => {
  const seen = { counted: 0, partly: 0 };
  fc.assert(
    fc.property(world, (given) => {
      const judgement = judgementOf(given, watched, end);
      const proven = total(judgement, 'unavailable');
      const possible = total(judgement, 'unavailable', 'suspect', 'unknown');
      const answer = given.paces[0]?.answer ?? 0;
      assert.ok(proven <= trueMinutesOf(given, answer), 'proven exceeds the truth');
      const least = trueMinutesOf(given, -answer);
      assert.ok(least <= possible, 'the truth exceeds what is possible');
      assert.equal(total(judgement), minutes - watched / minuteLength);
      if (proven > 0) seen.counted++;
      if (proven > 0 && given.count > 1) seen.partly++;
    }),
    { numRuns: runs, endOnFailure: true },
  );
  // A test in which hardly anything fails would hold whatever the judge does.
  assert.ok(seen.partly > runs / 10, JSON.stringify(seen));
});

/** What the store would give: everything since the context began, and the last successes before it. */
function knownAt(attempts: readonly Attempt[], from: number, now: number): Attempt[] {
  const before = from - contextBefore(oneMinute);
  const last = new Map(
    attempts
      .filter((one) => one.vouches !== null && one.endedAt < before)
      .sort((a, b) => a.endedAt - b.endedAt)
      .map((one) => [`${one.mailbox} ${one.protocol} ${one.vouches}`, one]),
  );
  const since = attempts.filter((one) => one.endedAt >= before && one.endedAt <= now);
  return [...last.values(), ...since];
}

test('judging several mailboxes in any slices of time gives the same ledger as judging all at once', () => {
  const steps = fc.array(fc.integer({ min: 1, max: end }), { minLength: 20, maxLength: 50 });
  fc.assert(
    fc.property(world, steps, (given, drawn) => {
      const attempts = attemptsOf(given);
      const whole = judgementOf(given, 0, end, attempts).minutes;
      let from = 0;
      for (const now of [...drawn, end].sort((a, b) => a - b)) {
        if (now <= from) continue;
        const slice = judgementOf(given, from, now, knownAt(attempts, from, now));
        for (const [minute, state] of slice.minutes)
          if (minute < slice.finalUntil)
            assert.equal(state, whole.get(minute), `minute ${minute / minuteLength}`);
        from = slice.finalUntil;
      }
    }),
    { numRuns: Math.ceil(runs / 20), endOnFailure: true },
  );
});
