import type { Attempt } from '../domain/evidence.ts';
import { depthOf, depths, type Phase, type Protocol, protocols } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import type { Connection } from './open.ts';

/** Writes results: facts, inserted once. */
export function resultWriter(connection: Connection): (result: ProbeResult) => number {
  const insert = connection.prepare(`
    INSERT INTO result (tenant, protocol, depth, started_at, ended_at, monotonic_start, monotonic_end,
      phases, vouches, failed_phase, reason, failure_kind, code, message, proven_from, proven_to,
      address, tls_version, certificate_not_after, transcript, token, accepted_at, looked_at, mailbox)
    VALUES (@tenant, @protocol, @depth, @startedAt, @endedAt, @monotonicStart, @monotonicEnd,
      @phases, @vouches, @failedPhase, @reason, @kind, @code, @message, @provenFrom, @provenTo,
      @address, @tlsVersion, @certificateNotAfter, @transcript, @token, @acceptedAt, @lookedAt,
      @mailbox)`);
  return (result) => {
    const { failure, phases, transcript, ...rest } = result;
    // What a look found is kept with the messages.
    const { sightings, looks, reports, copies, traces, quota, pageOpen, ...plain } = rest;
    const { lastInsertRowid } = insert.run({
      ...plain,
      mailbox: result.mailbox ?? null,
      phases: JSON.stringify(phases.map(({ phase, microseconds }) => [phase, microseconds])),
      failedPhase: failure?.phase ?? null,
      reason: failure?.reason ?? null,
      kind: failure?.kind ?? null,
      code: failure?.code ?? null,
      message: failure?.message ?? null,
      provenFrom: failure?.provenFrom ?? null,
      provenTo: failure?.provenTo ?? null,
      transcript: failure === null ? null : transcript,
    });
    return Number(lastInsertRowid);
  };
}

type AttemptRow = {
  protocol: string;
  started_at: number;
  ended_at: number;
  monotonic_start: number;
  monotonic_end: number;
  vouches: string | null;
  failed_phase: string | null;
  reason: string | null;
  code: string | null;
  proven_from: number | null;
  proven_to: number | null;
  mailbox: string | null;
};

const attemptColumns = `protocol, started_at, ended_at, monotonic_start, monotonic_end, vouches,
  failed_phase, reason, code, proven_from, proven_to, mailbox`;

const single = { since: Infinity, mailboxes: [] };

/**
 * The wall clock stepped while the attempt ran: no evidence. As `clockStepWithin` of the domain has it,
 * in the very words of the index.
 */
export const clockStepped =
  'abs(ended_at - started_at - (monotonic_end - monotonic_start + 500) / 1000) > 500';

/** What `evidenceOf` of the domain takes into account: no clock step, no pause of our own touched it. */
export const isEvidence = `NOT ${clockStepped}
  AND NOT EXISTS (SELECT 1 FROM incident WHERE kind IN ('clock-step', 'pause')
    AND to_at >= result.started_at AND from_at <= result.ended_at)`;

