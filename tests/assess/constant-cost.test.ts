import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import { monthOf } from '../../src/domain/calendar.ts';
import type { Connection } from '../../src/store/open.ts';
import { fastDatabase, write } from '../store/example.ts';
import { type Episode, resultsOf, watched } from './arbitrary-evidence.ts';
import { contract, minute, tenant } from './example.ts';

const hour = 60 * minute;
/** A year at a small scale: twelve "months" of two hours, an outage in each. */
const month = 2 * hour;
const start = Date.parse('2026-03-02T04:00:00Z');

const outages: readonly Episode[] = Array.from({ length: 12 }, (_, index) => ({
  kind: 'refused',
  protocols: [...watched],
  from: index * month + 30 * minute,
  to: index * month + 33 * minute,
}));

/** Counts the rows that statements give, by table; keeps their texts. */
function counting(connection: Connection) {
  const counted = { rows: 0, results: 0, statements: new Set<string>() };
  const prepare = connection.prepare.bind(connection);
  const count = (sql: string, rows: number): void => {
    counted.rows += rows;
    if (/FROM result\b/.test(sql)) counted.results += rows;
    counted.statements.add(sql);
  };
  connection.prepare = ((sql: string) => {
    const statement = prepare(sql);
    const all = statement.all.bind(statement);
    const get = statement.get.bind(statement);
    statement.all = (...given: unknown[]) => {
      const rows = all(...given);
      count(sql, rows.length);
      return rows;
    };
    statement.get = (...given: unknown[]) => {
      count(sql, 1);
      return get(...given);
    };
    return statement;
  }) as Connection['prepare'];
  return counted;
}

function yearIn(t: TestContext) {
  const { connection } = fastDatabase(t);
  const pace = { connect: 20_000, roundtrip: 50_000, seed: 3 };
  const results = resultsOf(start, 12 * month, outages, pace);
  return { connection, results };
}

/** Judges every 5 s through ten minutes near the end of a month, as the daemon does. */
function costOfClosing(connection: Connection, index: number) {
  const counted = counting(connection);
  const assessor = openAssessor(connection);
  const from = start + (index + 1) * month - 20 * minute;
  assessor.close(tenant, contract, from);
  counted.rows = 0;
  counted.statements.clear();
  for (let now = from; now < from + 10 * minute; now += 5_000) {
    const open = assessor.close(tenant, contract, now);
    assessor.snapshot(tenant, contract, monthOf(now, tenant.zone), now, open);
  }
  return counted;
}

/** As many values as a statement has places for them. */
function valuesFor(sql: string): Record<string, number> | number[] {
  const names = new Set([...sql.matchAll(/@(\w+)/g)].map(([, name]) => `${name}`));
  if (names.size > 0) return Object.fromEntries([...names].map((name) => [name, 0]));
  return [...sql.matchAll(/\?/g)].map(() => 0);
}

test('closing minutes reads as many rows in month 12 as in month 1, all of them by an index', (t) => {
  const { connection, results } = yearIn(t);
  const until = (end: number) => results.filter(({ endedAt }) => endedAt < end);
  const early = until(start + month);
  connection.transaction(() => write(connection, ...early))();
  const plain = connection.prepare;
  const first = costOfClosing(connection, 0);
  connection.prepare = plain;
  connection.transaction(() => write(connection, ...results.slice(early.length)))();
  const last = costOfClosing(connection, 11);
  assert.ok(first.rows > 1_000, `${first.rows}`);
  // The runs of the calendar month are shown: eleven more of them, of each protocol, at each tick.
  const shown = 11 * watched.length * 121;
  assert.ok(last.rows <= 1.02 * first.rows + shown, `${first.rows} rows, then ${last.rows}`);
  assert.deepEqual([...last.statements].sort(), [...first.statements].sort());
  connection.prepare = plain;
  for (const sql of last.statements) {
    const plan = connection.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(valuesFor(sql)) as {
      detail: string;
    }[];
    for (const { detail } of plan) {
      const scanned =
        /^SCAN (result|minute|message|sighting|control_result|failure_run|incident)\b/;
      assert.doesNotMatch(detail, scanned, sql);
    }
  }
});

test('judging a year anew reads the results around its outages, and no others', async (t) => {
  const { connection, results } = yearIn(t);
  connection.transaction(() => write(connection, ...results))();
  const now = start + 12 * month;
  openAssessor(connection).close(tenant, contract, now);
  const counted = counting(connection);
  const { changed } = await openAssessor(connection).rejudge(
    tenant,
    contract,
    { from: -Infinity, to: Infinity },
    { now, cause: 'a test', turn: async () => {} },
  );
  assert.equal(changed, 0);
  // Twelve outages of three minutes with what is around them, the last hour, and one instant of each success.
  assert.ok(counted.results < 0.6 * results.length, `${counted.results} of ${results.length}`);
});
