import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import { type Connection, openDatabase } from '../../src/store/open.ts';
import { resultWriter } from '../../src/store/results.ts';
import { sealFinishedDays } from '../../src/store/seal.ts';
import { sealedTables } from '../../src/store/sealed-tables.ts';
import { verifySeals } from '../../src/store/verify.ts';
import { dayLength, resultAt, sealAll, start, tamper, writeEvidence } from './sealed-evidence.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailminute-seal-'));
let files = 0;
const newDatabase = () => openDatabase(join(folder, `${files++}.db`));
after(() => rmSync(folder, { recursive: true, force: true }));

const verify = (connection: Connection, hash: string | null = null) =>
  verifySeals(connection, { most: 100, hash });
const faultsOf = (connection: Connection) =>
  verify(connection).faults.map(({ day, table, row, what }) => `${day} ${table} ${row} ${what}`);

describe('sealed days', () => {
  let connection: Connection;

  beforeEach(() => {
    connection = newDatabase();
    // More than one slice a day.
    writeEvidence(connection, 700);
  });

  test('a day is sealed once it has been over for ten minutes, and only once', async () => {
    assert.deepEqual(await sealAll(connection, start + dayLength), []);
    const sealed = await sealAll(connection, start + dayLength + 600_000);
    assert.deepEqual(
      sealed.map((one) => one.day),
      ['2026-10-01'],
    );
    assert.deepEqual(await sealAll(connection, start + dayLength + 700_000), []);
    assert.equal((await sealAll(connection)).length, 2);
  });

  test('what was not touched is proven whole, all tables of it', async () => {
    const sealed = await sealAll(connection);
    const { days, rows, head, faults } = verify(connection);
    assert.deepEqual(faults, []);
    // Of a day: 700 results, message, sighting, look, report, copy, trace, push, pause, mailboxes, 2 controls, domain,
    // 5 entries with their 5 rows.
    assert.deepEqual([days, rows], [3, 3 * (700 + 1 + 1 + 3 + 1 + 1 + 1 + 1 + 2 + 1 + 5 + 5)]);
    assert.equal(head?.hash, sealed.at(-1)?.hash);
  });

  test('every table is chained, or known to be derived or mere progress', () => {
    const minutes = ['minute', 'minute_count', 'bare_minute_count', 'minute_before'];
    const derived = [...minutes, 'failure_run', 'message_fate', 'page_open'];
    const progress = ['ledger_progress', 'ledger_revision', 'domain_look', 'message_row'];
    const seals = ['seal', 'seal_part', 'sealed_row', 'result_fingerprint'];
    const tables = connection
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table'")
      .pluck()
      .all();
    const known = [...derived, ...progress, ...seals, ...sealedTables.map(({ name }) => name)];
    assert.deepEqual(tables.toSorted(), known.toSorted());
  });

  test('which mailbox a result or a message is of, and which there were, is sealed', async () => {
    await sealAll(connection);
    assert.deepEqual(faultsOf(connection), []);
    tamper(connection, "UPDATE result SET mailbox = 'b' WHERE id = 7");
    tamper(connection, "UPDATE message SET mailbox = 'b'");
    tamper(connection, "UPDATE tenant_mailboxes SET mailboxes = '[]'");
    const faults = faultsOf(connection);
    assert.ok(
      faults.some((one) => one.startsWith('2026-10-01 result 7 altered')),
      faults[0],
    );
    for (const table of ['message', 'tenant_mailboxes'])
      assert.ok(
        faults.some((one) => one.startsWith(`2026-10-01 ${table} `)),
        table,
      );
  });

  test('a row that was written late is sealed with the first day that is open', async () => {
    await sealAll(connection, start + dayLength + 600_000);
    resultWriter(connection)(resultAt(start + 1_000));
    const sealed = await sealAll(connection);
    assert.equal(sealed.length, 2);
    assert.deepEqual(faultsOf(connection), []);
    tamper(connection, 'DELETE FROM result WHERE id = 2101');
    assert.deepEqual(faultsOf(connection), ['2026-10-03 result 2101 removed']);
  });

  test('a clock that was far ahead for a while keeps no later day from being sealed', async () => {
    const other = newDatabase();
    const add = resultWriter(other);
    for (const at of [1_000, 900 * dayLength, 2_000, dayLength + 1_000]) add(resultAt(start + at));
    assert.deepEqual(
      (await sealAll(other)).map(({ day }) => day),
      ['2026-10-01', '2026-10-02'],
    );
    assert.deepEqual(faultsOf(other), []);
    tamper(other, 'DELETE FROM result WHERE id = 2');
    assert.deepEqual(faultsOf(other), ['2026-10-01 result 2 removed']);
  });

  test('a sealing that was interrupted begins anew', async () => {
    await assert.rejects(
      sealFinishedDays(connection, start + 4 * dayLength, () => Promise.reject(new Error('end'))),
    );
    assert.equal((await sealAll(connection)).length, 3);
    assert.deepEqual(faultsOf(connection), []);
  });

  test('one byte changed in one old row of any table is named by day, table and row', async () => {
    await sealAll(connection);
    const changes: Record<string, [set: string, column: string]> = {
      result: ["address = '127.0.0.3:993'", 'id'],
      control_result: ['ok = 0', 'id'],
      domain_record: ['seen_at = seen_at + 1', 'id'],
      incident: ['to_at = to_at - 1', 'id'],
      tenant_mailboxes: ['since = since + 1', 'id'],
      message: ['accepted_at = accepted_at + 1', 'token'],
      sighting: ['first_seen = first_seen + 1', 'token'],
      look: ['looked_at = looked_at + 1', 'id'],
      delivery_report: ["status = '4.4.2'", 'id'],
      message_copy: ['copies = 3', 'id'],
      message_trace: ["stamps = '[]'", 'id'],
      push_event: ["reason = 'timeout'", 'id'],
      entry: ["author = 'Li Wej'", 'id'],
      exclusion: ["source = 'Mail'", 'id'],
      exclusion_end: ['to_at = to_at + 1', 'id'],
      reattribution: ["attribution = 'provider'", 'id'],
      record: ["clause = 'T5.2'", 'id'],
      record_event: ['at = at - 1', 'id'],
    };
    assert.deepEqual(
      Object.keys(changes).toSorted(),
      sealedTables.map(({ name }) => name).toSorted(),
    );
    for (const [table, [set, key]] of Object.entries(changes)) {
      connection.pragma('foreign_keys = OFF');
      connection.exec('SAVEPOINT untouched');
      const row = `(SELECT ${key} FROM ${table} ORDER BY ${key} LIMIT 1 OFFSET 1)`;
      tamper(connection, `UPDATE ${table} SET ${set} WHERE ${key} = ${row}`);
      const found = faultsOf(connection);
      assert.equal(found.length, 1, `${table}: ${found}`);
      assert.match(found[0] ?? '', new RegExp(`^2026-10-0[123] ${table} \\d+ altered \\(`));
      connection.exec('ROLLBACK TO untouched');
    }
    assert.deepEqual(faultsOf(connection), []);
  });

  test('one old row removed from any table is named by day, table and row', async () => {
    await sealAll(connection);
    for (const { name } of sealedTables) {
      const key = name === 'message' || name === 'sighting' ? 'token' : 'id';
      connection.pragma('foreign_keys = OFF');
      connection.exec('SAVEPOINT untouched');
      const row = `(SELECT ${key} FROM ${name} ORDER BY ${key} LIMIT 1 OFFSET 1)`;
      tamper(connection, `DELETE FROM ${name} WHERE ${key} = ${row}`);
      const found = faultsOf(connection);
      assert.equal(found.length, 1, `${name}: ${found}`);
      assert.match(found[0] ?? '', new RegExp(`^2026-10-0[123] ${name} \\d+ removed`));
      connection.exec('ROLLBACK TO untouched');
    }
  });

  test('rows are named with what they are of; the first and last of a day are no exception', async () => {
    await sealAll(connection);
    tamper(connection, "UPDATE result SET address = '127.0.0.3:993' WHERE id = 705");
    for (const id of [1, 700, 701, 2_100])
      tamper(connection, `DELETE FROM result WHERE id = ${id}`);
    assert.deepEqual(faultsOf(connection), [
      '2026-10-01 result 1 removed',
      '2026-10-01 result 700 removed',
      '2026-10-02 result 701 removed',
      '2026-10-02 result 705 altered (acme imap connect 2026-10-02T00:08:13.614Z)',
      '2026-10-03 result 2100 removed',
    ]);
  });

  test('rows slipped in are named, whatever their number', async () => {
    await sealAll(connection);
    tamper(
      connection,
      `INSERT INTO incident (id, kind, from_at, to_at, detail) VALUES (-5, 'pause', ${start}, ${start + 1}, '');
      DROP TRIGGER IF EXISTS sighting_is_numbered;
      INSERT INTO sighting (token, protocol, last_not_seen, first_seen) VALUES ('token-700', 'pop', NULL, ${start})`,
    );
    const found = faultsOf(connection);
    assert.equal(found.length, 2, found.join('\n'));
    assert.match(found[0] ?? '', /^2026-10-01 incident -5 added since/);
    assert.match(found[1] ?? '', /sighting null token token-700 was added past the numbering/);
  });

  test('a row whose fingerprint was forged with it still breaks the day', async () => {
    await sealAll(connection);
    tamper(connection, "UPDATE result SET reason = 'timeout' WHERE id = 10");
    const text = JSON.stringify([10, ...Object.values(resultRow(connection, 10))]);
    const print = createHash('sha256').update(text).digest().subarray(0, 8).toString('hex');
    tamper(
      connection,
      `UPDATE sealed_row SET fingerprint = x'${print}' WHERE part = 1 AND id = 10`,
    );
    assert.deepEqual(faultsOf(connection), [
      '2026-10-01 result null the sealed hash does not fit the rows',
    ]);
  });

  test('fingerprints that were altered or removed are told apart from rows that were', async () => {
    await sealAll(connection);
    tamper(connection, 'DELETE FROM sealed_row WHERE part = 1 AND id = 10');
    const found = faultsOf(connection);
    assert.match(
      found[0] ?? '',
      /^2026-10-01 result 10 added since, or its fingerprint was removed/,
    );
    assert.match(found[1] ?? '', /only the fingerprints/);
  });

  test('a seal or a part of it that was altered, or removed in the middle, breaks the chain', async () => {
    await sealAll(connection);
    const wrongs: [string, RegExp][] = [
      [
        "UPDATE seal SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE day = '2026-10-02'",
        /^2026-10-02 null null the seal.*altered\n2026-10-03 null null the chain is broken/,
      ],
      [
        "UPDATE seal_part SET last_id = last_id - 1 WHERE day = '2026-10-02' AND name = 'result'",
        /^2026-10-02 null null the seal, or a part of it, was altered/,
      ],
      [
        "DELETE FROM seal_part WHERE day = '2026-10-02' AND name = 'entry'",
        /^2026-10-02 null null the seal, or a part of it, was altered/,
      ],
      [
        "UPDATE seal_part SET columns = '?' WHERE day = '2026-10-02' AND name = 'entry'",
        /^2026-10-02 null null the seal[\s\S]*entry null what was sealed of it cannot be read/,
      ],
      [
        "DELETE FROM seal WHERE day = '2026-10-02'",
        /^2026-10-03 null null the chain is broken: a seal before it was altered or removed\n2026-10-03 result null rows 701 to 1400 belong to no seal/,
      ],
      ["DELETE FROM seal WHERE day = '2026-10-01'", /^2026-10-02 null null the chain is broken/],
    ];
    for (const [sql, expected] of wrongs) {
      connection.pragma('foreign_keys = OFF');
      connection.exec('SAVEPOINT untouched');
      tamper(connection, sql);
      assert.match(faultsOf(connection).join('\n'), expected, sql);
      connection.exec('ROLLBACK TO untouched');
    }
  });

  test('a chain that was cut at its end, or sealed anew, is shown by a hash kept elsewhere', async () => {
    const [first, , last] = await sealAll(connection);
    assert.equal(verify(connection, first?.hash ?? '').held, '2026-10-01');
    assert.equal(verify(connection, last?.hash ?? '').held, '2026-10-03');
    tamper(
      connection,
      `DELETE FROM seal WHERE day = '2026-10-03'; DELETE FROM seal_part WHERE day = '2026-10-03';
      DELETE FROM result WHERE id > 2000`,
    );
    await sealAll(connection);
    assert.deepEqual(faultsOf(connection), []);
    assert.equal(verify(connection, first?.hash ?? '').held, '2026-10-01');
    assert.equal(verify(connection, last?.hash ?? '').held, null);
  });

  test('evidence and seals refuse to be edited or removed', async () => {
    await sealAll(connection);
    const kept = [...sealedTables.map(({ name }) => name), 'seal', 'seal_part', 'message_row'];
    for (const table of kept) {
      const [column] = connection
        .prepare('SELECT name FROM pragma_table_info(?)')
        .pluck()
        .all(table);
      assert.throws(() => connection.exec(`DELETE FROM ${table}`), /never/, table);
      assert.throws(() => connection.exec(`UPDATE ${table} SET ${column} = '7'`), /never/, table);
    }
  });
});

