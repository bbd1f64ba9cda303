import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import { watchAccess } from '../src/access-watch.ts';
import { loadAccess } from '../src/config/web/access.ts';
import type { WebAccess } from '../src/domain/access.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { misnamed, trusted } from './support/certificates.ts';

const example = join(import.meta.dirname, '../config/web-config.example.yml');

test('a renewed certificate is taken up when both halves are there, and a wrong one never', async (t) => {
  t.mock.timers.enable({ apis: ['setInterval'] });
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-access-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'web.yml');
  const put = (name: string, text: string): void => {
    writeFileSync(join(folder, `${name}.new`), text);
    renameSync(join(folder, `${name}.new`), join(folder, name));
    t.mock.timers.tick(5_000);
  };
  copyFileSync(example, file);
  put('server.crt', trusted.cert);
  put('server.key', trusted.key);
  const first = loadAccess(file).access;
  assert.ok(first);
  const secured: WebAccess[] = [];
  const metrics = new Metrics({ version: '0', nodeVersion: '0' });
  const watch = watchAccess(
    { enableLifecycle: false, configFile: file, access: first },
    {
      logger: pino({ level: 'silent' }),
      metrics,
      secure: (access) => void secured.push(access),
    },
  );
  t.after(() => watch.stop());
  const isGood = async () =>
    /^mailminute_web_config_last_reload_successful 1$/m.test((await metrics.render()).body);
  t.mock.timers.tick(60_000);
  assert.equal(secured.length, 0);
  put('server.crt', misnamed.cert);
  assert.deepEqual([secured.length, await isGood()], [0, false]);
  put('server.key', misnamed.key);
  assert.equal(secured[0]?.tls?.certificate.trim(), misnamed.cert.trim());
  assert.equal(await isGood(), true);
  put('web.yml', 'basic_auth_users: {}\n');
  assert.deepEqual([secured.length, await isGood()], [1, false]);
});

/** What promtool and what `mailminute validate` say of a web configuration: whether it is right. */
function checked(t: TestContext, text: string): { promtool: boolean; ours: boolean } {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-promtool-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'web.yml');
  writeFileSync(file, text);
  writeFileSync(join(folder, 'server.crt'), trusted.cert);
  writeFileSync(join(folder, 'server.key'), trusted.key);
  const { status } = spawnSync('promtool', ['check', 'web-config', file]);
  return { promtool: status === 0, ours: loadAccess(file).access !== null };
}

test('promtool and our own check find nothing wrong in the example', {
  skip: withoutPromtool(),
}, (t) => {
  assert.deepEqual(checked(t, readFileSync(example, 'utf8')), { promtool: true, ours: true });
});

/** Of the example: what is there, what is put in its place, and what that is. */
const broken: readonly (readonly [string, string, string])[] = [
  ['tls_server_config:', 'tls_server_conf:', 'an unknown key'],
  ['min_version: TLS12', 'min_version: TLS99', 'an unknown version of TLS'],
  ['key_file: server.key', 'key_file: absent.key', 'a key that is not there'],
  ['key_file: server.key', 'key_file: server.crt', 'a key that is none'],
  ['basic_auth_users:', 'basic_auth_users: [', 'no YAML'],
  ['Strict-Transport-Security', 'X-Unknown-Header', 'a header that the format does not know'],
  ['$2b$10$3zyMLt', 'plain-3zyMLt', 'a password that is not hashed'],
];

for (const [found, changed, what] of broken)
  test(`a broken copy is refused: ${what}`, { skip: withoutPromtool() }, (t) => {
    const text = readFileSync(example, 'utf8');
    assert.ok(text.includes(found));
    assert.deepEqual(checked(t, text.replace(found, changed)), {
      promtool: false,
      ours: false,
    });
  });

function withoutPromtool(): string | false {
  if (spawnSync('promtool', ['--version']).error === undefined) return false;
  assert.notEqual(process.env.CI, 'true');
  return 'promtool is not there';
}
