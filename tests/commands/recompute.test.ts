import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import Database from 'better-sqlite3';
import { openAssessor } from '../../src/assess/assess.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { openDatabase } from '../../src/store/open.ts';
import { resultsOf } from '../assess/example.ts';
import { write } from '../store/example.ts';
import { CommandLine } from './exclude-cli.ts';

const minute = 60_000;
const start = Date.parse('2026-10-03T00:00:00+08:00');
/** IMAP refuses from 00:20 on for 5 minutes. */
const outage = {
  protocol: 'imap',
  kind: 'refused',
  depth: 'connect',
  from: 20 * minute,
  to: 25 * minute,
} as const;

const shipped = join(import.meta.dirname, '../../config/contracts/one-minute.yaml');
const terms = `${readFileSync(shipped, 'utf8')}\nmaintenance: { rule: notified }\n`;
const line = new CommandLine('acme');
const contractFile = join(line.folder, 'contract.yaml');
const config = join(line.folder, 'mailminute.yaml');
const untouched = `${line.database}.untouched`;

before(() => {
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('tencent-exmail-2020', './contract.yaml'),
  );
  writeFileSync(contractFile, terms);
  const { settings } = loadSettings(config);
  const [tenant] = settings?.tenants ?? [];
  assert.ok(settings && tenant);
  const connection = openDatabase(line.database);
  write(connection, ...resultsOf(start, 60 * minute, [outage]));
  const contract = settings.contracts.get(tenant.contract) as Contract;
  openAssessor(connection).close(tenant, contract, start + 60 * minute);
  connection.close();
  copyFileSync(line.database, untouched);
});

beforeEach(() => {
  copyFileSync(untouched, line.database);
  writeFileSync(contractFile, terms);
});

/** All that is derived from the evidence, as text. */
function ledger(...tables: readonly string[]): string {
  const connection = new Database(line.database, { readonly: true });
  const asked =
    tables.length > 0 ? tables : ['minute', 'minute_count', 'bare_minute_count', 'failure_run'];
  const dump = asked.map((table) =>
    connection
      .prepare(`SELECT * FROM ${table}`)
      .raw()
      .all()
      .map((row) => JSON.stringify(row))
      .join('\n'),
  );
  connection.close();
  return dump.join('\n\n');
}

const revisions = () =>
  ledger('ledger_revision')
    .split('\n')
    .filter((row) => row !== '').length;

test('judged twice, the ledger is the same byte for byte, and so is its hash', () => {
  const closed = ledger();
  assert.match(closed, /unavailable/);
  const answers = [line.spawn('recompute'), line.spawn('recompute')];
  for (const { code, out, err } of answers) {
    assert.equal(code, 0, err);
    assert.match(
      out,
      /^acme: 2026-10-03T00:00:00.000\+08:00 up to .*: the same ledger; SHA-256 [0-9a-f]{64}\n$/,
    );
    assert.equal(out, answers[0]?.out);
  }
  assert.equal(ledger(), closed);
  assert.equal(revisions(), 0);
});

test('an exclusion is taken in, what it touches is judged anew, and a revision says so', () => {
  const add = ['exclude', 'add', '--kind', 'maintenance', '--notified', '2026-10-01T00:00+08:00'];
  line.good(...add, '--from', '2026-10-03T00:21+08:00', '--to', '2026-10-03T00:23+08:00');
  const { code, out, err } = line.spawn('recompute', '--from', '2026-10-03 00:15');
  assert.equal(code, 0, err);
  assert.match(out, /: 2 minutes have another state now; SHA-256/);
  const excluded = [...ledger('minute').matchAll(/"(\w+)","(\w+)"\]/g)].filter(
    ([, state]) => state === 'excluded',
  );
  // What would have been without the exclusion stands beside it.
  assert.deepEqual(
    excluded.map(([, , bare]) => bare),
    ['unavailable', 'unavailable'],
  );
  assert.equal(revisions(), 1);
  assert.equal(ledger('minute_before').split('\n').length, 2);
  line.good('exclude', 'withdraw', '1', '--why', 'entered twice');
  assert.match(line.spawn('recompute').out, /: 2 minutes have another state now/);
  assert.equal(revisions(), 2);
});

test('other terms are taken in, and a revision says so; the old terms give the old ledger', () => {
  const closed = ledger('minute');
  assert.match(terms, /^threshold: \S+$/m);
  writeFileSync(contractFile, terms.replace(/^threshold: \S+$/m, 'threshold: 10m'));
  const { out } = line.spawn('recompute');
  assert.match(out, /: 5 minutes have another state now|: 4 minutes have another state now/);
  assert.doesNotMatch(ledger('minute'), /"unavailable"/);
  assert.match(ledger('ledger_revision'), /"the terms changed"/);
  writeFileSync(contractFile, terms);
  line.spawn('recompute');
  assert.equal(ledger('minute'), closed);
  assert.equal(revisions(), 2);
});

test('a time that is not closed, and one the wrong way round, are told', () => {
  const [later, wrong] = [
    line.spawn('recompute', '--from', '2026-11-01 00:00', '--to', '2026-11-02 00:00'),
    line.spawn('recompute', '--from', '2026-11-02 00:00', '--to', '2026-11-01 00:00'),
  ];
  assert.deepEqual([later.code, wrong.code], [0, 2]);
  assert.match(later.out, /^acme: nothing of that time is closed yet/);
  assert.match(wrong.err, /--from must be before --to/);
});

test('results that no daemon has judged are judged for the first time; a month is its days', () => {
  const closed = ledger('minute');
  const connection = new Database(line.database);
  for (const table of [
    'minute',
    'minute_count',
    'bare_minute_count',
    'failure_run',
    'ledger_progress',
  ])
    connection.exec(`DELETE FROM ${table}`);
  connection.close();
  const { code, out, err } = line.spawn('recompute', '--from', '2026-10', '--to', '2026-10');
  assert.equal(code, 0, err);
  assert.match(
    out,
    /^acme: 2026-10-03T00:00:00.000\+08:00 up to 2026-11-01T00:00:00.000\+08:00: judged for the first time; SHA-256/,
  );
  assert.ok(
    ledger('minute').startsWith(closed),
    'the minutes that were closed before are the same',
  );
  const again = line.spawn('recompute', '--from', '2026-10', '--to', '2026-10').out;
  assert.equal(again.replace('the same ledger', 'judged for the first time'), out);
});
