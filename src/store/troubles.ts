import type { Interval } from '../domain/interval.ts';
import { type Depth, depths, type Protocol, reaches } from '../domain/protocol.ts';
import type { Connection } from './open.ts';
import { clockStepped, isEvidence } from './results.ts';

/** A message is looked for in its first day, and the look ends within the hour: a failure that it gives reaches so far back, ms. */
const longestFailure = 25 * 60 * 60_000;

/** One protocol of a tenant; of one of its mailboxes, or null: of whichever. */
export interface Watched {
  readonly tenant: string;
  readonly mailbox: string | null;
  readonly protocol: Protocol;
}

/** Finds by index, and without reading the rest, what may keep minutes from being plainly available. */
export function troubleReader(connection: Connection) {
  const failures = connection.prepare(`
    SELECT min(started_at, coalesce(proven_from, started_at)) AS "from",
      max(ended_at, coalesce(proven_to, ended_at)) AS "to"
    FROM result INDEXED BY result_by_failure
    WHERE tenant = @tenant AND reason IS NOT NULL
      AND ended_at >= @from AND ended_at < @to + ${longestFailure}
      AND min(started_at, coalesce(proven_from, started_at)) < @to`);
  const steps = connection.prepare(`
    SELECT min(started_at, ended_at) AS "from", max(started_at, ended_at) AS "to"
    FROM result INDEXED BY result_by_clock_step
    WHERE tenant = @tenant AND ended_at >= @from AND ended_at < @to AND ${clockStepped}`);
  const ofTenant = successReader(connection, 'result_by_success', 'tenant = @tenant');
  const ofMailbox = successReader(
    connection,
    'result_by_mailbox',
    'tenant = @tenant AND mailbox = @mailbox',
  );
  const readerOf = ({ mailbox }: Watched) => (mailbox === null ? ofTenant : ofMailbox);

  return {
    /** From the beginning of what failed results prove, or of the attempt, to its end; those that touch [from, to). */
    failures: (tenant: string, within: Interval): Interval[] =>
      failures.all({ tenant, ...within }) as Interval[],
    /** Attempts that ended in [from, to), during which the wall clock stepped. */
    clockSteps: (tenant: string, within: Interval): Interval[] =>
      steps.all({ tenant, ...within }) as Interval[],
    /** End of the last evidence before `before` that vouches for just this depth; null if there is none. */
    lastEvidence: (watched: Watched, depth: Depth, before: number): number | null =>
      readerOf(watched).lastEvidence({ ...watched, depth, before }),
    /**
     * Where a protocol has no success at `needed` or deeper for at least `threshold` ms, as far as it
     * touches `within`, whether each success is evidence or not; such a gap may begin long before
     * (-Infinity: there never was one), and go on after.
     */
    gaps(watched: Watched, needed: Depth, within: Interval, threshold: number): Interval[] {
      const until = within.to + threshold;
      const reader = readerOf(watched);
      let gaps: Interval[] = [{ from: -Infinity, to: until }];
      // Deepest first: round trips alone leave hardly a gap, so that the others are not even read.
      for (const depth of depths.toReversed()) {
        if (!reaches(depth, needed) || gaps.length === 0) continue;
        const last = reader.last({ ...watched, depth, before: within.from }) ?? -Infinity;
        gaps = gaps.flatMap((gap) => {
          const from = gap.from < within.from ? Math.max(gap.from, last) : gap.from;
          const since = Math.max(from, within.from - 1);
          const moments = reader.successes({ ...watched, depth, since, until: gap.to });
          return gapsBetween([from, ...moments, gap.to], threshold);
        });
      }
      return gaps;
    },
  };
}

/** The ends of successes, by an index of its own for each way to ask. */
function successReader(connection: Connection, index: string, whose: string) {
  const from = `FROM result INDEXED BY ${index} WHERE ${whose} AND protocol = @protocol AND vouches = @depth`;
  const pluck = (sql: string) => connection.prepare(sql).pluck();
  const successes = pluck(
    `SELECT ended_at ${from} AND ended_at > @since AND ended_at < @until ORDER BY ended_at`,
  );
  const last = pluck(`SELECT max(ended_at) ${from} AND ended_at < @before`);
  const lastEvidence = pluck(
    `SELECT ended_at ${from} AND ended_at < @before AND ${isEvidence} ORDER BY ended_at DESC LIMIT 1`,
  );
  type Before = Watched & { readonly depth: Depth; readonly before: number };
  return {
    successes: (given: Watched & { depth: Depth; since: number; until: number }): number[] =>
      successes.all(given) as number[],
    last: (given: Before) => last.get(given) as number | null,
    lastEvidence: (given: Before) => (lastEvidence.get(given) as number | undefined) ?? null,
  };
}

function gapsBetween(moments: readonly number[], threshold: number): Interval[] {
  const gaps: Interval[] = [];
  let from = moments[0] as number;
  for (const to of moments) {
    if (to - from >= threshold) gaps.push({ from, to });
    from = to;
  }
  return gaps;
}
