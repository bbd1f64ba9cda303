import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { CommandLine, eventually, rows, withoutTenant } from '../daemon/daemon.ts';
import { startPrometheus } from '../grafana/prometheus.ts';
import { startTenant } from '../tenant/tenant.ts';
import { without } from './promtool.ts';
import { startAlertmanager, startWebhook, type Told } from './servers.ts';

const skip = withoutTenant() || without('prometheus', 'prometheus-alertmanager');
const rules = join(import.meta.dirname, '../../config/prometheus/mailminute.rules.yml');

/**
 * The daemon on the real tenant, a real Prometheus with the shipped rules, and two Alertmanagers: one is
 * told by Prometheus, the other by the daemon. The intervals are those of the compose file.
 */
test('an outage reaches the webhook by the rule and directly, the direct way within 2 s of its proof, and its end too', {
  skip,
  timeout: 400_000,
}, async (t) => {
  const tenant = await startTenant();
  t.after(() => tenant.close());
  const byRule = await startWebhook();
  const direct = await startWebhook();
  t.after(() => {
    byRule.close();
    direct.close();
  });
  const ruled = await startAlertmanager(byRule.url);
  const told = await startAlertmanager(direct.url);
  t.after(() => Promise.all([ruled.close(), told.close()]));
  const config = `${readFileSync(tenant.configPath, 'utf8')}alertmanager: { urls: ["http://127.0.0.1:${told.port}"] }\n`;
  writeFileSync(tenant.configPath, config);
  const daemon = new CommandLine(['run', '--config', tenant.configPath]);
  t.after(() => daemon.stop());
  const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
  const prometheus = await startPrometheus(`${tenant.host}:${ports[1]}`, {
    global: { scrape_interval: '15s', evaluation_interval: '15s' },
    rule_files: [rules],
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${ruled.port}`] }] }],
    },
  });
  t.after(() => prometheus.close());
  const database = tenant.configPath.replace(/yaml$/, 'db');
  const results = (where: string) =>
    rows<{ ended_at: number; proven_from: number; proven_to: number }>(
      database,
      `SELECT ended_at, proven_from, proven_to FROM result WHERE protocol = 'imap' AND ${where} ORDER BY ended_at`,
    );
  await eventually('a healthy login', () => {
    const well = results(`vouches = 'roundtrip'`);
    return well.length > 0 ? well : null;
  });

  await tenant.service('dovecot-imap').stop();
  const of = (alerts: readonly Told[], status: Told['status']) =>
    alerts.find(
      ({ status: own, labels }) => own === status && labels.alertname === 'MailminuteUnavailable',
    ) ?? null;
  const fired = {
    direct: await eventually('the direct alert', () => of(direct.told, 'firing'), 120_000),
    rule: await eventually('the rule’s alert', () => of(byRule.told, 'firing'), 120_000),
  };
  await tenant.service('dovecot-imap').start();
  await eventually('the end, directly', () => of(direct.told, 'resolved'), 60_000);
  await eventually('the end, by the rule', () => of(byRule.told, 'resolved'), 60_000);

  const failures = results('reason IS NOT NULL');
  const from = failures[0]?.proven_from ?? 0;
  const proven = failures.find(({ proven_to }) => proven_to - from >= 60_000);
  assert.ok(proven !== undefined);
  const after = (one: Told) => one.at - Math.max(proven.ended_at, from + 60_000);
  t.diagnostic(
    `from 60 s of proven failure to the webhook: directly ${after(fired.direct)} ms, by the rule ${after(fired.rule)} ms`,
  );
  assert.deepEqual(fired.direct.labels, fired.rule.labels);
  assert.ok(after(fired.direct) >= 0, 'told before it was proven');
  assert.ok(after(fired.direct) < 2_000, `${after(fired.direct)} ms`);
});
