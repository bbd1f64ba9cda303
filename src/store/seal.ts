import { createHash } from 'node:crypto';
import type { Connection } from './open.ts';

const dayLength = 86_400_000;
/** A day is sealed when it has been over for so long: late attempts are on disk by then, ms. */
const settling = 10 * 60_000;
/** So many rows are hashed at once; in between the daemon has its turn. */
const slice = 500;
const firstOfAll = '0'.repeat(64);

/** What a result is made of, in the order in which it is hashed. Columns that come later are not part of it. */
const columns = [
  'id',
  'tenant',
  'protocol',
  'depth',
  'started_at',
  'ended_at',
  'monotonic_start',
  'monotonic_end',
  'phases',
  'vouches',
  'failed_phase',
  'reason',
  'failure_kind',
  'code',
  'message',
  'proven_from',
  'proven_to',
  'address',
  'tls_version',
  'certificate_not_after',
  'transcript',
  'token',
  'accepted_at',
  'looked_at',
] as const;

type Row = readonly (string | number | null)[];

interface Seal {
  readonly day: string;
  readonly first_id: number;
  readonly last_id: number;
  readonly previous: string;
  readonly hash: string;
}

/** Something that is not as it was sealed. */
export interface SealFault {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  /** The result's row; null when the fault is of the day as a whole. */
  readonly result: number | null;
  readonly what: string;
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function statements(connection: Connection) {
  return {
    seals: connection.prepare('SELECT * FROM seal ORDER BY day'),
    lastSeal: connection.prepare('SELECT * FROM seal ORDER BY day DESC LIMIT 1'),
    firstAfter: connection.prepare(
      'SELECT id, ended_at FROM result WHERE id > ? ORDER BY id LIMIT 1',
    ),
    firstKnown: connection.prepare(
      'SELECT id, ended_at FROM result WHERE id > ? AND ended_at <= ? ORDER BY id LIMIT 1',
    ),
    lastBefore: connection.prepare(
      'SELECT max(id) AS last FROM result WHERE id > ? AND ended_at < ?',
    ),
    rows: connection
      .prepare(
        `SELECT ${columns.join(', ')} FROM result WHERE id > ? AND id <= ? ORDER BY id LIMIT ${slice}`,
      )
      .raw(),
    fingerprints: connection
      .prepare('SELECT fingerprint FROM result_fingerprint WHERE result_id = ?')
      .pluck(),
    insertSeal: connection.prepare(
      'INSERT INTO seal (day, first_id, last_id, previous, hash, sealed_at) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    insertFingerprint: connection.prepare(
      'INSERT INTO result_fingerprint (result_id, fingerprint) VALUES (?, ?)',
    ),
  };
}

function idOf(row: Row): number {
  return Number(row[0]);
}

function fingerprintOf(row: Row): { whole: string; print: Buffer } {
  const whole = JSON.stringify(row);
  return { whole, print: hashOf(whole).subarray(0, 8) };
}

/**
 * Seals every finished day, oldest first, in slices with a turn of the event loop in between.
 * @param turn gives way to others; e.g. `setImmediate`
 * @returns the days that were sealed, with their hashes
 */
export async function sealFinishedDays(
  connection: Connection,
  now: number,
  turn: () => Promise<void>,
): Promise<{ day: string; hash: string }[]> {
  const sql = statements(connection);
  const sealed: { day: string; hash: string }[] = [];
  for (;;) {
    const last = sql.lastSeal.get() as Seal | undefined;
    const after = last?.last_id ?? 0;
    const first = sql.firstAfter.get(after) as { id: number; ended_at: number } | undefined;
    if (first === undefined) return sealed;
    // A clock that was far ahead for a while must not keep all later days from being sealed: what was
    // written then belongs to the day of the first result that is not of the future.
    const known = sql.firstKnown.get(after, now) as { ended_at: number } | undefined;
    if (known === undefined) return sealed;
    // A result that was written late belongs to the first day that is still open.
    const dayStart = Math.max(known.ended_at, last ? Date.parse(last.day) + dayLength : 0);
    const day = dayOf(dayStart);
    const dayEnd = Date.parse(day) + dayLength;
    if (now < dayEnd + settling) return sealed;
    const { last: lastId } = sql.lastBefore.get(after, dayEnd) as { last: number | null };
    const until = Math.max(lastId ?? first.id, first.id);
    const previous = last?.hash ?? firstOfAll;
    const { hash, prints } = await digest(sql, { after, until, day, previous }, turn);
    connection.transaction(() => {
      for (const [id, print] of prints) sql.insertFingerprint.run(id, print);
      sql.insertSeal.run(day, first.id, until, previous, hash, now);
    })();
    sealed.push({ day, hash });
  }
}

async function digest(
  sql: ReturnType<typeof statements>,
  range: { after: number; until: number; day: string; previous: string },
  turn: () => Promise<void>,
): Promise<{ hash: string; prints: [number, Buffer][] }> {
  const prints: [number, Buffer][] = [];
  const whole = createHash('sha256').update(`${range.previous}\n${range.day}\n`);
  for (let at = range.after; at < range.until; ) {
    const rows = sql.rows.all(at, range.until) as Row[];
    for (const row of rows) {
      const print = fingerprintOf(row);
      whole.update(`${print.whole}\n`);
      prints.push([idOf(row), print.print]);
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    at = idOf(last);
    await turn();
  }
  return { hash: whole.digest('hex'), prints };
}

/**
 * Proves that nothing sealed was altered or removed, or says where it was: the day and the row.
 * Reads only, in constant memory. Gives at most `most` faults.
 */
export function verifySeals(
  connection: Connection,
  most = 100,
): { days: number; results: number; head: string | null; faults: SealFault[] } {
  const sql = statements(connection);
  const faults: SealFault[] = [];
  const tell = (day: string, result: number | null, what: string): void => {
    if (faults.length < most) faults.push({ day, result, what });
  };
  let previous = firstOfAll;
  let results = 0;
  let expected: number | null = null;
  const seals = sql.seals.all() as Seal[];
  for (const seal of seals) {
    if (seal.previous !== previous)
      tell(seal.day, null, 'the chain is broken: a seal before it was altered or removed');
    if (expected !== null && seal.first_id !== expected)
      tell(seal.day, null, `results ${expected} to ${seal.first_id - 1} belong to no seal`);
    results += verifyDay(sql, seal, tell);
    previous = seal.hash;
    expected = seal.last_id + 1;
  }
  return { days: seals.length, results, head: seals.at(-1)?.hash ?? null, faults };
}

function verifyDay(
  sql: ReturnType<typeof statements>,
  seal: Seal,
  tell: (day: string, result: number | null, what: string) => void,
): number {
  const whole = createHash('sha256').update(`${seal.previous}\n${seal.day}\n`);
  let count = 0;
  let next = seal.first_id;
  const missing = (upTo: number): void => {
    for (; next < upTo; next++) tell(seal.day, next, 'removed');
  };
  for (let at = seal.first_id - 1; at < seal.last_id; ) {
    const rows = sql.rows.all(at, seal.last_id) as Row[];
    for (const row of rows) {
      missing(idOf(row));
      const { whole: text, print } = fingerprintOf(row);
      whole.update(`${text}\n`);
      const sealed = sql.fingerprints.get(idOf(row)) as Buffer | undefined;
      if (sealed === undefined) tell(seal.day, next, 'its fingerprint was removed');
      else if (!print.equals(sealed)) tell(seal.day, next, `altered (${describe(row)})`);
      next++;
      count++;
    }
    const last = rows.at(-1);
    if (last === undefined) break;
    at = idOf(last);
  }
  missing(seal.last_id + 1);
  if (whole.digest('hex') !== seal.hash)
    tell(seal.day, null, 'the day’s hash does not fit its results');
  return count;
}

/** What a person needs to find the row: tenant, protocol, depth and time. */
function describe(row: Row): string {
  const [, tenant, protocol, depth, startedAt] = row;
  const at = new Date(Number(startedAt));
  const when = Number.isNaN(at.getTime()) ? String(startedAt) : at.toISOString();
  return `${tenant} ${protocol} ${depth}, ${when}`;
}
