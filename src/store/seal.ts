import { createHash } from 'node:crypto';
import type { Connection } from './open.ts';
import {
  beforeAll,
  columnsOf,
  firstOfAll,
  idOf,
  type Part,
  printOf,
  type Row,
  type Seal,
  type SealedTable,
  sealedTables,
  sealHash,
  slicesOf,
} from './sealed-tables.ts';

const dayLength = 86_400_000;
/** A day is sealed when it has been over for so long: late attempts are on disk by then, ms. */
const settling = 10 * 60_000;

type NewPart = Omit<Part, 'id'>;

/** Where a table's chain goes on. */
interface Place {
  readonly table: SealedTable;
  /** The last number that is sealed. */
  readonly after: number;
  /**
   * Time of the first row that is not sealed yet, wall ms; null when there is none. A clock that was far
   * ahead for a while must not keep all later days from being sealed: what is of the future is passed over
   * here, and sealed with the day of the rows around it.
   */
  readonly firstAt: number | null;
}

function dayOf(instant: number): string {
  return new Date(instant).toISOString().slice(0, 10);
}

function statements(connection: Connection) {
  const parts = connection.prepare('SELECT coalesce(max(id), 0) FROM seal_part').pluck();
  return {
    lastSeal: connection.prepare('SELECT * FROM seal ORDER BY day DESC LIMIT 1'),
    lastOf: connection
      .prepare('SELECT last_id FROM seal_part WHERE name = ? ORDER BY id DESC LIMIT 1')
      .pluck(),
    lastResultOfFirstVersion: connection
      .prepare('SELECT max(last_id) FROM seal WHERE version = 1')
      .pluck(),
    lastPart: () => parts.get() as number,
    insertSeal: connection.prepare(`
      INSERT INTO seal (day, first_id, last_id, previous, hash, sealed_at, version)
      VALUES (?, ?, ?, ?, ?, ?, 2)`),
    insertPart: connection.prepare(`
      INSERT INTO seal_part (id, day, name, columns, after_id, last_id, row_count, hash)
      VALUES (@id, @day, @name, @columns, @after_id, @last_id, @row_count, @hash)`),
    insertRow: connection.prepare(
      'INSERT INTO sealed_row (part, id, fingerprint) VALUES (?, ?, ?)',
    ),
    clear: connection.prepare(
      'DELETE FROM sealed_row WHERE part > (SELECT coalesce(max(id), 0) FROM seal_part)',
    ),
  };
}
type Statements = ReturnType<typeof statements>;

/**
 * Seals every finished day, oldest first, in slices with a turn of the event loop in between. What was
 * written late belongs to the first day that is still open. A sealing that was interrupted begins anew.
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
    const places = sealedTables.map((table) => placeOf(connection, sql, table, now));
    const first = Math.min(...places.map(({ firstAt }) => firstAt ?? Infinity));
    if (first === Infinity) return sealed;
    const day = dayOf(Math.max(first, last ? Date.parse(last.day) + dayLength : 0));
    const end = Date.parse(day) + dayLength;
    if (now < end + settling) return sealed;
    const previous = last?.hash ?? firstOfAll;
    const hash = await sealDay(connection, sql, { day, end, previous, places, now }, turn);
    sealed.push({ day, hash });
  }
}

function placeOf(connection: Connection, sql: Statements, table: SealedTable, now: number): Place {
  const first = table.name === 'result' ? sql.lastResultOfFirstVersion.get() : null;
  const after = (sql.lastOf.get(table.name) ?? first ?? beforeAll) as number;
  const { key, at, placedBy, from } = table;
  const firstAt = connection
    .prepare(
      `SELECT ${at} FROM ${placedBy ?? from} AND ${key} > ? AND ${at} <= ? ORDER BY ${key} LIMIT 1`,
    )
    .pluck()
    .get(after, now) as number | undefined;
  return { table, after, firstAt: firstAt ?? null };
}

async function sealDay(
  connection: Connection,
  sql: Statements,
  at: { day: string; end: number; previous: string; places: readonly Place[]; now: number },
  turn: () => Promise<void>,
): Promise<string> {
  const { day, end, previous, places, now } = at;
  sql.clear.run();
  const parts: NewPart[] = [];
  const firstPart = sql.lastPart() + 1;
  for (const place of places) {
    const part = firstPart + parts.length;
    parts.push(await sealPart(connection, sql, { place, end, now, part }, turn));
  }
  const hash = sealHash({ previous, day }, parts);
  const results = parts.find(({ name }) => name === 'result');
  const firstId = Math.max(results?.after_id ?? 0, 0) + 1;
  const lastId = Math.max(results?.last_id ?? 0, 0);
  connection.transaction(() => {
    sql.insertSeal.run(day, firstId, lastId, previous, hash, now);
    for (const [index, part] of parts.entries())
      sql.insertPart.run({ ...part, id: firstPart + index, day });
  })();
  return hash;
}

/** Hashes what a table has of the day, and keeps its rows' fingerprints. */
async function sealPart(
  connection: Connection,
  sql: Statements,
  { place, end, now, part }: { place: Place; end: number; now: number; part: number },
  turn: () => Promise<void>,
): Promise<NewPart> {
  const { table, after } = place;
  const last = lastOfDay(connection, place, { end, now });
  const columns = columnsOf(connection, table);
  const whole = createHash('sha256');
  const keep = connection.transaction((rows: readonly Row[]) => {
    for (const row of rows) {
      const { text, fingerprint } = printOf(row);
      whole.update(text);
      sql.insertRow.run(part, idOf(row), fingerprint);
    }
  });
  let count = 0;
  for (const rows of slicesOf(connection, table, columns, { after, last })) {
    keep(rows);
    count += rows.length;
    await turn();
  }
  return {
    name: table.name,
    columns: JSON.stringify(columns),
    after_id: after,
    last_id: last,
    row_count: count,
    hash: whole.digest('hex'),
  };
}

/** The last number of the day: what comes after the first row of well after midnight is for the next day. */
function lastOfDay(
  connection: Connection,
  { table, after }: Place,
  { end, now }: { end: number; now: number },
): number {
  const { key, at, placedBy, from } = table;
  const rows = `FROM ${placedBy ?? from} AND ${key} > @after`;
  const beyond = connection
    .prepare(`SELECT ${key} ${rows} AND ${at} >= @well AND ${at} <= @now ORDER BY ${key} LIMIT 1`)
    .pluck()
    .get({ after, well: end + settling, now }) as number | undefined;
  const last = connection
    .prepare(`SELECT max(${key}) ${rows} AND ${at} < @end AND ${key} < @beyond`)
    .pluck()
    .get({ after, end, beyond: beyond ?? Number.MAX_SAFE_INTEGER }) as number | null;
  return last ?? after;
}
