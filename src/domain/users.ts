import type { Contract } from './contract.ts';
import { type Evidence, silentStretches } from './evidence.ts';
import {
  atLeastAnInstant,
  difference,
  type Interval,
  intersection,
  lengthOf,
  union,
} from './interval.ts';
import type { FailureRun } from './ledger.ts';
import { type Depth, type Protocol, reaches, shallower } from './protocol.ts';
import { timeOfTooMany, type UserPart } from './share.ts';

/** One mailbox of the tenant over the time in which it was probed: a user who is asked. */
export interface Seat {
  /** Wall ms; infinite where nothing else is known. */
  readonly within: Interval;
  readonly evidence: Evidence;
  readonly runs: readonly FailureRun[];
}

/** By what terms the users' failures are combined. */
interface Terms {
  readonly contract: Contract;
  /** The protocols judged, with the deepest depth that each can be probed at. */
  readonly protocols: ReadonlyMap<Protocol, Depth>;
  /** Judged up to its end. */
  readonly stretch: Interval;
}

/** What the users' failures come to, taken together. */
export interface UsersFailing {
  /** Proven, sorted and disjoint; minutes are counted from it. */
  readonly certain: readonly Interval[];
  /** No more than this by the failures that are the provider's; it holds all that is certain. */
  readonly possible: readonly Interval[];
  /** What no evidence can rule out: every minute that it touches. */
  readonly unknown: readonly Interval[];
  /** Of that, what several users come to together: only the whole of it can be judged. */
  readonly doubtful: readonly Interval[];
}

/**
 * Combines the mailboxes (T3.1). Each one's failures are first combined over its protocols and held
 * against the threshold, by itself. Then the users are counted, instant by instant:
 *
 * - **certain**: the time in which those **proven** to fail are too many of those that are asked;
 * - **possible**: the same of those that **may** fail, within the possible time of a failure of the provider's;
 * - **unknown**: what more there would be if those failed as well of whom nothing is known.
 *
 * Asked is every mailbox that the tenant had at that instant, but one that is out of service by the
 * customer's own fault (a refused password, a full mailbox) or turned away for our own traffic: from its
 * first to its last such failure it is no user whose service could be told, and stands neither among those
 * that fail nor among those that do not. If it fails by the provider's fault as well, it is asked.
 *
 * So proven ≤ truth ≤ possible for the users as for each of them: a mailbox that is proven to fail does
 * fail, one that fails may fail, and one more that fails only adds to a share. With one mailbox it is all
 * or nothing: what is certain, possible and unknown of it is so of the users.
 */
export function usersOf(terms: Terms, seats: readonly Seat[]): UsersFailing {
  const { contract, stretch } = terms;
  const several = timeOfSeveral(seats);
  const long = (interval: Interval) => lengthOf(interval) >= contract.threshold;
  const isAlone = (interval: Interval) => intersection([interval], several).length === 0;
  const users = seats.map((seat) => userOf(terms, seat));
  const tooMany = (failing: (user: User) => readonly Interval[], whenNobody = false) =>
    timeOfTooMany(
      users.map((user) => partOf(user, failing(user))),
      contract.users,
      whenNobody,
    ).filter((interval) => long(interval) || isAlone(interval));
  const possible = tooMany((user) => user.possible);
  const mayBe = tooMany(
    (user) => union([...user.possible, ...difference(user.doubt, user.out)]),
    true,
  );
  // Where doubt joins what is possible, nobody can tell which minutes of the whole it would be.
  const joined = intersection(mayBe, [{ from: -Infinity, to: stretch.to }]).filter(
    (interval) => difference([interval], possible).length > 0,
  );
  const doubtful = intersection(joined, several);
  const alone = difference([{ from: -Infinity, to: Infinity }], several);
  return {
    certain: tooMany((user) => user.certain),
    possible,
    unknown: [...users.flatMap(({ doubt }) => intersection(doubt, alone)), ...doubtful],
    doubtful,
  };
}

