import type { Case, Judgement } from './case.ts';
import type { Contract } from './contract.ts';
import { controlRounds, type WayProof } from './control.ts';
import { evidenceOf } from './evidence.ts';
import { finalUntil } from './finality.ts';
import { minuteLength } from './interval.ts';
import type { FailureRun } from './ledger.ts';
import { type MailboxWatch, namedSince, watchesOf } from './mailboxes.ts';
import { minuteStatesOf, withExclusions } from './minute-states.ts';
import { shallower } from './protocol.ts';
import { reattribute } from './reattribution.ts';
import { failureRuns } from './runs.ts';
import { type Seat, usersOf } from './users.ts';

/** How far before a stretch its attempts must be known, ms: longer than any silence that could hide a failure. */
export function contextBefore(contract: Contract): number {
  return contract.threshold + 2 * minuteLength;
}

/** Judges a stretch of minutes (measurement §4). Pure: the same case has the same judgement, always. */
export function judge(given: Case): Judgement {
  const eras = given.mailboxes ?? [];
  const ways = controlRounds(given.controls ?? [], given.blind);
  const seats = watchesOf(eras)
    .filter(({ within }) => within.from < given.stretch.to)
    .map((watch) => seatOf(given, watch, ways, namedSince(eras)));
  const runs = seats.flatMap((seat) => seat.runs).sort((a, b) => a.possible.from - b.possible.from);
  const users = usersOf(given, seats);
  const bare = minuteStatesOf(given, seats, users);
  return {
    runs,
    minutes: withExclusions(bare, given.exclusions),
    bare,
    finalUntil: finalUntil(given, seats, [
      ...runs.map(({ possible }) => possible),
      ...users.doubtful,
    ]),
  };
}

/** What one mailbox's evidence comes to, by itself: its runs, and whose fault each was. */
function seatOf(
  given: Case,
  watch: ReturnType<typeof watchesOf>[number],
  ways: readonly WayProof[],
  named: number,
): Seat {
  const evidence = evidenceOf(
    given.attempts.filter(watch.belongs),
    given.blind,
    given.deliveryAllowance,
  );
  const { successes } = evidence;
  const { domainChanges = [], loginApart = null } = given;
  const grounds = { successes, ways, domainChanges, loginApart };
  const found = [...given.protocols].flatMap(([protocol, deepest]) =>
    failureRuns(
      protocol,
      evidence.failures.filter((failure) => failure.protocol === protocol),
      grounds,
      {
        requiredDepth: shallower(given.contract.depth, deepest),
        deliveryAllowance: given.deliveryAllowance,
        now: given.stretch.to,
        blind: given.blind,
      },
    ).map((run) => watchedPart(startingWithin(run, given.stretch.from), watch, named)),
  );
  const runs = reattribute(
    found.sort((a, b) => a.possible.from - b.possible.from),
    given.reattributions ?? [],
  ).map(({ reattribution: _entry, ...run }) => run);
  return { within: watch.within, evidence, runs };
}

/** Of a mailbox that is no longer the tenant's, or was not yet, nothing is known and nothing is asked. */
function watchedPart(
  run: FailureRun,
  { mailbox, within }: MailboxWatch,
  named: number,
): FailureRun {
  const { from, to } = run.possible;
  return {
    ...(mailbox !== null && to >= named && { mailbox }),
    ...run,
    possible: { from: Math.max(from, within.from), to: Math.min(to, within.to) },
    open: run.open && to <= within.to,
  };
}

/** A run with no success before it may have begun at any time; nothing before the stretch is judged here. */
function startingWithin(run: FailureRun, from: number): FailureRun {
  if (run.possible.from !== -Infinity) return run;
  const first = run.certain[0]?.from ?? from;
  return { ...run, possible: { from: Math.min(from, first), to: run.possible.to } };
}
