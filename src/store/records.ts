import type { Given } from '../domain/entry.ts';
import type { ClauseRecord, Detail, TicketEvent, TicketEventKind } from '../domain/record.ts';
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

/** A record as it is entered; a ticket usually comes with what has happened to it so far. */
export type NewRecord = Omit<Given<ClauseRecord>, 'events'>;
export interface NewEvent {
  readonly kind: TicketEventKind;
  /** Wall ms. */
  readonly at: number;
}

type RecordRow = JoinedRow & { readonly clause: string | null; readonly detail: string };
type EventRow = JoinedRow & {
  readonly refersTo: number;
  readonly kind: TicketEventKind;
  readonly at: number;
};

/** What people wrote down of clauses that no probe can see: added and withdrawn, never edited. */
export function recordStore(connection: Connection) {
  const entries = entryStore(connection);
  const insert = connection.prepare(
    'INSERT INTO record (id, kind, clause, detail) VALUES (?, ?, ?, ?)',
  );
  const insertEvent = connection.prepare(
    'INSERT INTO record_event (id, kind, at) VALUES (?, ?, ?)',
  );
  const select = connection.prepare(`
    SELECT ${entryColumns}, record.clause, record.detail
    FROM entry JOIN record USING (id) ${withWithdrawal}
    WHERE entry.tenant = @tenant AND entry.id <= @upTo ORDER BY entry.id`);
  const selectEvents = connection.prepare(`
    SELECT ${entryColumns}, record_event.kind, record_event.at
    FROM entry JOIN record_event USING (id) ${withWithdrawal}
    WHERE entry.tenant = @tenant AND entry.id <= @upTo ORDER BY entry.id`);

  /** All records of the tenant, the withdrawn ones too, as they stood after the entry `upTo`. */
  function list(tenant: string, upTo: number = latest): ClauseRecord[] {
    const events = selectEvents.all({ tenant, upTo }) as EventRow[];
    return (select.all({ tenant, upTo }) as RecordRow[]).map((row) => ({
      ...entryOf(row),
      clause: row.clause,
      // Written from this very type, and never edited.
      detail: JSON.parse(row.detail) as Detail,
      events: events.filter(({ refersTo }) => refersTo === row.id).map(eventOf),
    }));
  }

  function addEvent(record: number, { kind, at }: NewEvent, by: EntryRow): number {
    const id = entries.add('record-event', by, record);
    insertEvent.run(id, kind, at);
    return id;
  }

  const add = connection.transaction((given: NewRecord, events: readonly NewEvent[]): number => {
    const { tenant, author, enteredAt, note, evidence, clause, detail } = given;
    const id = entries.add('record', { tenant, author, enteredAt, note, evidence });
    insert.run(id, detail.kind, clause, JSON.stringify(detail));
    const by = { tenant, author, enteredAt, note: null, evidence: null };
    for (const event of events) addEvent(id, event, by);
    return id;
  });

  const event = connection.transaction(
    (record: number, given: NewEvent, by: Omit<EntryRow, 'tenant'>): number => {
      const { tenant } = entries.standing(record, ['record']);
      const { detail, events } = list(tenant).find(({ id }) => id === record) as ClauseRecord;
      if (detail.kind !== 'ticket')
        throw new StoreError(`record ${record} is a ${detail.kind}; only tickets have events`);
      const sent = events.find(({ kind, withdrawn }) => kind === 'sent' && withdrawn === null);
      if (sent !== undefined && given.at < sent.at)
        throw new StoreError(`ticket ${detail.number} was sent after that instant`);
      return addEvent(record, given, { ...by, tenant });
    },
  );

  return {
    list,
    /** Adds a record with its first events, all or nothing; returns the record's id. */
    add: (given: NewRecord, events: readonly NewEvent[] = []): number =>
      add.immediate(given, events),
    /** Adds what happened to a ticket; returns the event's id. @throws StoreError */
    event: (record: number, given: NewEvent, by: Omit<EntryRow, 'tenant'>): number =>
      event.immediate(record, given, by),
    /** Takes a record, or an event of a ticket, back. @throws StoreError */
    withdraw: (id: number, by: Omit<EntryRow, 'tenant'>): number =>
      entries.withdraw(id, ['record', 'record-event'], by),
  };
}

function eventOf(row: EventRow): TicketEvent {
  return { ...entryOf(row), kind: row.kind, at: row.at };
}
