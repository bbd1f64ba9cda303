import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { before, test } from 'node:test';
import { openDatabase } from '../../src/store/open.ts';
import { sealedTables } from '../../src/store/sealed-tables.ts';
import { sealAll, tamper, writeEvidence } from '../store/sealed-evidence.ts';
import { CommandLine } from './exclude-cli.ts';

const line = new CommandLine('acme');
const untouched = `${line.database}.untouched`;
let head = '';

before(async () => {
  const connection = openDatabase(line.database);
  writeEvidence(connection, 20);
  head = (await sealAll(connection)).at(-1)?.hash ?? '';
  connection.close();
  copyFileSync(line.database, untouched);
});

/** Runs `verify` on the database after somebody with SQL at hand has been at it. */
function verifyAfter(sql: string, ...args: readonly string[]) {
  copyFileSync(untouched, line.database);
  const connection = openDatabase(line.database);
  tamper(connection, sql);
  connection.close();
  return line.run('verify', ...args);
}

/** The second row of a table, by its key. */
function second(table: string): string {
  const key = table === 'message' || table === 'sighting' ? 'token' : 'id';
  return `${key} = (SELECT ${key} FROM ${table} ORDER BY ${key} LIMIT 1 OFFSET 1)`;
}

test('what was not touched verifies, and the last line has the hash to keep', () => {
  const { code, out, err } = verifyAfter('');
  assert.equal(code, 0, err);
  assert.equal(
    out,
    `3 days with 126 rows are as they were sealed; the chain ends on 2026-10-03 in ${head}\n`,
  );
});

test('one old row removed, in each table: the exit code is 1, day, table and row are named, and what to do', () => {
  for (const { name } of sealedTables) {
    const { code, out, err } = verifyAfter(`DELETE FROM ${name} WHERE ${second(name)}`);
    assert.equal(code, 1, name);
    assert.match(out, new RegExp(`^2026-10-0[12]: ${name} \\d+: removed( \\(token .*\\))?\\n$`));
    assert.match(
      err,
      /not as it was sealed\. Keep .*mailminute\.db as it is, restore the last backup/,
    );
  }
});

test('one byte changed in one old row, in each table: the same', () => {
  const bytes: Record<string, string> = {
    result: "phases = replace(phases, 'tcp', 'tcq')",
    control_result: "target = replace(target, 'two', 'twp')",
    domain_record: "after = replace(after, 'mx', 'my')",
    incident: "detail = 'asleeq'",
    tenant_mailboxes: "mailboxes = replace(mailboxes, 'acme', 'acne')",
    message: 'sent_at = sent_at + 1',
    sighting: 'last_not_seen = last_not_seen + 1',
    look: 'accepted_since = accepted_since + 1',
    delivery_report: "status = '4.4.2'",
    message_copy: 'copies = 3',
    message_trace: "stamps = '[]'",
    push_event: "reason = 'timeout'",
    entry: "evidence = 'notice 18'",
    exclusion: 'notified_at = notified_at - 1',
    exclusion_end: 'to_at = to_at + 1',
    reattribution: 'instant = instant + 1',
    record: "detail = replace(detail, 'T-', 'S-')",
    record_event: 'at = at + 1',
  };
  for (const { name } of sealedTables) {
    const { code, out } = verifyAfter(`UPDATE ${name} SET ${bytes[name]} WHERE ${second(name)}`);
    assert.equal(code, 1, name);
    assert.match(out, new RegExp(`^2026-10-0[12]: ${name} \\d+: altered \\(.*\\)\\n$`));
  }
});

test('a changed seal is named by its day', () => {
  const { code, out } = verifyAfter(
    "UPDATE seal SET hash = 'x' || substr(hash, 2) WHERE day = '2026-10-01'",
  );
  assert.equal(code, 1);
  assert.equal(
    out,
    '2026-10-01: the seal, or a part of it, was altered\n2026-10-02: the chain is broken: a seal before it was altered or removed\n',
  );
});

test('a seal cut off at the end is shown by a hash that a report printed', () => {
  const cut =
    "DELETE FROM seal_part WHERE day = '2026-10-03'; DELETE FROM seal WHERE day = '2026-10-03'";
  assert.equal(verifyAfter(cut).code, 0);
  const { code, out, err } = verifyAfter(cut, '--hash', head);
  assert.equal(code, 1);
  assert.equal(out, `no seal has the hash ${head}\n`);
  assert.match(err, /the chain was rewritten or cut since that hash was written down/);
  const held = verifyAfter('', '--hash', head.toUpperCase());
  assert.equal(held.code, 0);
  assert.match(held.out, /^the hash is that of 2026-10-03: /);
});

test('no more faults are printed than asked for, and the rest is counted', () => {
  const { code, out } = verifyAfter('DELETE FROM result WHERE id <= 15', '--most', '2');
  assert.equal(code, 1);
  assert.equal(
    out,
    '2026-10-01: result 1: removed\n2026-10-01: result 2: removed\n… and 13 more (--most)\n',
  );
});

test('a wrong hash or number is a wrong use', () => {
  for (const args of [
    ['--hash', 'abc'],
    ['--most', '0'],
  ])
    assert.equal(line.run('verify', ...args).code, 2, args.join(' '));
});

test('the program itself has the command', () => {
  copyFileSync(untouched, line.database);
  const { code, out } = line.spawn('verify');
  assert.deepEqual([code, out.includes(head)], [0, true]);
});
