import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, command, eventually, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();
const wrong = 'Sw0rd&fish=is+wrong/ünd';
/** Longer than two rounds at the pace of this test: a daemon that tried again would have. */
const watched = 21_000;

/** The password as it may travel: a log, a page or a transcript that has any of these has leaked it. */
function formsOf(password: string, address: string): [string, string][] {
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const plain = base64(`\0${address}\0${password}`);
  const escaped = [...Buffer.from(password)]
    .map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('');
  const quoted = password.replaceAll('=', '=3D').replaceAll('ü', '=C3=BC');
  return [
    ['as it is', password],
    ['base64', base64(password)],
    ['base64 of AUTH PLAIN', plain],
    ['base64 of AUTH PLAIN, its tail', plain.slice(-20)],
    ['URL-encoded', encodeURIComponent(password)],
    ['form-encoded', new URLSearchParams([['', password]]).toString().slice(1)],
    ['quoted-printable', quoted],
    ['quoted-printable, every byte', escaped],
    ['JSON', JSON.stringify(password).slice(1, -1)],
    ['as an IMAP quoted string', password.replaceAll(/["\\]/g, '\\$&')],
    ['hexadecimal', Buffer.from(password).toString('hex')],
    ['HTML', password.replaceAll('&', '&amp;')],
  ];
}

describe('a daemon with a wrong password', { skip, timeout: 180_000 }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let config: string;
  let database: string;
  let pages: string[];

  before(async () => {
    tenant = await startTenant();
    const folder = dirname(tenant.configPath);
    config = join(folder, 'wrong.yaml');
    database = join(folder, 'wrong.db');
    writeFileSync(join(folder, 'wrong'), `${wrong}\n`);
    writeFileSync(
      config,
      readFileSync(tenant.configPath, 'utf8')
        .replace(/password: .*/, `password: { file: ${join(folder, 'wrong')} }`)
        .replace(/database: .*/, `database: ${database}`)
        .replace(/^( +)smtp:/m, '$1connect_interval: 5s\n$1roundtrip_interval: 10s\n$1smtp:'),
    );
    daemon = new CommandLine(['run', '--config', config, '--log-level', 'trace']);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    const url = `http://${tenant.host}:${ports[1]}`;
    await eventually('a refused password of every protocol', () =>
      refusals().length >= 4 ? true : null,
    );
    await pause(watched);
    pages = await Promise.all(
      ['/', '/metrics'].map(async (path) => (await page(url + path)) ?? ''),
    );
  });
  after(async () => {
    await daemon?.stop();
    await tenant?.close();
  });

  const refusals = () =>
    existsSync(database)
      ? rows<{ protocol: string }>(
          database,
          "SELECT protocol FROM result WHERE reason = 'auth-refused'",
        )
      : [];

  test('tries it once a protocol, and not again for five minutes', () => {
    const protocols = refusals().map(({ protocol }) => protocol);
    assert.deepEqual(protocols.toSorted(), ['imap', 'pop', 'smtp', 'webmail']);
    const connects = rows<{ n: number }>(
      database,
      "SELECT count(*) AS n FROM result WHERE depth = 'connect' AND reason IS NULL",
    );
    // Meanwhile it goes on to watch what needs no password.
    assert.ok((connects[0]?.n ?? 0) >= 8, JSON.stringify(connects));
  });

  test('never counts it against the provider', async () => {
    const { code, output } = await command(['report', '--config', config, '--format', 'json']);
    assert.equal(code, 0, output);
    const report = JSON.parse(output.slice(output.indexOf('{\n')));
    assert.equal(report.figures.provenMinutes, 0);
    assert.ok(report.runs.length >= 1);
    for (const run of report.runs) assert.equal(run.attribution, 'customer', run.protocol);
  });

  test('writes it nowhere: log, page, metrics, evidence, report, database', async () => {
    const [, address = ''] = /address: (\S+)/.exec(readFileSync(config, 'utf8')) ?? [];
    assert.match(address, /@/);
    const stored = ['', '-wal', '-shm', '.pid']
      .map((end) => `${database}${end}`)
      .filter(existsSync);
    assert.ok(stored.length >= 2);
    const evidence = await command(['evidence', '1-100000', '--config', config]);
    const report = await command(['report', '--config', config]);
    const places: [string, Buffer][] = [
      ['log', Buffer.from(daemon.output)],
      ...pages.map((text, index): [string, Buffer] => [`page ${index}`, Buffer.from(text)]),
      ['evidence', Buffer.from(evidence.output)],
      ['report', Buffer.from(report.output)],
      ...stored.map((file): [string, Buffer] => [file, readFileSync(file)]),
    ];
    assert.match(evidence.output, /failed +auth-refused/);
    for (const [place, content] of places) {
      assert.ok(content.length > 0 || place.endsWith('.pid'), place);
      for (const [form, text] of formsOf(wrong, address))
        assert.ok(!content.includes(text), `the password is in ${place}, ${form}`);
    }
  });
});
