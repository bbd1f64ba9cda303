import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, eventually, freePort, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();

/** A real Postfix that takes our own sender's message at its MX, and cannot deliver it. */
describe('a bounce of what our own sender sent', { skip, timeout: 120_000 }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let database: string;
  let url: string;

  before(async () => {
    const port = await freePort('127.0.0.1');
    tenant = await startTenant({
      users: [],
      routes: [{ domain: 'sink.example', host: '127.0.0.1', port }],
      access: [{ user: 'probe', action: 'REDIRECT dead@tenant.example' }],
    });
    database = tenant.configPath.replace(/yaml$/, 'db');
    // An alias that leads to nobody, and a mailbox with no room.
    await tenant.addGhost('dead');
    const full = await tenant.addUser('full', tenant.probe.password, 'storage=1K');
    const given = readFileSync(tenant.configPath, 'utf8');
    const { host } = tenant;
    const { imaps, mx } = tenant.endpoints;
    const secret = join(tenant.directory, 'secrets', 'probe');
    const entry = (name: string, address: string): string => `  - name: ${name}
    contract: tencent-exmail-2020
    zone: Asia/Shanghai
    mailbox: { address: ${address}, password: { file: ${secret} } }
    imap: { host: "${host}", port: ${imaps.port}, ca: ${tenant.ca.path} }
    routes:
      inbound: { from: probe@sink.example, mx: { host: "${host}", port: ${mx.port} }, interval: 1m }
`;
    writeFileSync(
      tenant.configPath,
      `${given.slice(0, given.indexOf('tenants:'))}sink: { listen: "127.0.0.1:${port}", address: probe@sink.example }
tenants:
${entry('dead', tenant.probe.address)}${entry('full', full.address)}`,
    );
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    url = `http://${host}:${ports[1]}`;
  });
  after(async () => {
    await daemon?.stop();
    await tenant?.close();
  });

  const bounces = (text: string, name: string, of: string): number =>
    Number(
      new RegExp(
        `^mailminute_period_bounces\\{tenant="${name}",class="${of}"\\} (\\d+)$`,
        'm',
      ).exec(text)?.[1],
    );

  test('comes to the sink, and the message ends as bounced with its class', async () => {
    const text = await eventually(
      'both bounces',
      async () => {
        const now = (await page(`${url}/metrics`)) ?? '';
        return bounces(now, 'dead', 'hard') > 0 && bounces(now, 'full', 'full') > 0 ? now : null;
      },
      45_000,
    );
    for (const name of ['dead', 'full'])
      assert.match(
        text,
        new RegExp(`period_messages\\{tenant="${name}",route="inbound",fate="bounced"\\} [1-9]`),
      );
    assert.deepEqual([bounces(text, 'dead', 'full'), bounces(text, 'full', 'hard')], [0, 0]);
    assert.match(text, /sink_refusals_total\{reason="recipient"\} 0/);
  });

  test('nobody has seen it, and no protocol is blamed for it', () => {
    assert.deepEqual(
      rows(database, "SELECT token FROM sighting JOIN message USING (token) WHERE route='inbound'"),
      [],
    );
    assert.deepEqual(
      rows(database, 'SELECT protocol, reason FROM result WHERE reason IS NOT NULL'),
      [],
    );
  });
});
