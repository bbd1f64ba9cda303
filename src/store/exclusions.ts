import { type Given, standing } from '../domain/entry.ts';
import type { Exclusion, ExclusionEnd, ExclusionKind } from '../domain/exclusion.ts';
import {
  type EntryRow,
  entryColumns,
  entryOf,
  entryStore,
  type JoinedRow,
  latest,
  withWithdrawal,
} from './entries.ts';
import { type Connection, StoreError } from './open.ts';

/** An exclusion as it is entered. */
export type NewExclusion = Omit<Given<Exclusion>, 'ends'>;

type ExclusionRow = JoinedRow & {
  readonly kind: ExclusionKind;
  readonly from: number;
  readonly to: number | null;
  readonly notifiedAt: number | null;
  readonly approvedBy: string | null;
  readonly source: string | null;
};
type EndRow = JoinedRow & { readonly refersTo: number; readonly to: number };

/** Time that people entered as not to be counted: added, ended and withdrawn, never edited. */
export function exclusionStore(connection: Connection) {
  const entries = entryStore(connection);
  const insert = connection.prepare(`
    INSERT INTO exclusion (id, cause, from_at, to_at, notified_at, approved, approved_by, source)
    VALUES (@id, @kind, @from, @to, @notifiedAt, @approved, @approvedBy, @source)`);
  const insertEnd = connection.prepare('INSERT INTO exclusion_end (id, to_at) VALUES (?, ?)');
  const select = connection.prepare(`
    SELECT ${entryColumns}, exclusion.cause AS kind, exclusion.from_at AS "from",
      exclusion.to_at AS "to", exclusion.notified_at AS notifiedAt,
      exclusion.approved_by AS approvedBy, exclusion.source
    FROM entry JOIN exclusion USING (id) ${withWithdrawal}
    WHERE entry.tenant = @tenant AND entry.id <= @upTo ORDER BY entry.id`);
  const selectEnds = connection.prepare(`
    SELECT ${entryColumns}, exclusion_end.to_at AS "to"
    FROM entry JOIN exclusion_end USING (id) ${withWithdrawal}
    WHERE entry.tenant = @tenant AND entry.id <= @upTo ORDER BY entry.id`);

  /** All exclusions of the tenant, the withdrawn ones too, as they stood after the entry `upTo`. */
  function list(tenant: string, upTo: number = latest): Exclusion[] {
    const ends = selectEnds.all({ tenant, upTo }) as EndRow[];
    return (select.all({ tenant, upTo }) as ExclusionRow[]).map((row) =>
      exclusionOf(
        row,
        ends.filter(({ refersTo }) => refersTo === row.id),
      ),
    );
  }

  const add = connection.transaction((exclusion: NewExclusion): number => {
    const id = entries.add('exclusion', entryRow(exclusion));
    const { kind, from, to, notifiedAt, approvedBy, source } = exclusion;
    const approved = approvedBy === null ? 0 : 1;
    insert.run({ id, kind, from, to, notifiedAt, approved, approvedBy, source });
    return id;
  });

  const end = connection.transaction((id: number, to: number, by: Omit<EntryRow, 'tenant'>) => {
    const { tenant } = entries.standing(id, ['exclusion']);
    const { from, to: before } = list(tenant).find((one) => one.id === id) as Exclusion;
    if (to <= from) throw new StoreError(`exclusion ${id} would end before it starts`);
    // What was announced and notified must not grow afterwards.
    if (before !== null && to >= before)
      throw new StoreError(`exclusion ${id} ends earlier already; an end can only shorten it`);
    const added = entries.add('exclusion-end', { ...by, tenant }, id);
    insertEnd.run(added, to);
    return added;
  });

  return {
    list,
    /** Returns the entry's id. */
    add: (exclusion: NewExclusion): number => add.immediate(exclusion),
    /**
     * Ends an open exclusion at `to` (wall ms), or shortens one; `note` says why. Returns the end's id.
     * @throws StoreError
     */
    end: (id: number, to: number, by: Omit<EntryRow, 'tenant'>): number =>
      end.immediate(id, to, by),
    /** Takes an exclusion, or an end of one, back. @throws StoreError */
    withdraw: (id: number, by: Omit<EntryRow, 'tenant'>): number =>
      entries.withdraw(id, ['exclusion', 'exclusion-end'], by),
  };
}

function exclusionOf(row: ExclusionRow, rows: readonly EndRow[]): Exclusion {
  const { kind, from, to, notifiedAt, approvedBy, source } = row;
  const ends: ExclusionEnd[] = rows.map((end) => ({ ...entryOf(end), to: end.to }));
  const earliest = Math.min(to ?? Infinity, ...standing(ends).map((end) => end.to));
  return {
    ...entryOf(row),
    kind,
    from,
    to: earliest === Infinity ? null : earliest,
    notifiedAt,
    approvedBy,
    source,
    ends,
  };
}

function entryRow({ tenant, author, enteredAt, note, evidence }: EntryRow): EntryRow {
  return { tenant, author, enteredAt, note, evidence };
}