function resultRow(connection: Connection, id: number): Record<string, unknown> {
  return connection.prepare('SELECT * FROM result WHERE id = ?').get(id) as Record<string, unknown>;
}

describe('days sealed by the first version, of results alone', () => {
  const zeros = '0'.repeat(64);
  const digest = (text: string) => createHash('sha256').update(text).digest();

  /** As that version did it. */
  function sealAsThen(
    connection: Connection,
    day: string,
    ids: [number, number],
    previous: string,
  ) {
    const rows = connection
      .prepare('SELECT * FROM result WHERE id BETWEEN ? AND ? ORDER BY id')
      .raw()
      .all(...ids) as unknown[][];
    // Of that time: results did not name their mailbox yet, which is the last column.
    const texts = rows.map((row) => JSON.stringify(row.slice(0, -1)));
    const hash = digest(`${[previous, day, ...texts].join('\n')}\n`).toString('hex');
    const fingerprint = connection.prepare('INSERT INTO result_fingerprint VALUES (?, ?)');
    for (const [index, text] of texts.entries())
      fingerprint.run(ids[0] + index, digest(text).subarray(0, 8));
    connection
      .prepare(
        'INSERT INTO seal (day, first_id, last_id, previous, hash, sealed_at) VALUES (?, ?, ?, ?, ?, 0)',
      )
      .run(day, ...ids, previous, hash);
    return hash;
  }

  async function grown(): Promise<Connection> {
    const connection = newDatabase();
    writeEvidence(connection, 20);
    const first = sealAsThen(connection, '2026-10-01', [1, 20], zeros);
    sealAsThen(connection, '2026-10-02', [21, 40], first);
    assert.equal((await sealAll(connection)).length, 1);
    return connection;
  }

  test('still verify, and the next seal takes in what they left out', async () => {
    const connection = await grown();
    assert.deepEqual(faultsOf(connection), []);
    assert.deepEqual([verify(connection).days, verify(connection).rows], [3, 3 * (20 + 22)]);
    tamper(connection, "UPDATE entry SET author = 'X' WHERE id = 1");
    assert.match(faultsOf(connection).join(), /^2026-10-03 entry 1 altered \(acme exclusion X/);
  });

  test('still name the row that was altered, removed or slipped in', async () => {
    const connection = await grown();
    tamper(
      connection,
      `UPDATE result SET tenant = 'acm' WHERE id = 5; DELETE FROM result WHERE id = 21;
      UPDATE result SET id = 0 WHERE id = 7`,
    );
    const found = faultsOf(connection).map((fault) => fault.replace(/ \(.*/, ''));
    assert.deepEqual(found, [
      '2026-10-01 result 0 added since, or its fingerprint was removed',
      '2026-10-01 result 5 altered',
      '2026-10-01 result 7 removed',
      '2026-10-02 result 21 removed',
    ]);
  });
});
