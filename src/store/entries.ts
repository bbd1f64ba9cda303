import type { Entry, Withdrawal } from '../domain/entry.ts';
import { type Connection, StoreError } from './open.ts';

export type EntryKind =
  | 'exclusion'
  | 'exclusion-end'
  | 'reattribution'
  | 'record'
  | 'record-event'
  | 'withdrawal';

/** What every entry has, as it is written. */
export interface EntryRow {
  readonly tenant: string;
  readonly author: string;
  readonly enteredAt: number;
  readonly note: string | null;
  readonly evidence: string | null;
}

/** The columns of an entry with its withdrawal; `entry` and `withdrawal` are the tables' names. */
export const entryColumns = `entry.id, entry.tenant, entry.author, entry.note, entry.evidence,
  entry.entered_at AS enteredAt, entry.refers_to AS refersTo, withdrawal.id AS withdrawalId,
  withdrawal.author AS withdrawalAuthor, withdrawal.note AS withdrawalWhy,
  withdrawal.entered_at AS withdrawalAt`;

/** Withdrawals of up to `@upTo`, so that the state as of any earlier entry can be read again. */
export const withWithdrawal = `LEFT JOIN entry AS withdrawal ON withdrawal.refers_to = entry.id
  AND withdrawal.kind = 'withdrawal' AND withdrawal.id <= @upTo`;

/** More than any id: everything that was ever entered. */
export const latest = Number.MAX_SAFE_INTEGER;

export type JoinedRow = EntryRow & {
  readonly id: number;
  readonly refersTo: number | null;
  readonly withdrawalId: number | null;
  readonly withdrawalAuthor: string | null;
  readonly withdrawalWhy: string | null;
  readonly withdrawalAt: number | null;
};

export function entryOf(row: JoinedRow): Entry {
  const { id, tenant, author, enteredAt, note, evidence } = row;
  return { id, tenant, author, enteredAt, note, evidence, withdrawn: withdrawalOf(row) };
}

function withdrawalOf(row: JoinedRow): Withdrawal | null {
  const { withdrawalId, withdrawalAuthor, withdrawalWhy, withdrawalAt } = row;
  if (withdrawalId === null || withdrawalAuthor === null || withdrawalAt === null) return null;
  return {
    id: withdrawalId,
    author: withdrawalAuthor,
    why: withdrawalWhy ?? '',
    enteredAt: withdrawalAt,
  };
}

/** An entry found by its id, with what it takes to refer to it. */
export interface Found {
  readonly id: number;
  readonly tenant: string;
  readonly kind: EntryKind;
  readonly withdrawn: boolean;
  /** Kind of the entry that it refers to; null when it refers to none. */
  readonly of: EntryKind | null;
}

/** The rows that all entries share. */
export function entryStore(connection: Connection) {
  const insert = connection.prepare(`
    INSERT INTO entry (tenant, kind, refers_to, author, note, evidence, entered_at)
    VALUES (@tenant, @kind, @refersTo, @author, @note, @evidence, @enteredAt)`);
  const find = connection.prepare(`
    SELECT entry.id, entry.tenant, entry.kind, earlier.kind AS "of",
      EXISTS (SELECT 1 FROM entry AS withdrawal
        WHERE withdrawal.refers_to = entry.id AND withdrawal.kind = 'withdrawal') AS withdrawn
    FROM entry LEFT JOIN entry AS earlier ON earlier.id = entry.refers_to WHERE entry.id = ?`);
  const last = connection.prepare('SELECT coalesce(max(id), 0) AS last FROM entry');

  function add(kind: EntryKind, row: EntryRow, refersTo: number | null = null): number {
    return Number(insert.run({ ...row, kind, refersTo }).lastInsertRowid);
  }

  function found(id: number): Found | null {
    const row = find.get(id) as (Omit<Found, 'withdrawn'> & { withdrawn: number }) | undefined;
    return row === undefined ? null : { ...row, withdrawn: row.withdrawn === 1 };
  }

  /** @throws StoreError when there is no such entry of these kinds, or it is withdrawn */
  function standing(id: number, kinds: readonly EntryKind[]): Found {
    const entry = found(id);
    if (entry === null || !kinds.includes(entry.kind))
      throw new StoreError(`there is no ${kinds.map(wordOf).join(' or ')} ${id}`);
    if (entry.withdrawn) throw new StoreError(`${wordOf(entry.kind)} ${id} is withdrawn already`);
    return entry;
  }

  const withdraw = connection.transaction(
    (id: number, kinds: readonly EntryKind[], by: Omit<EntryRow, 'tenant'>): number => {
      const { tenant } = standing(id, kinds);
      return add('withdrawal', { ...by, tenant }, id);
    },
  );

  return {
    /** Inserts the shared row, and returns its id; inside a transaction of the caller. */
    add,
    standing,
    /**
     * Takes an entry back; `note` says why. Returns the withdrawal's id.
     * @throws StoreError when there is nothing of these kinds that stands
     */
    withdraw: (id: number, kinds: readonly EntryKind[], by: Omit<EntryRow, 'tenant'>): number =>
      withdraw.immediate(id, kinds, by),
    /** The last id given so far; 0 when there is none. */
    last: (): number => (last.get() as { last: number }).last,
  };
}

function wordOf(kind: EntryKind): string {
  return { 'exclusion-end': 'end', 'record-event': 'event' }[kind as string] ?? kind;
}
