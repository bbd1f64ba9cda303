import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { loadSettings } from '../../src/config/load.ts';
import { exchanged, load, settingsOf, smallest, tenantOf } from './loading.ts';

const password = (reference: string) =>
  exchanged('password: { env: ACME_PASSWORD }', `password: ${reference}`);

test('a loaded secret shows in no inspection, text or JSON of the settings', () => {
  const settings = settingsOf(password('{ file: secret }'), { secret: 'hunter2' });
  const shown = [
    inspect(settings, { depth: null, showHidden: true, getters: true }),
    inspect(settings, { depth: null, customInspect: false, showHidden: true }),
    JSON.stringify(settings),
    String(settings.tenants[0]?.mailbox.credential.secret),
  ];
  for (const text of shown) assert.ok(!text.includes('hunter2'));
  assert.ok(shown[0]?.includes('[secret]'));
});

test('a secret in the wrong place shows in no fault or warning', () => {
  const wrongs = [
    password('hunter2'),
    password('"hunter2'),
    password('*hunter2'),
    password('!hunter2 x'),
    password('@hunter2'),
    password('%hunter2: x: y'),
    password('hunter2: x'),
    password('[hunter2]'),
    password('{ hunter2 }'),
    password('{ env: hunter2 }'),
    password('{ env: [hunter2] }'),
    password('{ file: hunter2 }'),
    password('{ file: hunter2/x }'),
    password('{ env: A, hunter2: b }'),
    password('\n        - hunter2'),
    exchanged('password: { env: ACME_PASSWORD }', 'password:hunter2'),
    exchanged('password: { env: ACME_PASSWORD }', '? hunter2'),
    exchanged('password: { env: ACME_PASSWORD }', 'pass: hunter2'),
    exchanged('password: { env: ACME_PASSWORD }', 'hunter2: password'),
    exchanged('address: probe@acme.example', 'address: probe:hunter2@acme.example'),
    exchanged('address: probe@acme.example', 'address: hunter2'),
    exchanged(
      'address: probe@acme.example',
      'address: probe@acme.example\n      username: [hunter2]',
    ),
    exchanged('imap: { host: imap.acme.example }', 'imap: { host: "a:hunter2@b" }'),
    exchanged('imap: { host: imap.acme.example }', 'imap: "imaps://a:hunter2@b"'),
    exchanged('imap: { host: imap.acme.example }', 'webmail: { url: "https://a:hunter2@b/" }'),
    exchanged('imap: { host: imap.acme.example }', 'webmail: { url: "https://a:hunter2@b c/" }'),
    exchanged('name: acme', 'name: acme\n    password: hunter2'),
    `password: hunter2\n${smallest}`,
    smallest.replace(/mailbox:[^}]*}/, 'mailbox: hunter2'),
    smallest.replace(/mailbox:[^}]*}/, 'mailbox: { address: a@b.example, password:hunter2 }'),
    smallest.replace('acme\n', 'acme\n    mailbox: { password: hunter2 }\n'),
  ];
  for (const text of wrongs) {
    const { faults, warnings } = load(text);
    assert.ok(faults.length > 0, text);
    assert.ok(![...faults, ...warnings].join('\n').includes('hunter2'), faults.join('\n'));
  }
});

test('the newline at the end of a secret is not part of it, other blanks are', () => {
  const secretOf = (text: string) =>
    tenantOf(password('{ file: secret }'), { secret: text }).mailbox.credential.secret.reveal();
  assert.equal(secretOf('hunter2\n'), 'hunter2');
  assert.equal(secretOf('hunter2\r\n'), 'hunter2');
  assert.equal(secretOf(' hunter 2 '), ' hunter 2 ');
  assert.equal(secretOf('密码'), '密码');
});

test('a rotated secret file is read anew, and its loss throws without its text', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-secret-'));
  context.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'mailminute.yaml'), password('{ file: ./secret }'));
  writeFileSync(join(folder, 'secret'), 'first\n');
  const { settings } = loadSettings(join(folder, 'mailminute.yaml'), {});
  const secret = settings?.tenants[0]?.mailbox.credential.secret;
  assert.equal(secret?.reveal(), 'first');
  writeFileSync(join(folder, 'secret'), 'second\n');
  assert.equal(secret?.reveal(), 'second');
  writeFileSync(join(folder, 'secret'), 'third\nQUIT\n');
  assert.throws(() => secret?.reveal(), {
    message: "the secret's file holds a control character or more than one line",
  });
  rmSync(join(folder, 'secret'));
  assert.throws(() => secret?.reveal(), { code: 'ENOENT' });
});

test('a secret from the environment is taken when the configuration is read', () => {
  const env = { ACME_PASSWORD: 'first' };
  const secret = tenantOf(smallest, {}, env).mailbox.credential.secret;
  env.ACME_PASSWORD = 'second';
  assert.equal(secret.reveal(), 'first');
});
