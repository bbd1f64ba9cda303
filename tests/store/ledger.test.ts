import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { minuteStates } from '../../src/domain/ledger.ts';
import { type Closing, ledgerStore } from '../../src/store/ledger.ts';
import { minutesOf, newDatabase, runOf } from './example.ts';

const minute = 60_000;

function newLedger(context: TestContext) {
  const { connection } = newDatabase(context);
  return { connection, ledger: ledgerStore(connection) };
}

function closing(change: Partial<Closing> = {}): Closing {
  return {
    tenant: 'acme',
    contract: 'plain',
    stretch: { from: 0, to: 3 * minute },
    minutes: minutesOf(0, 'available', 'unavailable', 'available', 'unknown'),
    terms: 'plain',
    monthOf: (at) => (at < 2 * minute ? '1970-01' : '1970-02'),
    runs: [],
    ...change,
  };
}

const none = Object.fromEntries(minuteStates.map((state) => [state, 0]));

test('closing writes the minutes of the stretch, and no others', (t) => {
  const { ledger } = newLedger(t);
  assert.equal(ledger.progress('acme', 'plain'), null);
  ledger.close(closing());
  assert.deepEqual(ledger.progress('acme', 'plain'), {
    closedFrom: 0,
    closedUntil: 3 * minute,
    terms: 'plain',
  });
  const all = { from: 0, to: Infinity };
  assert.deepEqual(
    ledger.minutes('acme', 'plain', all),
    minutesOf(0, 'available', 'unavailable', 'available'),
  );
  assert.deepEqual(
    [...ledger.minutes('acme', 'plain', { from: minute, to: 2 * minute })],
    [[minute, { state: 'unavailable', bare: 'unavailable' }]],
  );
});

test('counts are those of the rows, by month and of all time', (t) => {
  const { ledger, connection } = newLedger(t);
  ledger.close(closing());
  const minutes = minutesOf(3 * minute, 'available', 'degraded');
  ledger.close(closing({ stretch: { from: 3 * minute, to: 5 * minute }, minutes }));
  ledger.close(closing({ tenant: 'other' }));
  ledger.close(closing({ contract: 'other' }));
  assert.deepEqual(ledger.counts('acme', 'plain', '1970-01'), {
    ...none,
    available: 1,
    unavailable: 1,
  });
  assert.deepEqual(ledger.counts('acme', 'plain', '1970-02'), {
    ...none,
    available: 2,
    degraded: 1,
  });
  assert.deepEqual(ledger.counts('acme', 'plain', '*'), {
    ...none,
    available: 3,
    degraded: 1,
    unavailable: 1,
  });
  assert.deepEqual(ledger.counts('acme', 'plain', '1970-03'), none);
  const rows = 'SELECT tenant, contract, state, count(*) AS n FROM minute GROUP BY 1, 2, 3';
  const sums =
    'SELECT tenant, contract, state, sum(minutes) AS n FROM minute_count GROUP BY 1, 2, 3';
  assert.deepEqual(connection.prepare(rows).all(), connection.prepare(sums).all());
});

test('a stretch that does not begin where the ledger ended is refused', (t) => {
  const { ledger } = newLedger(t);
  ledger.close(closing());
  const before = ledger.counts('acme', 'plain', '*');
  for (const from of [0, 2 * minute, 4 * minute])
    assert.throws(
      () => ledger.close(closing({ stretch: { from, to: 9 * minute } })),
      /the ledger of acme ends at 180000/,
    );
  assert.deepEqual(ledger.counts('acme', 'plain', '*'), before);
});

test('a closing that fails half-way leaves nothing behind', (t) => {
  const { ledger, connection } = newLedger(t);
  const broken = runOf({ attempts: 0.5 });
  assert.throws(() => ledger.close(closing({ runs: [runOf(), broken] })), /cannot store REAL/);
  assert.equal(ledger.progress('acme', 'plain'), null);
  for (const table of ['minute', 'minute_count', 'failure_run', 'ledger_progress'])
    assert.deepEqual(connection.prepare(`SELECT count(*) AS n FROM ${table}`).get(), { n: 0 });
  ledger.close(closing({ runs: [runOf()] }));
});

test('a run comes back as it was written', (t) => {
  const { ledger } = newLedger(t);
  const run = runOf();
  const single = runOf({
    certain: [],
    confirmed: false,
    code: null,
    possible: { from: 1, to: 2 },
  });
  ledger.close(closing({ runs: [run, single] }));
  const all = { from: 0, to: Infinity };
  assert.deepEqual(ledger.runs('acme', 'plain', all), [single, run]);
  assert.deepEqual(ledger.runs('acme', 'other', all), []);
});

test('runs are those that touch the period', (t) => {
  const { ledger } = newLedger(t);
  ledger.close(closing({ runs: [runOf({ possible: { from: 1_000, to: 2_000 } })] }));
  const found = (from: number, to: number) => ledger.runs('acme', 'plain', { from, to }).length;
  assert.equal(found(1_999, 3_000), 1);
  assert.equal(found(0, 1_001), 1);
  assert.equal(found(0, 1_000), 0);
  assert.equal(found(2_001, 3_000), 0);
});
