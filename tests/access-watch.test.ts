import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
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

test('promtool finds nothing wrong in the example', { skip: withoutPromtool() }, (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-promtool-'));
  t.after(() => rmSync(folder, { recursive: true }));
  copyFileSync(example, join(folder, 'web.yml'));
  writeFileSync(join(folder, 'server.crt'), trusted.cert);
  writeFileSync(join(folder, 'server.key'), trusted.key);
  const { status, stderr } = spawnSync(
    'promtool',
    ['check', 'web-config', join(folder, 'web.yml')],
    {
      encoding: 'utf8',
    },
  );
  assert.equal(status, 0, stderr);
});

function withoutPromtool(): string | false {
  if (spawnSync('promtool', ['--version']).error === undefined) return false;
  assert.notEqual(process.env.CI, 'true');
  return 'promtool is not there';
}
