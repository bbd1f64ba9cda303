import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { CheckRow } from '../../src/commands/check.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { command, withoutTenant } from './daemon.ts';

const skip = withoutTenant();
const folder = mkdtempSync(join(tmpdir(), 'mailminute-check-'));
let tenant: RealTenant;

before(async () => {
  if (skip === false) tenant = await startTenant();
});
after(async () => {
  if (skip === false) await tenant.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The tenant's config with changes, in a file of its own. */
function config(name: string, change: (text: string) => string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, change(readFileSync(tenant.configPath, 'utf8')));
  return file;
}

async function checked(file: string) {
  const { code, output } = await command(['check', '--config', file, '--format', 'json']);
  const [first] = JSON.parse(output.slice(output.indexOf('['))) as { rows: CheckRow[] }[];
  return { code, rows: first?.rows ?? [] };
}

test('check prints four protocols, all ok, and ends with 0', { skip }, async () => {
  const { code, output } = await command(['check', '--config', tenant.configPath]);
  assert.equal(code, 0, output);
  for (const protocol of ['smtp', 'imap', 'pop', 'webmail'])
    assert.match(output, new RegExp(`^ +${protocol} +ok `, 'm'));
});

test('the phases of a check add up to its total', { skip }, async () => {
  const { rows } = await checked(tenant.configPath);
  assert.equal(rows.length, 4);
  for (const { protocol, result } of rows) {
    const sum = result.phases.reduce((total, { microseconds }) => total + microseconds, 0);
    const total = result.monotonicEnd - result.monotonicStart;
    assert.ok(Math.abs(total - sum) <= 5_000, `${protocol}: ${sum} of ${total} µs`);
  }
});

test('a check leaves nothing in the mailbox but the anchor', { skip }, async () => {
  await checked(tenant.configPath);
  const left = await tenant.list();
  assert.deepEqual(left, ['<anchor@mailminute.tenant.example>']);
});

test('STARTTLS on SMTP, IMAP and POP works as well as implicit TLS', { skip }, async () => {
  const { submission, imap, pop3 } = tenant.endpoints;
  const starttls = (host: string, port: number) =>
    `{ host: "${host}", port: ${port}, tls: starttls, ca: ${tenant.ca.path} }`;
  const file = config('starttls', (text) =>
    text
      .replace(/ smtp: .*/, ` smtp: ${starttls(submission.host, submission.port)}`)
      .replace(/ imap: .*/, ` imap: ${starttls(imap.host, imap.port)}`)
      .replace(/ pop: .*/, ` pop: ${starttls(pop3.host, pop3.port)}`),
  );
  const { code, rows } = await checked(file);
  assert.deepEqual(
    rows.map(({ verdict }) => verdict),
    ['ok', 'ok', 'ok', 'ok'],
  );
  assert.equal(code, 0);
  assert.ok(rows.every(({ result }) => result.tlsVersion?.startsWith('TLSv1.')));
});

test('a wrong password is auth-refused on every protocol, and is printed nowhere', {
  skip,
}, async () => {
  const wrong = 'Sw0rdfish-that-is-wrong';
  writeFileSync(join(folder, 'wrong'), `${wrong}\n`);
  const file = config('wrong', (text) =>
    text.replace(/password: .*/, `password: { file: ${join(folder, 'wrong')} }`),
  );
  for (const format of ['text', 'json']) {
    const { code, output } = await command(['check', '--config', file, '--format', format]);
    assert.equal(code, 1);
    assert.equal(output.match(/auth-refused/g)?.length, format === 'text' ? 4 : 8, output);
    for (const form of [wrong, encodeURIComponent(wrong), Buffer.from(wrong).toString('base64')])
      assert.ok(!output.includes(form), `the password is in the output as ${form}`);
  }
});

test('an untrusted certificate fails in phase tls, with 1', { skip }, async () => {
  const file = config('untrusted', (text) => text.replaceAll(/, ca: [^ }]*/g, ''));
  const { code, rows } = await checked(file);
  assert.equal(code, 1);
  for (const { result } of rows) {
    assert.equal(result.failure?.phase, 'tls');
    assert.equal(result.failure?.reason, 'certificate-invalid');
  }
});

test('a wrong configuration ends with 2 and names file and line', { skip }, async () => {
  const file = config('typo', (text) => text.replace('webmail:', 'webmial:'));
  const { code, output } = await command(['check', '--config', file]);
  assert.equal(code, 2);
  assert.match(output, /typo\.yaml:\d+:\d+ tenants\[0\]\.webmial: .*webmail/);
});
