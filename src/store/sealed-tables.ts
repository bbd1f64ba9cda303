import { createHash, hash } from 'node:crypto';
import type { Connection } from './open.ts';

/** So many rows are read at once: memory stays bounded, and others have their turn in between. */
export const slice = 500;

/** A table whose rows are chained. */
export interface SealedTable {
  readonly name: string;
  /** The row's number, an SQL expression: it rises in the order of writing. */
  readonly key: string;
  /** Where its rows are read from. */
  readonly from: string;
  /** Where the rows' times are read from, if elsewhere. */
  readonly placedBy?: string;
  /** When the row was made, wall ms: it decides the day by which the row is sealed. */
  readonly at: string;
  /** The columns that are never written again; left out: all of the table. */
  readonly columns?: readonly string[];
}

const ofItsOwn = (name: string, at: string): SealedTable => ({
  name,
  key: `${name}.id`,
  from: `${name} WHERE true`,
  at: `${name}.${at}`,
});

const ofAnEntry = (name: string): SealedTable => ({
  ...ofItsOwn(name, 'id'),
  placedBy: `${name} JOIN entry USING (id) WHERE true`,
  at: 'entry.entered_at',
});

/**
 * All that ledger and report are computed from. Not among them: what is derived and can be computed again
 * (minutes, runs, revisions, fates), and what says how far something has come (`domain_look`, `message.removed_at`).
 */
export const sealedTables: readonly SealedTable[] = [
  ofItsOwn('result', 'ended_at'),
  ofItsOwn('control_result', 'ended_at'),
  ofItsOwn('domain_record', 'seen_at'),
  ofItsOwn('incident', 'to_at'),
  ofItsOwn('tenant_mailboxes', 'since'),
  {
    name: 'message',
    key: 'message_row.id',
    from: 'message_row JOIN message USING (token) WHERE message_row.protocol IS NULL',
    placedBy: 'message_row WHERE protocol IS NULL',
    at: 'message_row.at',
    columns: [
      'token',
      'tenant',
      'sent_at',
      'accepted_at',
      'mailbox',
      'route',
      'sender',
      'recipient',
      'refused_at',
      'refusal',
    ],
  },
  {
    name: 'sighting',
    key: 'message_row.id',
    from: 'message_row JOIN sighting USING (token, protocol) WHERE true',
    placedBy: 'message_row WHERE protocol IS NOT NULL',
    at: 'message_row.at',
  },
  ofItsOwn('look', 'looked_at'),
  ofItsOwn('delivery_report', 'seen_at'),
  ofItsOwn('message_copy', 'seen_at'),
  ofItsOwn('message_trace', 'seen_at'),
  ofItsOwn('push_event', 'at'),
  ofItsOwn('entry', 'entered_at'),
  ofAnEntry('exclusion'),
  ofAnEntry('exclusion_end'),
  ofAnEntry('reattribution'),
  ofAnEntry('record'),
  ofAnEntry('record_event'),
];

/** A row as it is hashed: its number, then its columns. */
export type Row = readonly (string | number | null)[];

export function idOf(row: Row): number {
  return Number(row[0]);
}

/** The table's columns now, in a fixed order; those of later migrations are among them. */
export function columnsOf(connection: Connection, { name, columns }: SealedTable): string[] {
  const names = connection
    .prepare('SELECT name FROM pragma_table_info(?) ORDER BY cid')
    .pluck()
    .all(name) as string[];
  return names.filter((one) => columns?.includes(one) ?? true);
}

/** Reads the rows with `after < number <= last` in their order, a slice at a time. */
export function slicesOf(
  connection: Connection,
  { name, key, from }: SealedTable,
  columns: readonly string[],
  range: { readonly after: number; readonly last: number },
): Iterable<readonly Row[]> {
  const named = [`${key} AS row_number`, ...columns.map((one) => `${name}."${one}"`)].join(', ');
  const rows = connection
    .prepare(
      `SELECT ${named} FROM ${from} AND ${key} > ? AND ${key} <= ? ORDER BY ${key} LIMIT ${slice}`,
    )
    .raw();
  return paged((after) => rows.all(after, range.last) as Row[], range.after, idOf);
}

/** Pages of a query by its rising number, until one is empty. */
export function* paged<T>(
  page: (after: number) => T[],
  start: number,
  numberOf: (one: T) => number,
): Iterable<readonly T[]> {
  for (let at = start; ; ) {
    const found = page(at);
    const last = found.at(-1);
    if (last === undefined) return;
    yield found;
    at = numberOf(last);
  }
}

/** A row's text, which its part's hash takes in, and the first 8 bytes of its own hash. */
export function printOf(row: Row): { readonly text: string; readonly fingerprint: Buffer } {
  const text = JSON.stringify(row);
  const fingerprint = hash('sha256', text, 'buffer').subarray(0, 8);
  return { text: `${text}\n`, fingerprint };
}

/** A seal as it is stored. */
export interface Seal {
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly first_id: number;
  readonly last_id: number;
  readonly previous: string;
  readonly hash: string;
  readonly version: number;
}

export interface Part {
  readonly id: number;
  readonly name: string;
  /** JSON array of names. */
  readonly columns: string;
  readonly after_id: number;
  readonly last_id: number;
  readonly row_count: number;
  readonly hash: string;
}

/** `previous` of the first seal. */
export const firstOfAll = '0'.repeat(64);
/** Below every number that a row can have. */
export const beforeAll = Number.MIN_SAFE_INTEGER;

/** The hash of a seal of version 2: over the one before, the day, and its parts in their order. */
export function sealHash(
  { previous, day }: Pick<Seal, 'previous' | 'day'>,
  parts: readonly Omit<Part, 'id'>[],
): string {
  const whole = createHash('sha256').update(`${previous}\n${day}\nversion 2\n`);
  for (const { name, columns, after_id, last_id, row_count, hash } of parts)
    whole.update(`${JSON.stringify([name, columns, after_id, last_id, row_count, hash])}\n`);
  return whole.digest('hex');
}
