import assert from 'node:assert/strict';
import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, command, eventually, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();
const names = ['probe', 'two', 'three'];

interface Row {
  readonly mailbox: string;
  readonly protocol: string;
}

describe('a tenant with three mailboxes, one of which fails', { skip, timeout: 240_000 }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let url: string;
  let database: string;
  const address = (name: string) => `${name}@${tenant.domain}`;

  before(async () => {
    tenant = await startTenant({ users: ['two', 'three'] });
    database = tenant.configPath.replace(/yaml$/, 'db');
    const mailboxes = tenant.users.map((user, index) => {
      const secret = join(tenant.directory, 'secrets', `user-${index}`);
      writeFileSync(secret, user.password, { mode: 0o600 });
      return `      - { address: ${user.address}, password: { file: ${secret} } }\n`;
    });
    const text = readFileSync(tenant.configPath, 'utf8')
      .replace(/ {4}mailbox:\n.*\n.*\n/, () => `    mailboxes:\n${mailboxes.join('')}`)
      .replace('tencent-exmail-2020', 'tencent-exmail-quality')
      .replace('    smtp:', '    roundtrip_interval: 10s\n    connect_interval: 5s\n    smtp:');
    writeFileSync(tenant.configPath, text);
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    url = `http://${tenant.host}:${ports[1]}`;
  });
  after(async () => {
    await daemon.stop();
    await tenant.close();
  });

  const found = (where: string) =>
    rows<Row>(database, `SELECT DISTINCT mailbox, protocol FROM result WHERE ${where}`);
  const gauge = async (name: string, protocol: string) =>
    new RegExp(`^${name}\\{tenant="tenant",protocol="${protocol}"\\} (\\d+)$`, 'm').exec(
      (await page(`${url}/metrics`)) ?? '',
    )?.[1];

  test('each sends to itself and reads its own message, over every protocol', async () => {
    await eventually('round trips of all', () =>
      found(`vouches = 'roundtrip'`).length === names.length * 4 ? true : null,
    );
    const strangers = rows(
      database,
      `SELECT 1 FROM sighting JOIN message USING (token) WHERE message.mailbox IS NULL`,
    );
    assert.deepEqual(strangers, []);
    assert.equal(await gauge('mailminute_mailboxes', 'imap'), '3');
    assert.equal(await gauge('mailminute_mailboxes_failing', 'imap'), '0');
  });

  test('one that cannot be read fails by itself, and check and page say which', async () => {
    const home = join(tenant.directory, 'mail', 'two');
    const { uid, gid } = statSync(home);
    chownSync(home, 0, 0);
    const brokenAt = Date.now();
    await eventually('its failure', async () =>
      (await gauge('mailminute_mailboxes_failing', 'imap')) === '1' ? true : null,
    );
    const { code, output } = await command(['check', '--config', tenant.configPath]);
    assert.equal(code, 1);
    const tables = output.split(/^tenant \(/m).slice(1);
    assert.deepEqual(
      tables.map((table) => [table.split(')')[0], /^ +imap +ok /m.test(table)]),
      names.map((name) => [address(name), name !== 'two']),
    );
    const shown = await eventually('the page', async () =>
      /imap of (\S+) fails since/.exec((await page(`${url}/`)) ?? ''),
    );
    assert.equal(shown[1], address('two'));
    chownSync(home, uid, gid);
    await eventually('its recovery', async () =>
      (await gauge('mailminute_mailboxes_failing', 'imap')) === '0' ? true : null,
    );
    const failed = found(`reason IS NOT NULL AND ended_at > ${brokenAt}`);
    assert.deepEqual([...new Set(failed.map(({ mailbox }) => mailbox))], [address('two')]);
  });

  test('the report counts the mailboxes for the clause on the share of users', async () => {
    const month = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 7);
    const { code, output } = await command(
      `report --config ${tenant.configPath} --month ${month} --format json`.split(' '),
    );
    assert.equal(code, 0, output);
    const document = JSON.parse(output.slice(output.search(/^\{/m))) as {
      runs: { mailbox?: string }[];
      clauses: { id: string }[];
    };
    assert.ok(document.runs.length > 0);
    assert.ok(document.runs.every(({ mailbox }) => mailbox === address('two')));
    const clause = JSON.stringify(document.clauses.find(({ id }) => id === 'T3.1'));
    assert.match(clause, /"mailboxes"[^{}]*\{[^{}]*\{?[^{}]*"numerator":3,/);
  });
});
