import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandLine } from './exclude-cli.ts';

test('a re-attribution is added, listed and withdrawn from the command line', () => {
  const cli = new CommandLine();
  const { code, out, err } = cli.run(
    ...['attribute', 'add', '--protocol', 'imap', '--at', '2026-10-03T01:00:00.250Z'],
    ...['--to', 'customer', '--why', 'our firewall', '--evidence', 'change-17'],
  );
  assert.equal(code, 0, err);
  assert.match(out, /re-attribution 1 added: imap at 2026-10-03T09:00:00.250\+08:00 → customer/);
  assert.match(err, /warning: no closed failure run of that protocol holds this instant/);
  const [added] = cli.list('attribute', 'list');
  assert.equal(added?.attribution, 'customer');
  assert.equal(added?.note, 'our firewall');
  assert.equal(added?.evidence, 'change-17');
  cli.good('attribute', 'withdraw', '1', '--why', 'the change was later');
  assert.match(cli.good('attribute', 'list'), /WITHDRAWN by operator .*: the change was later/);
});

test('of several mailboxes one can be named, and only one that is the tenant’s', () => {
  const cli = new CommandLine();
  const add = (address: string) =>
    cli.run(
      ...['attribute', 'add', '--protocol', 'imap', '--at', '2026-10-03T01:00:00Z'],
      ...['--to', 'customer', '--why', 'our firewall', '--mailbox', address],
    );
  const { code, out } = add('probe@acme.example');
  assert.equal(code, 0);
  assert.match(out, /added: imap of probe@acme\.example at /);
  assert.equal(cli.list('attribute', 'list')[0]?.mailbox, 'probe@acme.example');
  const wrong = add('probe@acme.exmaple');
  assert.equal(wrong.code, 2);
  assert.match(
    wrong.err,
    /--mailbox: expected one of probe@acme\.example, found "probe@acme\.exmaple"/,
  );
  assert.equal(cli.list('attribute', 'list').length, 1);
});

test('without a reason, or with an unknown protocol or attribution, it is refused with code 2', () => {
  const cli = new CommandLine();
  const base = ['attribute', 'add', '--at', '2026-10-03 09:00'];
  const wrong: [RegExp, string[]][] = [
    [/--why/, ['--protocol', 'imap', '--to', 'customer']],
    [/--protocol/, ['--protocol', 'http', '--to', 'customer', '--why', 'x']],
    [/--to/, ['--protocol', 'imap', '--to', 'nobody', '--why', 'x']],
  ];
  for (const [message, args] of wrong) {
    const { code, err } = cli.run(...base, ...args);
    assert.match(err, message);
    assert.equal(code, 2);
  }
});
