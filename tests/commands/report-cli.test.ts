import assert from 'node:assert/strict';
import { join } from 'node:path';
import { mock, test } from 'node:test';
import { Command, CommanderError } from 'commander';
import { CommandError } from '../../src/commands/exit.ts';
import { registerReport } from '../../src/commands/report.ts';
import { CommandLine } from './exclude-cli.ts';

const line = new CommandLine('acme', 'beta');
line.good(
  'exclude',
  'add',
  '-t',
  'acme',
  '--kind',
  'maintenance',
  '--from',
  '2026-10-03T12:30+08:00',
);

/** What the command writes; the message of what ended it instead. */
function report(...args: readonly string[]): { out: string; wrong: string | null } {
  const program = new Command('mailminute').exitOverride().configureOutput({ writeErr: () => {} });
  registerReport(program);
  let out = '';
  const write = mock.method(process.stdout, 'write', (text: string) => {
    out += text;
    return true;
  });
  // The tenants have one protocol of the contract's four: that warning is not looked at here.
  const warn = mock.method(process.stderr, 'write', () => true);
  const config = ['--config', join(line.folder, 'mailminute.yaml')];
  try {
    program.parse(['node', 'mailminute', 'report', ...args, ...config]);
    return { out, wrong: null };
  } catch (error) {
    if (error instanceof CommandError && error.exitCode !== 2) throw error;
    if (error instanceof CommandError || error instanceof CommanderError)
      return { out, wrong: error.message };
    throw error;
  } finally {
    write.mock.restore();
    warn.mock.restore();
  }
}

const october = (...more: string[]) => report('--month', '2026-10', '-t', 'acme', ...more).out;

test('the report comes as text, JSON and CSV, in English and Chinese', () => {
  assert.match(october(), /^Mail availability of acme, October 2026\n/);
  assert.match(october('--lang', 'zh'), /^acme 邮件服务可用性月报，2026 年 10 月\n/);
  assert.equal(JSON.parse(october('--format', 'json', '--lang', 'zh')).language, 'zh');
  assert.match(october('--format', 'csv'), /^tenant,month,number,protocol,/);
  assert.match(
    october('--format', 'csv', '--table', 'exclusions', '--lang', 'zh', '--bom'),
    /^\uFEFF租户,月份,编号,类型,.*\r\nacme,2026-10,1,系统维护,/,
  );
});

test('all tenants are reported when none is named, as one CSV with one header', () => {
  const { out } = report('-m', '2026-10', '--format', 'csv', '--table', 'clauses');
  assert.equal(out.match(/^tenant,/gm)?.length, 1);
  assert.ok(out.includes('\r\nacme,2026-10,T1.1,') && out.includes('\r\nbeta,2026-10,T1.1,'));
});

test('a wrong month, table or language is a wrong use, told in one line', () => {
  for (const [option, value] of [
    ['--month', '2026-13'],
    ['--table', 'everything'],
    ['--lang', 'fr'],
  ] as const) {
    const { out, wrong } = report(option, value);
    assert.equal(out, '');
    assert.ok(wrong?.includes(value), String(wrong));
  }
});

test('the program itself has the command', () => {
  const { code, out, err } = line.spawn('report', '-m', '2026-10', '-t', 'acme', '--lang', 'zh');
  assert.equal(code, 0, err);
  assert.match(out, /协议条款（25）/);
});
