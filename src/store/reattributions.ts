import type { Given } from '../domain/entry.ts';
import type { Attribution } from '../domain/ledger.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { Reattribution } from '../domain/reattribution.ts';
import {
  type EntryRow,
  entryColumns,
  entryOf,
  entryStore,
  type JoinedRow,
  latest,
  withWithdrawal,
} from './entries.ts';
import type { Connection } from './open.ts';

type Row = JoinedRow & {
  readonly mailbox: string | null;
  readonly protocol: Protocol;
  readonly instant: number;
  readonly attribution: Attribution;
};

/** What people said of whose fault a failure run was: added and withdrawn, never edited. */
export function reattributionStore(connection: Connection) {
  const entries = entryStore(connection);
  const insert = connection.prepare(
    'INSERT INTO reattribution (id, mailbox, protocol, instant, attribution) VALUES (?, ?, ?, ?, ?)',
  );
  const select = connection.prepare(`
    SELECT ${entryColumns}, reattribution.mailbox, reattribution.protocol, reattribution.instant, reattribution.attribution
    FROM entry JOIN reattribution USING (id) ${withWithdrawal}
    WHERE entry.tenant = @tenant AND entry.id <= @upTo ORDER BY entry.id`);
  const add = connection.transaction((given: Given<Reattribution>): number => {
    const { tenant, author, enteredAt, note, evidence } = given;
    const id = entries.add('reattribution', { tenant, author, enteredAt, note, evidence });
    insert.run(id, given.mailbox ?? null, given.protocol, given.instant, given.attribution);
    return id;
  });
  return {
    /** All of the tenant, the withdrawn ones too, as they stood after the entry `upTo`. */
    list: (tenant: string, upTo: number = latest): Reattribution[] =>
      (select.all({ tenant, upTo }) as Row[]).map((row) => ({
        ...entryOf(row),
        ...(row.mailbox !== null && { mailbox: row.mailbox }),
        protocol: row.protocol,
        instant: row.instant,
        attribution: row.attribution,
      })),
    /** Returns the entry's id. */
    add: (given: Given<Reattribution>): number => add.immediate(given),
    /** Takes one back. @throws StoreError */
    withdraw: (id: number, by: Omit<EntryRow, 'tenant'>): number =>
      entries.withdraw(id, ['reattribution'], by),
  };
}
