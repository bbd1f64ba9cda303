import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockDatabase } from '../../src/store/lock.ts';
import { openDatabase } from '../../src/store/open.ts';
import { CommandLine } from './exclude-cli.ts';

const window = ['--kind', 'maintenance', '--from', '2026-10-03 02:00'];

test('an exclusion is added, ended and withdrawn from the command line, and stays visible', () => {
  const cli = new CommandLine();
  const added = cli.good(
    ...['exclude', 'add', ...window, '--notified', '2026-10-01T18:00:00Z', '--source', 'mail'],
    ...['--evidence', 'announcement.eml', '--note', 'storage cutover'],
  );
  assert.match(added, /^exclusion 1 added: 2026-10-03T02:00:00.000\+08:00 – open$/m);
  assert.doesNotMatch(added, /not counted/);
  cli.good('exclude', 'end', '1', '--at', '2026-10-03 04:00', '--why', 'all clear by mail');
  const [ended] = cli.list('exclude', 'list');
  assert.deepEqual(ended?.to, {
    iso: '2026-10-03T04:00:00.000+08:00',
    epochMilliseconds: Date.parse('2026-10-02T20:00:00Z'),
  });
  assert.equal(ended?.author, 'operator');
  assert.deepEqual(ended?.refused, []);
  cli.good('exclude', 'withdraw', '1', '--why', 'it was another tenant', '--author', 'auditor');
  const [withdrawn] = cli.list('exclude', 'list');
  assert.deepEqual(withdrawn?.refused, ['withdrawn']);
  const text = cli.good('exclude', 'list');
  assert.match(
    text,
    /#1 maintenance {2}2026-10-03T02:00.* – 2026-10-03T04:00.* not counted: withdrawn/,
  );
  assert.match(text, /notified 2026-10-02T02:00:00.000\+08:00; not approved; source mail/);
  assert.match(text, /#2 ended at 2026-10-03T04:00/);
  assert.match(text, /WITHDRAWN by auditor at .*: it was another tenant/);
});

test('maintenance notified at its start is entered, and said not to count', () => {
  const cli = new CommandLine();
  const added = cli.good('exclude', 'add', ...window, '--notified', '2026-10-03 02:00');
  assert.match(added, /not counted: not notified before its start/);
});

test('a wrong use ends with code 2, names the flag, and enters nothing', () => {
  const cli = new CommandLine();
  const wrong: [RegExp, string[]][] = [
    [/--from: expected ISO 8601/, ['--kind', 'attack', '--from', 'yesterday']],
    [/--to: expected an instant after --from/, [...window, '--to', '2026-10-03 02:00']],
    [/--kind/, ['--kind', 'holiday', '--from', '2026-10-03 02:00']],
    [/--kind/, ['--from', '2026-10-03 02:00']],
    [/--notified: .* lies in the future/, [...window, '--notified', '2096-10-03 02:00']],
    [/no tenant "beta"/, [...window, '--tenant', 'beta']],
    [/--note: expected one line/, [...window, '--note', 'two\nlines']],
  ];
  for (const [message, args] of wrong) {
    const { code, err } = cli.run('exclude', 'add', ...args);
    assert.match(err, message);
    assert.equal(code, 2, args.join(' '));
  }
  const nobody = cli.runAs(undefined, 'exclude', 'add', ...window);
  assert.equal(nobody.code, 2);
  assert.match(nobody.err, /who enters this\? name the author/);
  cli.good('exclude', 'add', ...window);
  assert.equal(cli.list('exclude', 'list').length, 1);
  assert.match(
    cli.run('exclude', 'end', 'x', '--at', '2026-10-03 03:00', '--why', 'y').err,
    /number of an entry/,
  );
  const absent = cli.run('exclude', 'withdraw', '7', '--why', 'x');
  assert.equal(absent.code, 1);
  assert.match(absent.err, /^there is no exclusion or end 7$/m);
});

test('with several tenants the one meant must be named, and lists can be narrowed to one', () => {
  const cli = new CommandLine('acme', 'beta');
  const { code, err } = cli.run('exclude', 'add', ...window);
  assert.equal(code, 2);
  assert.match(err, /name the tenant with --tenant: acme, beta/);
  cli.good('exclude', 'add', ...window, '--tenant', 'beta');
  assert.deepEqual(cli.list('exclude', 'list', '--tenant', 'acme'), []);
  assert.equal(cli.list('exclude', 'list')[0]?.tenant, 'beta');
});

test('the program itself enters beside a daemon that holds the database, and tells a wrong use by its code', () => {
  const cli = new CommandLine();
  const release = lockDatabase(cli.database);
  const daemon = openDatabase(cli.database);
  try {
    const added = cli.spawn('exclude', 'add', ...window);
    assert.equal(added.code, 0, added.err);
    assert.match(added.out, /^exclusion 1 added/);
    assert.deepEqual(daemon.prepare('SELECT count(*) AS n FROM exclusion').get(), { n: 1 });
  } finally {
    daemon.close();
    release();
  }
  const wrong = cli.spawn('exclude', 'add', '--kind', 'attack', '--from', 'yesterday');
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--from: expected ISO 8601/);
  for (const command of ['record', 'attribute'])
    assert.equal(cli.spawn(command, 'list').out, 'acme (times in Asia/Shanghai)\n  none\n');
});
