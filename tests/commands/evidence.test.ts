import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { openDatabase } from '../../src/store/open.ts';
import { resultsOf } from '../assess/example.ts';
import { failureOf, resultOf, write } from '../store/example.ts';
import { CommandLine } from './exclude-cli.ts';

const minute = 60_000;
const start = Date.parse('2026-10-03T00:00:00+08:00');
const outage = {
  protocol: 'imap',
  kind: 'refused',
  depth: 'connect',
  from: 20 * minute,
  to: 25 * minute,
} as const;
const line = new CommandLine('acme', 'beta');

before(() => {
  const { settings } = loadSettings(`${line.folder}/mailminute.yaml`);
  const [tenant] = settings?.tenants ?? [];
  assert.ok(settings && tenant);
  const connection = openDatabase(line.database);
  write(
    connection,
    resultOf({
      tenant: 'beta',
      protocol: 'imap',
      depth: 'login',
      startedAt: start - 60_000,
      endedAt: start - 59_000,
      vouches: null,
      failure: failureOf({
        phase: 'auth',
        reason: 'temporary-error',
        code: '[UNAVAILABLE]',
        message: 'the server said: try \u001b[2J later',
      }),
      transcript:
        '< * OK ready\n> a1 LOGIN probe@acme.example ****\n< a1 NO [UNAVAILABLE] \u202etry later',
    }),
    ...resultsOf(start, 60 * minute, [outage]),
  );
  const contract = settings.contracts.get(tenant.contract) as Contract;
  openAssessor(connection).close(tenant, contract, start + 60 * minute);
  connection.close();
});

const json = (...args: readonly string[]) =>
  JSON.parse(line.good('evidence', ...args, '--format', 'json')) as {
    id: number;
    protocol: string;
    failure: { reason: string; code: string | null } | null;
    transcript: string | null;
    phases: { phase: string; microseconds: number }[];
    sealed: string | null;
  }[];

test('a result is printed with its phases, its code and its dialogue, and nothing garbles the terminal', () => {
  const out = line.good('evidence', '1');
  assert.match(out, /^result 1: beta imap, depth login: failed\n/);
  assert.match(
    out,
    /time +2026-10-02 23:59:00\.000 \+08:00 up to 2026-10-02 23:59:01\.000 \+08:00/,
  );
  assert.match(out, /failed +temporary-error in phase auth \(/);
  assert.match(out, /code +\[UNAVAILABLE\]/);
  assert.match(out, /phases +\w+ \d+\.\d{3} ms/);
  assert.match(
    out,
    / {6}> a1 LOGIN probe@acme\.example \*\*\*\*\n {6}< a1 NO \[UNAVAILABLE\] \uFFFDtry later/,
  );
  assert.match(out, /sealed +not yet/);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none must be there
  assert.doesNotMatch(out, /[\u001b\u202e]/);
});

test('a range is written as the report writes it, and can be narrowed', () => {
  for (const range of ['1-40', '1–40', '#1-40'.slice(1)])
    assert.deepEqual(
      json(range).map(({ id }) => id),
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
  const some = json('1-40', '--protocol', 'imap');
  assert.ok(some.length > 1 && some.every(({ protocol }) => protocol === 'imap'));
  assert.deepEqual(
    json('1-40', '--failed').map(({ id }) => id),
    [1],
  );
  assert.deepEqual(
    json('1-40', '--most', '3').map(({ id }) => id),
    [1, 2, 3],
  );
});

test('the command that the report names prints the very results that the report counts', () => {
  // The report is a function of its own; here its command line is run word for word.
  const [listed] = [
    ...line.list(
      'evidence',
      '-t',
      'acme',
      '--from',
      '2026-10-03 00:20',
      '--to',
      '2026-10-03 00:26',
      '--failed',
    ),
  ];
  assert.equal(listed?.protocol, 'imap');
  const { out } = line.spawn('report', '-t', 'acme', '--month', '2026-10');
  const [, args = ''] = /printed by: mailminute (evidence \d+-\d+ .*--failed)$/m.exec(out) ?? [];
  const [, count = ''] = /results \d+–\d+ \((\d+) of them failed\)/.exec(out) ?? [];
  const rows = JSON.parse(line.good(...args.split(' '), '--format', 'json')) as unknown[];
  assert.ok(rows.length > 1);
  assert.equal(rows.length, Number(count));
  assert.deepEqual(json('-t', 'acme', '--outage', '1', '--month', '2026-10'), rows);
});

test('a time prints the attempts that touch it', () => {
  const rows = json('-t', 'acme', '--from', '2026-10-03 00:22', '--to', '2026-10-03 00:23');
  assert.ok(
    rows.some(({ failure }) => failure !== null) && rows.some(({ failure }) => failure === null),
  );
  assert.match(
    line.good('evidence', '-t', 'acme', '--from', '2026-12-01 00:00', '--to', '2026-12-02 00:00'),
    /^no such result is stored/,
  );
});

test('what is not there, or named in two ways or in none, is told', () => {
  for (const [args, said] of [
    [[], /name either results/],
    [['1-5', '--outage', '1'], /name either results/],
    [['5-1'], /the first result comes after the last/],
    [['all'], /expected results as the report names them/],
    [['-t', 'acme', '--outage', '99', '--month', '2026-10'], /there is no number 99/],
    [['--outage', '0', '--month', '2026-10'], /expected a number from 1 on/],
    [['1', '--tenant', 'nobody'], /no tenant "nobody"/],
  ] as const) {
    const { code, err } = line.run('evidence', ...args);
    assert.equal(code, 2, args.join(' '));
    assert.match(err, said);
  }
});