/** Reads attempts as the judge wants them. */
export function attemptReader(connection: Connection) {
  const since = connection.prepare(
    `SELECT ${attemptColumns} FROM result
     WHERE tenant = ? AND ended_at >= ? AND ended_at < ?
       AND (reason IS NOT NULL OR vouches <> 'connect' OR instr(?, protocol))
     ORDER BY ended_at, id`,
  );
  const failed = connection.prepare(
    `SELECT DISTINCT protocol, failed_phase AS phase FROM result INDEXED BY result_by_failure
     WHERE tenant = ? AND reason IS NOT NULL AND ended_at >= ? AND ended_at < ?`,
  );
  // One that is left out as evidence says nothing of the time before the stretch: the one before it does.
  const lastSuccess = connection.prepare(
    `SELECT ${attemptColumns} FROM result
     WHERE tenant = ? AND protocol = ? AND vouches = ? AND ended_at < ?
       AND ${isEvidence}
     ORDER BY ended_at DESC LIMIT 1`,
  );
  const newest = connection.prepare(
    'SELECT ended_at AS wall, monotonic_end AS monotonic FROM result ORDER BY id DESC LIMIT 1',
  );
  const lastOfMailbox = connection.prepare(
    `SELECT ${attemptColumns} FROM result
     WHERE tenant = ? AND mailbox = ? AND protocol = ? AND vouches = ? AND ended_at < ?
       AND ${isEvidence}
     ORDER BY ended_at DESC LIMIT 1`,
  );
  const first = connection.prepare('SELECT min(ended_at) AS first FROM result WHERE tenant = ?');
  const latest = connection.prepare('SELECT max(ended_at) AS latest FROM result WHERE tenant = ?');
  const number = (row: unknown, key: string) => (row as Record<string, number | null>)[key] ?? null;
  /** The protocols with a failure that a mere connection ends. */
  function failedShallowly(tenant: string, from: number, to: number): string[] {
    const rows = failed.all(tenant, from, to) as { protocol: string; phase: Phase }[];
    return rows.filter(({ phase }) => depthOf(phase) === 'connect').map(({ protocol }) => protocol);
  }

  return {
    /**
     * Attempts that ended in [from, to), and before it the last success of each protocol and depth that is
     * evidence: also of each of several mailboxes, and of the time before they were several. Mere connections
     * are left out where they decide nothing: they are most of all, and end no deeper failure.
     * @param given `shallow`: the protocols of which a connection is all that is asked
     */
    attempts(
      tenant: string,
      from: number,
      to: number,
      given: {
        readonly since: number;
        readonly mailboxes: readonly string[];
        readonly shallow?: readonly Protocol[];
      } = single,
    ): Attempt[] {
      const before = protocols.flatMap((protocol) =>
        depths.flatMap((vouched) => [
          ...lastSuccess.all(tenant, protocol, vouched, Math.min(from, given.since)),
          ...given.mailboxes.flatMap((mailbox) =>
            lastOfMailbox.all(tenant, mailbox, protocol, vouched, from),
          ),
        ]),
      );
      const connections = [
        ...(given.shallow ?? protocols),
        ...failedShallowly(tenant, from, to),
      ].join(' ');
      const rows = [...before, ...since.all(tenant, from, to, connections)];
      return (rows as AttemptRow[]).map(attemptOf);
    },
    /** End of the last attempt of any protocol that proved a round trip, wall ms; null if none did. */
    lastRound(tenant: string): number | null {
      const rows = protocols.flatMap((protocol) =>
        lastSuccess.all(tenant, protocol, 'roundtrip', Number.MAX_SAFE_INTEGER),
      ) as AttemptRow[];
      return rows.length === 0 ? null : Math.max(...rows.map(({ ended_at }) => ended_at));
    },
    /** End of the tenant's first result, wall ms; null if there is none. */
    firstEnd: (tenant: string) => number(first.get(tenant), 'first'),
    /** What the clocks showed at the end of the result written last, wall ms and monotonic µs. */
    lastReading: () => (newest.get() as { wall: number; monotonic: number } | undefined) ?? null,
    latestEnd: (tenant: string) => number(latest.get(tenant), 'latest'),
  };
}

function attemptOf(row: AttemptRow): Attempt {
  const { failed_phase, reason, proven_from, proven_to } = row;
  const failed =
    failed_phase !== null && reason !== null && proven_from !== null && proven_to !== null;
  return {
    protocol: row.protocol,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    monotonicStart: row.monotonic_start,
    monotonicEnd: row.monotonic_end,
    vouches: row.vouches,
    ...(row.mailbox !== null && { mailbox: row.mailbox }),
    failure: failed
      ? {
          phase: failed_phase,
          reason,
          code: row.code,
          provenFrom: proven_from,
          provenTo: proven_to,
        }
      : null,
    // The columns were written from these very types, and are never edited.
  } as Attempt;
}
