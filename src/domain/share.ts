import type { Contract } from './contract.ts';
import { type Interval, union } from './interval.ts';

/** One mailbox's part in the share of users. All lists sorted and disjoint. */
export interface UserPart {
  /** When it is one of the users that are asked. */
  readonly asked: readonly Interval[];
  /** When it is without the service. */
  readonly failing: readonly Interval[];
}

/**
 * Whether so many of the users are too many (T3.1): the share reaches the contract's, or exceeds it where
 * the share itself is not enough. Without a share one user is enough; all of them always are. Exact:
 * integers are multiplied across.
 */
export function isTooMany(users: Contract['users'], failing: number, asked: number): boolean {
  if (failing === 0) return false;
  if (users === null || failing === asked) return true;
  const [own, limit] = [failing * users.share.denominator, users.share.numerator * asked];
  return users.inclusive ? own >= limit : own > limit;
}

/**
 * The time in which too many of those that are asked fail at once.
 * @param whenNobody what holds where nobody is asked
 */
export function timeOfTooMany(
  parts: readonly UserPart[],
  users: Contract['users'],
  whenNobody: boolean,
): Interval[] {
  const changes = parts.flatMap(({ asked, failing }) => [
    ...edgesOf(asked, 'asked'),
    ...edgesOf(failing, 'failing'),
  ]);
  changes.sort((a, b) => (a.at < b.at ? -1 : Number(a.at > b.at)));
  const found: Interval[] = [];
  const count = { asked: 0, failing: 0 };
  let from = -Infinity;
  const close = (to: number) => {
    const { asked, failing } = count;
    const holds = asked === 0 ? whenNobody : isTooMany(users, failing, asked);
    if (holds && from < to) found.push({ from, to });
    from = to;
  };
  for (const { at, what, by } of changes) {
    if (at > from) close(at);
    count[what] += by;
  }
  close(Infinity);
  return union(found);
}

function edgesOf(intervals: readonly Interval[], what: keyof UserPart) {
  return intervals.flatMap(({ from, to }) => [
    { at: from, what, by: 1 },
    { at: to, what, by: -1 },
  ]);
}
