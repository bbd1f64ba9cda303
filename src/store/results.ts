import { type Attempt, clockTolerance } from '../domain/evidence.ts';
import { depths, protocols } from '../domain/protocol.ts';
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
    const { sightings, looks, reports, copies, quota, pageOpen, ...plain } = rest;
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

/** As `evidenceOf` has it: what a clock step or a pause touched is left out. */
const isEvidence = `abs(ended_at - started_at - round((monotonic_end - monotonic_start) / 1000.0)) <= ${clockTolerance}
       AND NOT EXISTS (SELECT 1 FROM incident WHERE kind IN ('clock-step', 'pause')
         AND to_at >= result.started_at AND from_at <= result.ended_at)`;

/** Reads attempts as the judge wants them. */
export function attemptReader(connection: Connection) {
  const since = connection.prepare(
    `SELECT ${attemptColumns} FROM result WHERE tenant = ? AND ended_at >= ? AND ended_at < ? ORDER BY ended_at, id`,
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
  return {
    /**
     * Attempts that ended in [from, to), and before it the last success of each protocol and depth that is
     * evidence: also of each of several mailboxes, and of the time before they were several.
     */
    attempts(
      tenant: string,
      from: number,
      to: number,
      several: { readonly since: number; readonly mailboxes: readonly string[] } = single,
    ): Attempt[] {
      const before = protocols.flatMap((protocol) =>
        depths.flatMap((vouched) => [
          ...lastSuccess.all(tenant, protocol, vouched, Math.min(from, several.since)),
          ...several.mailboxes.flatMap((mailbox) =>
            lastOfMailbox.all(tenant, mailbox, protocol, vouched, from),
          ),
        ]),
      );
      return ([...before, ...since.all(tenant, from, to)] as AttemptRow[]).map(attemptOf);
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
