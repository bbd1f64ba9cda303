import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { smallest } from '../config/loading.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');
const folder = mkdtempSync(join(tmpdir(), 'mailminute-cli-'));
const good = join(folder, 'good.yaml');
writeFileSync(good, smallest);
after(() => rmSync(folder, { recursive: true, force: true }));

interface Ended {
  readonly status: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real command line, in an empty folder. */
async function mailminute(...args: readonly string[]): Promise<Ended> {
  const { MAILMINUTE_CONFIG: _, ...env } = process.env;
  const options = { cwd: folder, env: { ...env, ACME_PASSWORD: 'hunter2' }, timeout: 60_000 };
  const ended = await new Promise<Ended>((resolve) => {
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : error.code, stdout, stderr }),
    );
  });
  assert.ok(!/hunter2|^ +at .*:\d+:\d+/m.test(ended.stderr + ended.stdout), ended.stderr);
  return ended;
}

test('help lists the commands, each has a help of its own, and all end with 0', async () => {
  const { status, stdout } = await mailminute('--help');
  assert.equal(status, 0);
  assert.match(
    stdout,
    /Exit codes: 0 all well, 1 something failed, 2 wrong configuration or usage/,
  );
  const commands = [...stdout.matchAll(/^ {2}([a-z]+) /gm)].map(([, name]) => name ?? '');
  for (const needed of ['run', 'check', 'validate', 'report', 'demo', 'version', 'help'])
    assert.ok(commands.includes(needed), `no ${needed} in ${commands}`);
  await Promise.all(
    commands
      .filter((name) => name !== 'help')
      .map(async (name) => {
        const help = await mailminute(name, '--help');
        assert.equal(help.status, 0, name);
        assert.match(help.stdout, new RegExp(`^Usage: mailminute ${name}`), name);
      }),
  );
});

test('unknown commands and options, and values that are none, end with 2', async () => {
  const wrong = [
    ['repotr'],
    ['report', '--mnoth', '2026-10'],
    ['report', '--config', good, '--format', 'pdf'],
    ['report', '--config'],
  ];
  for (const { status, stderr } of await Promise.all(wrong.map((args) => mailminute(...args)))) {
    assert.equal(status, 2, stderr);
    assert.match(stderr, /^error: /);
  }
});

test('version tells mailminute’s and node’s', async () => {
  const { status, stdout } = await mailminute('version');
  assert.equal(status, 0);
  assert.match(stdout, /^mailminute \d+\.\d+\.\d+ \(node v24\./);
});

test('validate ends with 0 and names the tenants, also under Prometheus’ spelling', async () => {
  const options = ['--config', '--config.file'];
  for (const { status, stdout } of await Promise.all(
    options.map((option) => mailminute('validate', option, good)),
  )) {
    assert.equal(status, 0);
    assert.equal(stdout, `${good}: valid; tenants: acme\n`);
  }
});

test('validate ends with 2 and says file, line and column of what is wrong', async () => {
  const wrong = join(folder, 'wrong.yaml');
  writeFileSync(wrong, smallest.replace('imap:', 'imaap:'));
  const { status, stderr, stdout } = await mailminute('validate', '--config', wrong);
  assert.equal(status, 2);
  assert.equal(stdout, '');
  assert.match(stderr, /wrong\.yaml:6:5 tenants\[0\]\.imaap: unknown key, did you mean "imap"\?/);
});

test('without a configuration, a command that needs one ends with 2', async () => {
  for (const { status, stderr } of await Promise.all([mailminute('report'), mailminute('run')])) {
    assert.equal(status, 2);
    assert.match(stderr, /^no configuration: /);
  }
});

test('a report on a database that is not there ends with 1 and creates none', async () => {
  const { status, stderr } = await mailminute('report', '--config', good);
  assert.equal(status, 1);
  assert.match(stderr, /data\/mailminute\.db: /);
  assert.ok(!existsSync(join(folder, 'data')));
});

test('a wrong month and an unknown tenant end with 2', async () => {
  const report = (...args: readonly string[]) => mailminute('report', '--config', good, ...args);
  const [month, tenant] = await Promise.all([
    report('--month', '2026-13'),
    report('--tenant', 'nobody'),
  ]);
  assert.equal(month.status, 2);
  assert.match(month.stderr, /expected a month such as 2026-10, found "2026-13"/);
  assert.equal(tenant.status, 2);
  assert.match(tenant.stderr, /no tenant "nobody".*acme/);
});

test('a check of a service that is not there ends with 1', async () => {
  const nowhere = join(folder, 'nowhere.yaml');
  writeFileSync(nowhere, smallest.replace('imap.acme.example', '127.0.0.1, port: 1, tls: none'));
  const { status, stdout } = await mailminute('check', '--config', nowhere);
  assert.equal(status, 1);
  assert.match(stdout, /^ {2}imap +connection-refused /m);
});
