import { type Contract, plainTerms } from '../../src/domain/contract.ts';
import type { Attempt } from '../../src/domain/evidence.ts';
import { minuteStates } from '../../src/domain/ledger.ts';
import { depthOf } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import type { Connection } from '../../src/store/open.ts';
import { tenantOf } from '../schedule/example.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { type Outage, type World, watch } from '../support/simulation.ts';

export const minute = 60_000;

export const contract: Contract = {
  ...plainTerms,
  name: 'plain',
  title: 'One minute',
  protocols: ['smtp', 'imap', 'pop', 'webmail'],
  target: { numerator: 999, denominator: 1000 },
};

export const tenant = tenantOf({ zone: 'Asia/Shanghai' });

/** A world in which nothing fails. */
export const pace: World = {
  protocols: ['smtp', 'imap', 'pop'],
  outages: [],
  cuts: [],
  pauses: [],
  jitter: 0,
  seed: 1,
  connect: 20_000,
  roundtrip: 50_000,
  answer: 80,
  deadline: 30_000,
  phase: 7_000,
  down: [],
};

/** What the daemon stores of `duration` ms from `start` on, in the order in which it is stored. */
export function resultsOf(
  start: number,
  duration: number,
  outages: readonly Outage[],
  given: Partial<World> = {},
): ProbeResult[] {
  const { attempts } = watch({ ...pace, ...given, outages }, duration);
  return attempts.map((attempt) => stored(attempt, start));
}

/** An attempt as a result, `start` later. */
export function stored(attempt: Attempt, start: number): ProbeResult {
  const { failure, vouches } = attempt;
  return resultOf({
    protocol: attempt.protocol,
    depth: vouches ?? depthOf(failure?.phase ?? 'tcp'),
    vouches,
    startedAt: start + attempt.startedAt,
    endedAt: start + attempt.endedAt,
    monotonicStart: attempt.monotonicStart,
    monotonicEnd: attempt.monotonicEnd,
    failure:
      failure &&
      failureOf({
        ...failure,
        kind: failure.provenFrom === failure.provenTo ? 'refusal' : 'silence',
        provenFrom: start + failure.provenFrom,
        provenTo: start + failure.provenTo,
      }),
  });
}

/** The closed minutes as a strip, one letter each: available is a point, unknown a question mark. */
export function strip(connection: Connection): string {
  const rows = connection.prepare('SELECT state FROM minute ORDER BY minute').all();
  return rows.map((row) => letterOf((row as { state: string }).state)).join('');
}

export function letterOf(state: string): string {
  const letters = { available: '.', degraded: 'd', suspect: 's', unavailable: 'U', unknown: '?' };
  return (letters as Record<string, string>)[state] ?? 'x';
}

/** Every row of the ledger but its numbering. */
export function ledgerOf(connection: Connection) {
  const all = (sql: string) => connection.prepare(sql).all() as Record<string, unknown>[];
  return {
    minutes: all('SELECT * FROM minute ORDER BY tenant, contract, minute'),
    counts: all('SELECT * FROM minute_count ORDER BY tenant, contract, month, state'),
    runs: all('SELECT * FROM failure_run ORDER BY tenant, protocol, possible_from, certain').map(
      ({ id: _id, ...run }) => run,
    ),
    progress: all('SELECT * FROM ledger_progress ORDER BY tenant, contract'),
  };
}

/** True if the sums that are kept beside the ledger are those of its rows. */
export function sumsAreTrue(connection: Connection): boolean {
  const rows = connection
    .prepare('SELECT state, count(*) AS n FROM minute GROUP BY state ORDER BY state')
    .all();
  const sums = connection
    .prepare(
      'SELECT state, sum(minutes) AS n FROM minute_count GROUP BY state HAVING n > 0 ORDER BY state',
    )
    .all();
  return JSON.stringify(rows) === JSON.stringify(sums);
}

export const noMinutes = Object.fromEntries(minuteStates.map((state) => [state, 0]));
