import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { CommandLine, eventually, freePort, page, rows } from './daemon.ts';

interface Result {
  readonly started_at: number;
  readonly depth: string;
  readonly protocol: string;
}

/** Passes connections on, and knows those that are open. */
async function passage(to: { readonly host: string; readonly port: number }) {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    const onward = connect(to.port, to.host);
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    for (const one of [socket, onward])
      one.on('error', () => {
        socket.destroy();
        onward.destroy();
      });
    socket.pipe(onward).pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    /** Connections that are open now and were open before. */
    still: (earlier: ReadonlySet<Socket>) => [...earlier].filter((socket) => open.has(socket)),
    open: (): ReadonlySet<Socket> => new Set(open),
    close: () => server.close(),
  };
}

describe('a running daemon whose configuration changes', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-reload-'));
  const config = join(folder, 'mailminute.yaml');
  const database = join(folder, 'mailminute.db');
  const names = ['acme', 'bravo', 'charlie'] as const;
  const tenants = new Map<string, EmbeddedTenant>();
  let imap: Awaited<ReturnType<typeof passage>>;
  let port: number;
  let daemon: CommandLine;
  let kept: readonly Socket[] = [];

  before(async () => {
    for (const name of names) tenants.set(name, await startEmbeddedTenant());
    for (const [name, { password }] of tenants) writeFileSync(join(folder, name), password);
    imap = await passage(tenants.get('acme')?.imap ?? { host: '', port: 0 });
    port = await freePort('127.0.0.1');
    write('acme', 'bravo');
    daemon = new CommandLine(['run', '--config', config, '--web.enable-lifecycle']);
    await eventually('the daemon', () => page(`http://127.0.0.1:${port}/-/healthy`));
  });
  after(async () => {
    await daemon?.stop();
    imap?.close();
    for (const tenant of tenants.values()) await tenant.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function configOf(...listed: readonly string[]): string {
    const entries = listed.map((name) => {
      const tenant = tenants.get(name);
      const at = name === 'acme' ? imap.port : tenant?.imap.port;
      return `  - name: ${name}
    zone: UTC
    connect_interval: 5s
    roundtrip_interval: 10s
    mailbox: { address: ${tenant?.address}, username: ${tenant?.username}, password: { file: ./${name} } }
    smtp: { host: 127.0.0.1, port: ${tenant?.smtp.port}, tls: none }
    imap: { host: 127.0.0.1, port: ${at}, tls: none }
`;
    });
    return `listen: 127.0.0.1:${port}\ndatabase: ./mailminute.db\ntenants:\n${entries.join('')}`;
  }

  const write = (...listed: readonly string[]) => writeFileSync(config, configOf(...listed));
  const metrics = async () => (await page(`http://127.0.0.1:${port}/metrics`)) ?? '';
  const post = (method = 'POST') => fetch(`http://127.0.0.1:${port}/-/reload`, { method });
  const sample = async (name: string) =>
    Number(new RegExp(`^${name} (.*)$`, 'm').exec(await metrics())?.[1]);
  const resultsOf = (tenant: string) =>
    rows<Result>(
      database,
      'SELECT started_at, depth, protocol FROM result WHERE tenant = ? ORDER BY started_at',
      tenant,
    );
  const moreResults = (tenant: string, count: number) => {
    const had = resultsOf(tenant).length;
    return eventually(`results of ${tenant}`, () =>
      resultsOf(tenant).length >= had + count ? true : null,
    );
  };

  test('a wrong file is refused by SIGHUP: file and line in the log, 0 in the metric, and all goes on', async () => {
    await moreResults('acme', 8);
    await moreResults('bravo', 1);
    assert.equal(await sample('mailminute_config_last_reload_successful'), 1);
    const before = await sample('mailminute_config_last_reload_success_timestamp_seconds');
    writeFileSync(config, `${configOf('acme', 'charlie')}databse: ./other.db\n`);
    daemon.process.kill('SIGHUP');
    await eventually('the refusal', () =>
      daemon.output.includes('the configuration was refused') ? true : null,
    );
    const fault = daemon.output.split('\n').find((line) => line.includes('"databse"')) ?? '{}';
    const { file, line, path } = JSON.parse(fault);
    assert.deepEqual([file, line, path], [config, 18, 'databse']);
    assert.equal(await sample('mailminute_config_last_reload_successful'), 0);
    assert.equal(await sample('mailminute_config_last_reload_success_timestamp_seconds'), before);
    assert.match((await page(`http://127.0.0.1:${port}/`)) ?? '', /configuration was refused/);
    await moreResults('bravo', 2);
    assert.equal(resultsOf('charlie').length, 0);
  });

  test('a wrong file is refused by POST with its faults; what only a restart changes, with the line', async () => {
    const refused = await post();
    assert.equal(refused.status, 500);
    assert.equal(
      await refused.text(),
      `failed to reload config:\n${config}:18:1 databse: unknown key, did you mean "database"?\n`,
    );
    writeFileSync(config, configOf('acme').replace('./mailminute.db', './other.db'));
    assert.equal(
      await (await post('PUT')).text(),
      `failed to reload config:\n${config}:2:11 database: it cannot change while the daemon runs: restart it to have the new one\n`,
    );
    assert.equal((await post('GET')).status, 405);
  });

  test('a right file adds and removes tenants: the series of who went vanish, who came is probed', async () => {
    await eventually('an idle connection that stays', async () => {
      const earlier = imap.open();
      await moreResults('acme', 6);
      kept = imap.still(earlier);
      return kept.length > 0 ? true : null;
    });
    write('charlie', 'acme');
    const answers = await Promise.all(Array.from({ length: 10 }, () => post()));
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const exposed = await metrics();
    assert.doesNotMatch(exposed, /tenant="bravo"/);
    assert.match(exposed, /mailminute_probe_runs_total\{tenant="charlie"/);
    assert.equal(await sample('mailminute_config_last_reload_successful'), 1);
    await moreResults('charlie', 4);
    const gone = resultsOf('bravo').length;
    await moreResults('acme', 6);
    assert.equal(resultsOf('bravo').length, gone);
    assert.doesNotMatch(await metrics(), /tenant="bravo"/);
  });

  test('the tenant that stayed has no gap, no login more, and the same idle connection', () => {
    assert.ok(imap.still(new Set(kept)).length > 0);
    const results = resultsOf('acme');
    const gaps = (of: readonly Result[]) =>
      of.slice(1).map((one, index) => one.started_at - (of[index]?.started_at ?? 0));
    const imapOnly = results.filter(({ protocol }) => protocol === 'imap');
    // Ticks come every 5 s and round trips every 10 s; a busy machine may be late by as much again.
    assert.ok(
      Math.max(...gaps(imapOnly)) < 12_000,
      `longest gap ${Math.max(...gaps(imapOnly))} ms`,
    );
    // Looks for messages that are awaited log in besides; a tenant that was begun anew would send another one.
    const sent = results.filter(({ protocol }) => protocol === 'smtp');
    const rounds = gaps(sent.filter(({ depth }) => depth === 'roundtrip'));
    assert.ok(Math.min(...rounds) > 7_000, `shortest ${Math.min(...rounds)} ms`);
  });

  test('no secret was told, and the daemon ends as ever', async () => {
    const { code, output } = await daemon.stop();
    assert.equal(code, 0);
    for (const { password } of tenants.values()) assert.ok(!output.includes(password));
  });
});
