import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CommandLine } from './exclude-cli.ts';

test('a ticket is recorded with what happens to it', () => {
  const cli = new CommandLine();
  cli.good(
    ...['record', 'add', 'ticket', '--number', 'T-7', '--subject', 'no mail comes in'],
    ...['--category', 'send-receive', '--sent', '2026-10-03 09:00'],
    ...['--acknowledged', '2026-10-03 09:20'],
  );
  cli.good('record', 'event', '1', 'resolved', '--at', '2026-10-03 10:30', '--evidence', 'a.eml');
  const [ticket] = cli.list('record', 'list', '--kind', 'ticket');
  assert.equal(ticket?.number, 'T-7');
  assert.equal(ticket?.channel, 'ticket');
  const events = ticket?.events as { id: number; kind: string; at: { iso: string } }[];
  assert.deepEqual(
    events.map(({ kind, at }) => [kind, at.iso]),
    [
      ['sent', '2026-10-03T09:00:00.000+08:00'],
      ['acknowledged', '2026-10-03T09:20:00.000+08:00'],
      ['resolved', '2026-10-03T10:30:00.000+08:00'],
    ],
  );
  cli.good('record', 'withdraw', String(events[2]?.id), '--why', 'not solved after all');
  const text = cli.good('record', 'list');
  assert.match(text, /#1 ticket T-7 \(send-receive, by ticket\): no mail comes in/);
  assert.match(text, /WITHDRAWN by operator at .*: not solved after all/);
});

test('amounts are kept exactly, in the minor unit of their currency', () => {
  const cli = new CommandLine();
  const fee = ['record', 'add', 'fee', '--month', '2026-10'];
  cli.good(...fee, '--amount', '1200.10', '--currency', 'CNY', '--vouchers', '200');
  cli.good(...fee, '--amount', '3000', '--currency', 'JPY', '--months', '12');
  const [yuan, yen] = cli.list('record', 'list');
  assert.deepEqual(yuan?.amount, { minor: 120_010, currency: 'CNY' });
  assert.equal(yuan?.paidByVouchers, 20_000);
  assert.deepEqual(yen?.amount, { minor: 3000, currency: 'JPY' });
  const text = cli.good('record', 'list');
  assert.match(text, /fee of 1200\.10 CNY for 2026-10, 200\.00 CNY of it by vouchers/);
  assert.match(text, /fee of 3000 JPY for 12 months from 2026-10/);
  const wrong = cli.run(...fee, '--amount', '10.5', '--currency', 'JPY');
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /--amount: expected an amount with at most 0 decimals of JPY/);
});

test('invoices, claims, consents and spot checks are recorded by clause', () => {
  const cli = new CommandLine();
  const add = (...args: string[]) => cli.good('record', 'add', ...args);
  add('invoice', '--month', '2026-10', '--number', 'I-1', '--valid-requests', '4200');
  add('claim', '--month', '2026-10', '--number', 'T-9', '--at', '2026-10-09 10:00');
  add('consent', '--subject', 'scripted webmail', '--clause', 'T1.29', '--at', '2026-10-09 10:00');
  add(
    ...['spot-check', '--subject', 'EICAR', '--tried', '3', '--passed', '3'],
    ...['--clause', 'T3.17', '--at', '2026-10-09 10:00'],
  );
  const found = cli.list('record', 'list');
  assert.deepEqual(
    found.map(({ kind, clause }) => [kind, clause]),
    [
      ['invoice', null],
      ['claim', null],
      ['consent', 'T1.29'],
      ['spot-check', 'T3.17'],
    ],
  );
  assert.equal(found[0]?.validRequests, 4200);
});

test('a record that lacks something, or has too much, is refused with code 2', () => {
  const cli = new CommandLine();
  const ticket = ['ticket', '--number', '1', '--subject', 'x', '--category', 'functional'];
  const wrong: [RegExp, string[]][] = [
    [/expected one of ticket, fee/, ['tickets']],
    [/--sent is needed/, ticket],
    [
      /--acknowledged: lies before --sent/,
      [...ticket, '--sent', '2026-10-03 09:00', '--acknowledged', '2026-10-03 08:59'],
    ],
    [/--amount does not belong to a record of kind ticket/, [...ticket, '--amount', '3']],
    [/--category is needed/, ['ticket', '--number', '1', '--subject', 'x']],
    [
      /--month: expected a month/,
      ['fee', '--month', '10-2026', '--amount', '1', '--currency', 'CNY'],
    ],
    [
      /--currency: expected a code/,
      ['fee', '--month', '2026-10', '--amount', '1', '--currency', 'RMB'],
    ],
    [
      /--vouchers: expected at most/,
      ['fee', '--month', '2026-10', '--amount', '1', '--currency', 'CNY', '--vouchers', '2'],
    ],
    [
      /--passed: expected at most/,
      ['spot-check', '--at', '2026-10-03 09:00', '--subject', 'x', '--tried', '1', '--passed', '2'],
    ],
  ];
  for (const [message, args] of wrong) {
    const { code, err } = cli.run('record', 'add', ...args);
    assert.match(err, message);
    assert.equal(code, 2, args.join(' '));
  }
  cli.good('record', 'add', 'notice', '--subject', 'new terms', '--at', '2026-10-03 09:00');
  const event = cli.run('record', 'event', '1', 'resolved', '--at', '2026-10-03 10:00');
  assert.match(event.err, /^record 1 is a notice; only tickets have events$/m);
});
