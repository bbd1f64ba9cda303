import { firstVersionVerifier } from './first-seals.ts';
import type { Connection } from './open.ts';
import {
  beforeAll,
  columnsOf,
  firstOfAll,
  type Part,
  paged,
  type Seal,
  sealedTables,
  sealHash,
  slice,
  slicesOf,
} from './sealed-tables.ts';
import { type Print, type SealFault, verifyRows } from './verify-rows.ts';

export interface Verified {
  readonly days: number;
  /** Sealed rows that are there, of all tables. */
  readonly rows: number;
  /** Day and hash of the newest seal; null when nothing is sealed. */
  readonly head: { readonly day: string; readonly hash: string } | null;
  /** The first faults, in the order of the chain. */
  readonly faults: readonly SealFault[];
  /** All faults, the ones that are not listed included. */
  readonly faultCount: number;
  /** The day whose seal has the hash that was asked for; null when none has. */
  readonly held: string | null;
}

/**
 * Proves that nothing sealed was altered or removed, or says where it was: the day, the table and the row.
 * Reads only, in constant memory.
 * @param options.most so many faults are listed
 * @param options.hash a hash of the chain that somebody kept elsewhere
 * @param options.progress is told how many of the days are verified
 */
export function verifySeals(
  connection: Connection,
  options: {
    readonly most: number;
    readonly hash?: string | null;
    readonly progress?: (done: number, days: number) => void;
  },
): Verified {
  const faults: SealFault[] = [];
  let faultCount = 0;
  const tell = (fault: SealFault): void => {
    faultCount++;
    if (faults.length < options.most) faults.push(fault);
  };
  const seals = connection.prepare('SELECT * FROM seal ORDER BY day').all() as Seal[];
  const verifySeal = sealVerifier(connection, tell);
  let rows = 0;
  for (const [index, seal] of seals.entries()) {
    options.progress?.(index, seals.length);
    rows += verifySeal(seal, seals[index - 1] ?? null);
  }
  options.progress?.(seals.length, seals.length);
  tellUnnumbered(connection, tell);
  return {
    days: seals.length,
    rows,
    head: seals.at(-1) ?? null,
    faults,
    faultCount,
    held: seals.find(({ hash }) => hash === options.hash)?.day ?? null,
  };
}

/** Verifies seals one after the other, in the order of the chain. */
function sealVerifier(connection: Connection, tell: (fault: SealFault) => void) {
  const partsOf = connection.prepare('SELECT * FROM seal_part WHERE day = ? ORDER BY id');
  const verifyFirst = firstVersionVerifier(connection);
  const verifyPart = partVerifier(connection);
  /** Where each table's chain stands. */
  const reached = new Map<string, number>();

  function tellOfChain(seal: Seal, before: Seal | null): void {
    if (seal.previous === (before?.hash ?? firstOfAll)) return;
    const what = 'the chain is broken: a seal before it was altered or removed';
    tell({ day: seal.day, table: null, row: null, what });
  }

  function tellOfGap(day: string, table: string, first: number): void {
    const after = reached.get(table);
    if (after === undefined || after + 1 === first) return;
    const what = `rows ${after + 1} to ${first - 1} belong to no seal`;
    tell({ day, table, row: null, what });
  }

  return function verify(seal: Seal, before: Seal | null): number {
    const { day } = seal;
    tellOfChain(seal, before);
    if (seal.version === 1) {
      tellOfGap(day, 'result', seal.first_id);
      reached.set('result', seal.last_id);
      return verifyFirst(seal, before === null, (row, what) =>
        tell({ day, table: 'result', row, what }),
      );
    }
    const parts = partsOf.all(day) as Part[];
    if (sealHash(seal, parts) !== seal.hash)
      tell({ day, table: null, row: null, what: 'the seal, or a part of it, was altered' });
    let rows = 0;
    for (const part of parts) {
      tellOfGap(day, part.name, part.after_id + 1);
      reached.set(part.name, part.last_id);
      rows += verifyPart(part, (row, what) => tell({ day, table: part.name, row, what }));
    }
    return rows;
  };
}

function partVerifier(connection: Connection) {
  const sealed = connection.prepare(
    `SELECT id, fingerprint FROM sealed_row WHERE part = ? AND id > ? ORDER BY id LIMIT ${slice}`,
  );
  const tokenOf = connection.prepare('SELECT token FROM message_row WHERE id = ?').pluck();

  function* printsOf(part: number): Iterator<Print> {
    const page = (after: number) => sealed.all(part, after) as Print[];
    for (const found of paged(page, beforeAll, ({ id }) => id)) yield* found;
  }

  function messageWords(id: number): string {
    const token = tokenOf.get(id) as string | undefined;
    return token === undefined ? '' : ` (token ${token})`;
  }

  /** @returns how many of its rows are there */
  return function verifyPart(part: Part, tell: (row: number | null, what: string) => void): number {
    const table = sealedTables.find(({ name }) => name === part.name);
    if (table === undefined) {
      tell(null, 'this version does not know the table: verify with the version that sealed it');
      return 0;
    }
    const columns = namesOf(part.columns);
    const present = columnsOf(connection, table);
    const gone = columns?.filter((one) => !present.includes(one)) ?? [];
    if (columns === null) {
      tell(null, 'what was sealed of it cannot be read any more');
      return 0;
    }
    if (gone.length > 0) {
      tell(null, `what was sealed of it is not there any more: column ${gone.join(', ')}`);
      return 0;
    }
    return verifyRows({
      columns: ['row_number', ...columns],
      rows: slicesOf(connection, table, columns, { after: part.after_id, last: part.last_id }),
      prints: printsOf(part.id),
      heading: '',
      hash: part.hash,
      wordsOf: table.key === 'message_row.id' ? messageWords : () => '',
      tell,
    });
  };
}

/** Null when it is not the JSON array of names that was written. */
function namesOf(json: string): string[] | null {
  try {
    const names: unknown = JSON.parse(json);
    return Array.isArray(names) ? names.map(String) : null;
  } catch {
    return null;
  }
}

/** Messages and sightings are chained by their numbers: one without a number was slipped in. */
function tellUnnumbered(connection: Connection, tell: (fault: SealFault) => void): void {
  const count = (table: string) =>
    connection.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  if (count('message') + count('sighting') <= count('message_row')) return;
  for (const table of ['message', 'sighting']) {
    const same = table === 'message' ? 'IS NULL' : 'IS one.protocol';
    // A join, for which SQLite builds an index of its own; the tables may be large.
    const strays = connection.prepare(`
      SELECT one.token FROM ${table} AS one
      LEFT JOIN message_row AS numbered ON numbered.token = one.token AND numbered.protocol ${same}
      WHERE numbered.id IS NULL`);
    for (const { token } of strays.iterate() as IterableIterator<{ token: string }>)
      tell({
        day: 'no day',
        table,
        row: null,
        what: `token ${token} was added past the numbering of the rows`,
      });
  }
}
