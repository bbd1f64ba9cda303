import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CommandError, exitCodes } from '../../src/commands/exit.ts';
import { configPath, readSettings, tenantsNamed } from '../../src/commands/settings.ts';
import { smallest } from '../config/loading.ts';
import { temporaryFolder } from '../store/example.ts';

const usual = 'config/mailminute.yaml';

/** An empty working folder, without MAILMINUTE_CONFIG, for one test. */
function emptyFolder(context: TestContext): string {
  const folder = temporaryFolder(context);
  const before = { folder: process.cwd(), config: process.env.MAILMINUTE_CONFIG };
  context.after(() => {
    process.chdir(before.folder);
    setConfig(before.config);
  });
  process.chdir(folder);
  setConfig(undefined);
  process.env.ACME_PASSWORD = 'hunter2';
  return folder;
}

function setConfig(path: string | undefined): void {
  if (path === undefined) delete process.env.MAILMINUTE_CONFIG;
  else process.env.MAILMINUTE_CONFIG = path;
}

function putUsual(text: string): void {
  mkdirSync('config');
  writeFileSync(usual, text);
}

function errorOf(act: () => unknown): CommandError {
  try {
    act();
  } catch (error) {
    if (error instanceof CommandError) return error;
    throw error;
  }
  throw new Error('no CommandError');
}

test('the option goes before MAILMINUTE_CONFIG, and that before the usual place', (t) => {
  emptyFolder(t);
  assert.equal(configPath(undefined), null);
  putUsual(smallest);
  assert.equal(configPath(undefined), usual);
  setConfig('from-environment.yaml');
  assert.equal(configPath(undefined), 'from-environment.yaml');
  assert.equal(configPath('given.yaml'), 'given.yaml');
  setConfig('');
  assert.equal(configPath(undefined), usual);
});

test('without any configuration, it says where one is looked for', (t) => {
  emptyFolder(t);
  const error = errorOf(() => readSettings(undefined));
  assert.equal(error.exitCode, exitCodes.badConfig);
  assert.match(error.message, /--config FILE or MAILMINUTE_CONFIG.*config\/mailminute\.yaml/);
});

test('a configuration that is right comes with its file', (t) => {
  emptyFolder(t);
  putUsual(smallest);
  const { file, settings } = readSettings(undefined);
  assert.equal(file, usual);
  assert.deepEqual(
    settings.tenants.map(({ name }) => name),
    ['acme'],
  );
});

test('a wrong one is one error with a line for every fault', (t) => {
  const folder = emptyFolder(t);
  putUsual(smallest.replace('host:', 'hots:').replace('name: acme', 'name: ACME!'));
  const error = errorOf(() => readSettings(join(folder, usual)));
  assert.equal(error.exitCode, exitCodes.badConfig);
  const lines = error.message.trimEnd().split('\n');
  assert.ok(lines.length >= 2);
  for (const line of lines) assert.match(line, /config\/mailminute\.yaml:\d+:\d+ tenants/);
});

test('tenants are all, or the one named; an unknown name is answered with those there are', (t) => {
  emptyFolder(t);
  const other = smallest.replace('tenants:\n', '').replace('name: acme', 'name: other');
  putUsual(`${smallest}${other}`);
  const { settings } = readSettings(undefined);
  const names = (name?: string) => tenantsNamed(settings, name).map((tenant) => tenant.name);
  assert.deepEqual(names(), ['acme', 'other']);
  assert.deepEqual(names('other'), ['other']);
  const error = errorOf(() => names('nobody'));
  assert.equal(error.exitCode, exitCodes.badConfig);
  assert.equal(error.message, 'no tenant "nobody" in the configuration; there are: acme, other');
});

test('a command fails with 1 unless it says otherwise', () => {
  assert.equal(new CommandError('no').exitCode, 1);
  assert.equal(new CommandError('no', exitCodes.badConfig).exitCode, 2);
});
