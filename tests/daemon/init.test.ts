import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { startTenant } from '../tenant/tenant.ts';
import { command, withoutTenant } from './daemon.ts';

test('init, and then check, work on the real tenant without editing', {
  skip: withoutTenant(),
}, async (t) => {
  const tenant = await startTenant();
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-init-'));
  t.after(async () => {
    await tenant.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const { smtps, imap, pop3s } = tenant.endpoints;
  const config = join(folder, 'mailminute.yaml');
  const written = await command([
    ...['init', '--output', config, '--address', tenant.probe.address],
    ...[
      '--smtp',
      `smtps://${smtps.host}:${smtps.port}`,
      '--imap',
      `imap://${imap.host}:${imap.port}`,
    ],
    ...['--pop', `pop3s://${pop3s.host}:${pop3s.port}`, '--webmail', tenant.webmail.url],
    ...['--ca', tenant.ca.path, '--contract', 'tencent-exmail-2020'],
    ...['--password-file', join(dirname(tenant.configPath), 'secrets/probe')],
  ]);
  assert.equal(written.code, 0, written.output);
  const { code, output } = await command(['check', '--config', config]);
  assert.equal(code, 0, output);
  for (const protocol of ['smtp', 'imap', 'pop', 'webmail'])
    assert.match(output, new RegExp(`^ +${protocol} +ok `, 'm'));
});
