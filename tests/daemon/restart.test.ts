import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { CommandLine, command, eventually, freePort, page, rows } from './daemon.ts';

/** The demo's tenant serves here: what is tested is the daemon's own life, not the servers'. */
describe('a daemon that is killed, doubled or refused its port', { timeout: 420_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-restart-'));
  const config = join(folder, 'mailminute.yaml');
  const database = join(folder, 'mailminute.db');
  let tenant: EmbeddedTenant;
  let port: number;
  let daemon: CommandLine;

  before(async () => {
    tenant = await startEmbeddedTenant();
    port = await freePort('127.0.0.1');
    writeFileSync(join(folder, 'password'), tenant.password);
    writeFileSync(config, configOf(`127.0.0.1:${port}`, './mailminute.db'));
  });
  after(async () => {
    await daemon?.stop();
    await tenant.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function configOf(listen: string, path: string): string {
    const at = ({ host, port: number }: { host: string; port: number }) =>
      `{ host: ${host}, port: ${number}, tls: none }`;
    return `
listen: ${listen}
database: ${path}
tenants:
  - name: acme
    zone: UTC
    connect_interval: 5s
    roundtrip_interval: 10s
    mailbox: { address: ${tenant.address}, username: ${tenant.username}, password: { file: ./password } }
    smtp: ${at(tenant.smtp)}
    imap: ${at(tenant.imap)}
    pop: ${at(tenant.pop)}
    webmail: { url: "${tenant.webmail.url}", flow: ${tenant.webmail.flow}, consent: the tests' own webmail, send_interval: 30s }
`;
  }

  async function start(): Promise<CommandLine> {
    const started = new CommandLine(['run', '--config', config]);
    await eventually('the daemon', () => page(`http://127.0.0.1:${port}/-/healthy`));
    return started;
  }

  const results = () =>
    rows<{ n: number }>(database, 'SELECT count(*) AS n FROM result')[0]?.n ?? 0;
  const firstRound = () =>
    eventually('a first round', () => {
      const sql =
        "SELECT 1 AS found FROM result WHERE depth = 'roundtrip' GROUP BY depth HAVING count(*) >= 4";
      return rows(database, sql).length > 0 ? true : null;
    });

  test('serves health, readiness, metrics and a landing page', async () => {
    daemon = await start();
    const base = `http://127.0.0.1:${port}`;
    await firstRound();
    assert.ok(await page(`${base}/-/ready`));
    assert.match((await page(`${base}/metrics`)) ?? '', /^mailminute_build_info\{/m);
    assert.match((await page(base)) ?? '', /acme/);
  });

  test('a second daemon on the same database refuses to start, and says who has it', async () => {
    const second = join(folder, 'second.yaml');
    writeFileSync(second, configOf('127.0.0.1:0', './mailminute.db'));
    const { code, output } = await command(['run', '--config', second]);
    assert.equal(code, 1);
    assert.match(output, /mailminute\.db: another mailminute daemon \(process \d+\) is running/);
    assert.equal(daemon.process.exitCode, null);
  });

  test('a port that is taken is named, with the remedy', async () => {
    const taken = join(folder, 'taken.yaml');
    writeFileSync(taken, configOf(`127.0.0.1:${port}`, './other.db'));
    const { code, output } = await command(['run', '--config', taken]);
    assert.equal(code, 1);
    assert.match(output, new RegExp(`127\\.0\\.0\\.1:${port}: the port is taken`));
  });

  test('kill -9 loses nothing that was stored, and the daemon starts again', async () => {
    await firstRound();
    const before = results();
    const { signal } = await daemon.stop('SIGKILL');
    assert.equal(signal, 'SIGKILL');
    assert.ok(results() >= before);
    // A gap of a minute or more cannot rule an outage out.
    await pause(75_000);
    daemon = await start();
    assert.ok(results() >= before);
  });

  test('the gap is unknown, no minute is counted twice, and the counts add up', async () => {
    const gap = await eventually(
      'closed minutes after the gap',
      () => {
        const minutes = rows<{ minute: number; state: string }>(
          database,
          'SELECT minute, state FROM minute ORDER BY minute',
        );
        return minutes.some(({ state }) => state === 'available') ? minutes : null;
      },
      240_000,
    );
    assert.ok(gap.some(({ state }) => state === 'unknown'));
    for (const [index, { minute }] of gap.entries())
      assert.equal(minute, (gap[0]?.minute ?? 0) + index * 60_000);
    const [sum] = rows<{ n: number }>(database, 'SELECT sum(minutes) AS n FROM minute_count');
    assert.ok((sum?.n ?? 0) >= gap.length);
    const [double] = rows<{ n: number; m: number }>(
      database,
      'SELECT count(*) AS n, (SELECT sum(minutes) FROM minute_count) AS m FROM minute',
    );
    assert.equal(double?.n, double?.m);
  });
});
