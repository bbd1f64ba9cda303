import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, beforeEach, describe, test } from 'node:test';
import type { ProbeResult } from '../../src/domain/result.ts';
import { type Connection, openDatabase } from '../../src/store/open.ts';
import { resultWriter } from '../../src/store/results.ts';
import { sealFinishedDays, verifySeals } from '../../src/store/seal.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailminute-seal-'));
const day = 86_400_000;
const start = Date.parse('2026-10-01T00:00:00Z');

function resultAt(endedAt: number): ProbeResult {
  return {
    tenant: 'acme',
    protocol: 'imap',
    depth: 'connect',
    startedAt: endedAt - 100,
    endedAt,
    monotonicStart: 0,
    monotonicEnd: 100_000,
    phases: [{ phase: 'tcp', microseconds: 100_000 }],
    vouches: 'connect',
    failure: null,
    address: '127.0.0.2:993',
    tlsVersion: 'TLSv1.3',
    certificateNotAfter: null,
    transcript: '',
    token: null,
    acceptedAt: null,
    sightings: [],
    lookedAt: null,
  };
}

describe('sealed days', () => {
  let connection: Connection;
  let files = 0;
  const seal = (now: number) => sealFinishedDays(connection, now, async () => {});

  beforeEach(async () => {
    connection = openDatabase(join(folder, `${files++}.db`));
    const write = resultWriter(connection);
    // Three days of 700 results each: more than one slice.
    connection.transaction(() => {
      for (let n = 0; n < 2_100; n++) write(resultAt(start + Math.floor((n / 700) * day)));
    })();
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Somebody with the database in hand and no respect for triggers. */
  function tamper(sql: string): void {
    const dropped = connection
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
      .all() as { name: string; sql: string }[];
    for (const { name } of dropped) connection.exec(`DROP TRIGGER ${name}`);
    connection.exec(sql);
    for (const trigger of dropped) connection.exec(trigger.sql);
  }

  const faults = () =>
    verifySeals(connection).faults.map(({ day, result, what }) => `${day} ${result} ${what}`);

  test('a day is sealed once it has been over for ten minutes, and only once', async () => {
    assert.deepEqual(await seal(start + day), []);
    const sealed = await seal(start + day + 600_000);
    assert.deepEqual(
      sealed.map((one) => one.day),
      ['2026-10-01'],
    );
    assert.deepEqual(await seal(start + day + 700_000), []);
    assert.equal((await seal(start + 4 * day)).length, 2);
  });

  test('what was not touched is proven whole', async () => {
    await seal(start + 4 * day);
    const { days, results, head, faults: found } = verifySeals(connection);
    assert.deepEqual([days, results, found], [3, 2_100, []]);
    assert.match(head ?? '', /^[0-9a-f]{64}$/);
  });

  test('one byte changed in one old result is named by day and row', async () => {
    await seal(start + 4 * day);
    tamper("UPDATE result SET address = '127.0.0.3:993' WHERE id = 705");
    assert.deepEqual(faults(), [
      '2026-10-02 705 altered (acme imap connect, 2026-10-02T00:08:13.614Z)',
      '2026-10-02 null the day’s hash does not fit its results',
    ]);
  });

  test('one row removed is named by day and row', async () => {
    await seal(start + 4 * day);
    for (const id of [1, 1_000, 2_100]) tamper(`DELETE FROM result WHERE id = ${id}`);
    assert.deepEqual(
      faults().filter((fault) => fault.endsWith('removed')),
      ['2026-10-01 1 removed', '2026-10-02 1000 removed', '2026-10-03 2100 removed'],
    );
  });

  test('an altered row with a forged fingerprint still breaks the day', async () => {
    await seal(start + 4 * day);
    tamper(`UPDATE result SET reason = 'timeout' WHERE id = 10;
      DELETE FROM result_fingerprint WHERE result_id = 10`);
    assert.deepEqual(faults(), [
      '2026-10-01 10 its fingerprint was removed',
      '2026-10-01 null the day’s hash does not fit its results',
    ]);
  });

  test('a whole day that was removed breaks the chain', async () => {
    await seal(start + 4 * day);
    tamper("DELETE FROM seal WHERE day = '2026-10-02'");
    assert.deepEqual(faults(), [
      '2026-10-03 null the chain is broken: a seal before it was altered or removed',
      '2026-10-03 null results 701 to 1400 belong to no seal',
    ]);
  });

  test('results and seals refuse to be edited or removed', async () => {
    await seal(start + 4 * day);
    for (const sql of [
      'UPDATE result SET reason = NULL WHERE id = 1',
      'DELETE FROM result WHERE id = 1',
      "UPDATE seal SET hash = ''",
      'DELETE FROM seal',
    ])
      assert.throws(() => connection.exec(sql), /never/);
  });
});