interface User {
  readonly within: Interval;
  /** That may count, by the failures of the provider's. */
  readonly certain: readonly Interval[];
  readonly possible: readonly Interval[];
  /** In which nothing is known of it, or no more than that it failed by somebody else's fault. */
  readonly doubt: readonly Interval[];
  /** Out of service, and not by the provider's fault. */
  readonly out: readonly Interval[];
}

function userOf(terms: Terms, seat: Seat): User {
  const blamed = seat.runs.filter((run) => run.attribution === 'provider');
  const others = seat.runs.filter((run) => run.attribution !== 'provider');
  const doubt = [...silence(terms, seat), ...others.map((run) => run.possible)];
  return {
    within: seat.within,
    certain: countable(terms, blamed, (run) => run.certain),
    possible: countable(terms, blamed, (run) => [run.possible]),
    doubt: union(doubt.map(atLeastAnInstant)),
    out: union(others.flatMap(outOfService)),
  };
}

/**
 * Whether the run takes a user out of service by the customer's fault. Our own way being shut does not:
 * it is not known how the user fares.
 */
export function isOutOfService({ attribution }: Pick<FailureRun, 'attribution'>): boolean {
  return attribution === 'customer' || attribution === 'throttled';
}

function outOfService(run: FailureRun): Interval[] {
  const [first, last] = [run.certain[0], run.certain.at(-1)];
  if (!isOutOfService(run) || first === undefined || last === undefined) return [];
  return [{ from: first.from, to: last.to }];
}

function partOf({ within, out }: User, failing: readonly Interval[]): UserPart {
  const own = intersection(failing, [within]);
  return { failing: own, asked: difference([within], difference(out, own)) };
}

/** When the tenant had more than one mailbox. */
function timeOfSeveral(seats: readonly Seat[]): Interval[] {
  let any: Interval[] = [];
  let several: Interval[] = [];
  for (const { within } of seats) {
    several = union([...several, ...intersection(any, [within])]);
    any = union([...any, within]);
  }
  return several;
}

/**
 * The intervals that reach the contract's threshold, combined over its protocols (T1.1, T1.3, T1.7):
 * one failing protocol is enough (`any`), all must fail (`all`), or their failures add up (`cross`).
 */
function countable(
  terms: Terms,
  runs: readonly FailureRun[],
  intervalsOf: (run: FailureRun) => readonly Interval[],
): Interval[] {
  const long = (interval: Interval) => lengthOf(interval) >= terms.contract.threshold;
  const perProtocol = [...terms.protocols.keys()].map((protocol) =>
    union(runs.filter((run) => run.protocol === protocol).flatMap(intervalsOf)),
  );
  switch (terms.contract.combination) {
    case 'any':
      return union(perProtocol.flatMap((intervals) => intervals.filter(long)));
    case 'cross':
      return union(perProtocol.flat()).filter(long);
    case 'all':
      return perProtocol.length === 0
        ? []
        : perProtocol.map((intervals) => intervals.filter(long)).reduce(intersection);
  }
}

/** Where a contracted protocol has no evidence for so long that a countable failure could hide. */
function silence(terms: Terms, { evidence, within }: Seat): Interval[] {
  return [...terms.protocols].flatMap(([protocol, deepest]) => {
    const needed = shallower(terms.contract.depth, deepest);
    return silentStretches(
      momentsOf(protocol, needed, evidence),
      { from: within.from, to: Math.min(within.to, terms.stretch.to) },
      terms.contract.threshold,
    );
  });
}

function momentsOf(protocol: Protocol, needed: Depth, evidence: Evidence): Interval[] {
  const moments: Interval[] = [];
  for (const success of evidence.successes)
    if (success.protocol === protocol && reaches(success.depth, needed))
      moments.push({ from: success.at, to: success.at });
  for (const failure of evidence.failures)
    if (failure.protocol === protocol) moments.push({ from: failure.from, to: failure.to });
  return moments;
}
