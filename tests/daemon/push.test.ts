import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, command, eventually, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();

/** Who is written to, in this order, and what becomes of it; the last one's refusal asks for patience. */
const fates = {
  probe: 'delivered',
  ghost: 'hard', // taken, and reported as 5.1.1
  full: 'full', // taken, and reported as 5.2.2
  gone: 'hard', // refused at once with 5.1.1
  policy: 'policy',
  later: 'temporary', // refused with 4.3.0
  held: 'pending', // taken, and kept in the queue
  busy: 'throttled',
} as const;
const names = Object.keys(fates);
const budget = names.length;

/** A real Postfix as push service: it sends from an alias of the probe mailbox to the tenant's own. */
describe('a push service on a real tenant', { skip, timeout: 180_000, concurrency: false }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let database: string;
  let url: string;
  const addressOf = (name: string) => `${name}@${tenant.domain}`;

  before(async () => {
    tenant = await startTenant({
      users: [],
      access: [
        { user: 'policy', action: '550 5.7.1 Message refused by policy' },
        { user: 'later', action: '451 4.3.0 Cannot take it now' },
        { user: 'held', action: 'HOLD' },
        { user: 'busy', action: '450 4.7.1 Daily sending quota exceeded' },
      ],
    });
    database = tenant.configPath.replace(/yaml$/, 'db');
    await tenant.addUser('full', tenant.probe.password, 'storage=1K');
    for (const name of ['ghost', 'policy', 'later', 'held', 'busy']) await tenant.addGhost(name);
    writeFileSync(tenant.configPath, configOf(names.map(addressOf)));
    await start();
  });
  after(async () => {
    await daemon?.stop();
    await tenant?.close();
  });

  async function start(): Promise<void> {
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    url = `http://${tenant.host}:${ports[1]}`;
  }

  function configOf(to: readonly string[]): string {
    const given = readFileSync(tenant.configPath, 'utf8');
    const secret = join(tenant.directory, 'secrets', 'probe');
    const login = `password: { file: ${secret} }`;
    const own = names.map((name) => `      - { address: ${addressOf(name)}, ${login} }\n`);
    const { host, smtps, imaps } = { host: tenant.host, ...tenant.endpoints };
    const ca = join(tenant.ca.path);
    return `${given.slice(0, given.indexOf('tenants:'))}tenants:
  - name: tenant
    contract: tencent-ses
    mailboxes:
${own.join('')}    imap: { host: "${host}", port: ${imaps.port}, ca: ${ca} }
    push:
      host: "${host}"
      port: ${smtps.port}
      ca: ${ca}
      username: ${tenant.probe.address}
      ${login}
      from: probe+push@${tenant.domain}
      every: 5s
      budget: ${budget}
      to: [${to.join(', ')}]
`;
  }

  const begun = () =>
    rows<{ mailbox: string; at: number }>(
      database,
      "SELECT mailbox, at FROM push_event WHERE kind = 'begun' ORDER BY id",
    );
  const scrape = async () => (await page(`${url}/metrics`)) ?? '';
  const value = (text: string, series: string) =>
    Number(new RegExp(`^mailminute_${series}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1] ?? NaN);
  const outcome = (text: string, name: string) =>
    value(text, `period_push_messages\\{tenant="tenant",outcome="${name}"\\}`);

  test('a recipient that is not of the tenant is refused by check and run, with the line', async () => {
    const good = readFileSync(tenant.configPath, 'utf8');
    writeFileSync(
      tenant.configPath.replace('.yaml', '-bad.yaml'),
      good.replace(/to: \[.*\]/, 'to: stranger@elsewhere.example'),
    );
    const line = good.split('\n').findIndex((text) => text.includes('to: [')) + 1;
    for (const one of ['check', 'run']) {
      const { code, output } = await command([
        one,
        '--config',
        tenant.configPath.replace('.yaml', '-bad.yaml'),
      ]);
      assert.notEqual(code, 0);
      assert.match(
        output,
        new RegExp(
          `-bad\\.yaml:${line}:\\d+ tenants\\[0\\]\\.push\\.to: .*own probe mailboxes only`,
        ),
      );
    }
  });

  test('each message ends in its own line of the books', async () => {
    const text = await eventually(
      'all outcomes',
      async () => {
        const now = await scrape();
        const done = outcome(now, 'hard') === 2 && outcome(now, 'throttled') === 1;
        return done && outcome(now, 'full') === 1 && outcome(now, 'delivered') === 1 ? now : null;
      },
      120_000,
    );
    assert.deepEqual(
      begun().map(({ mailbox }) => mailbox),
      names.map(addressOf),
    );
    for (const name of new Set(Object.values(fates)))
      assert.equal(
        outcome(text, name),
        Object.values(fates).filter((one) => one === name).length,
        name,
      );
    for (const name of ['other', 'lost', 'unanswered', 'interrupted'])
      assert.equal(outcome(text, name), 0, name);
  });

  test('the budget is used up: this is said, and no more is sent', async () => {
    const line = await eventually('the log’s word', () =>
      /.*send budget of this day is used up.*/.exec(daemon.output),
    );
    assert.match(line[0], /"tenant":"tenant"/);
    assert.equal(value(await scrape(), 'push_budget_left_messages'), 0);
    assert.match((await page(url)) ?? '', /send budget of 8 messages is used up/);
    assert.equal(begun().length, budget);
  });

  test('a restart does not bring a new budget', async () => {
    await daemon.stop('SIGKILL');
    await start();
    await eventually('the metrics', async () => {
      const left = value(await scrape(), 'push_budget_left_messages');
      return left === 0 ? left : null;
    });
    await pause(16_000);
    assert.equal(begun().length, budget);
  });

  test('nothing of it is an outage: the submission only logs in, and works', async () => {
    const failed = rows(
      database,
      "SELECT depth, reason FROM result WHERE protocol = 'smtp' AND reason IS NOT NULL",
    );
    assert.deepEqual(failed, []);
    const [sent] = rows<{ n: number }>(
      database,
      "SELECT count(*) AS n FROM message WHERE route <> 'push'",
    );
    assert.equal(sent?.n, 0);
    const [logins] = rows<{ n: number }>(
      database,
      "SELECT count(*) AS n FROM result WHERE protocol = 'smtp' AND vouches = 'login'",
    );
    assert.ok((logins?.n ?? 0) > 0);
  });

  test('the report shows the books and reconciles them with the invoice', async () => {
    const month = new Intl.DateTimeFormat('sv', {
      timeZone: 'Asia/Shanghai',
      year: 'numeric',
      month: '2-digit',
    }).format(Date.now());
    const with_ = ['--config', tenant.configPath, '--tenant', 'tenant'];
    const invoice = [
      '--month',
      month,
      '--number',
      'F-1',
      '--valid-requests',
      '5',
      '--amount',
      '0.50',
      '--currency',
      'CNY',
    ];
    const added = await command([
      'record',
      'add',
      'invoice',
      ...with_,
      '--author',
      'the test',
      ...invoice,
    ]);
    assert.equal(added.code, 0, added.output);
    const report = async (...more: string[]) =>
      (await command(['report', ...with_, '--month', month, ...more])).output;
    const { push, clauses } = JSON.parse(
      (await report('--format', 'json')).replace(/^warning: .*\n/gm, ''),
    ) as {
      push: Record<string, unknown>;
      clauses: { id: string; value: string[]; without: string[] }[];
    };
    const { sent, delivered, hard, soft, pending, residue, valid, billed, difference } = push;
    assert.deepEqual(
      { sent, delivered, hard, soft, pending, residue, valid, billed, difference },
      {
        sent: 8,
        delivered: 1,
        hard: 2,
        soft: 4,
        pending: 1,
        residue: 0,
        valid: 3,
        billed: 5,
        difference: 2,
      },
    );
    assert.deepEqual(push.differenceAmount, { currency: 'CNY', minorUnits: 20 });
    assert.deepEqual([push.budgetADay, push.daysUsedUp], [budget, 1]);
    assert.deepEqual(new Set(push.recipients as string[]), new Set(names.map(addressOf)));
    for (const { id, value, without } of clauses)
      assert.ok(value.length > 0 || without.length > 0, id);
    const text = await report();
    assert.match(text, /MAIL PUSH/);
    assert.match(text, /the difference at the billed price +CNY 0\.20/);
    assert.match(await report('--lang', 'zh'), /邮件推送[\s\S]*硬退（地址无效）/);
    assert.match(await report('--format', 'csv', '--table', 'push'), /,sent,8\r\n/);
  });

  test('SIGTERM ends it', async () => {
    const { code } = await daemon.stop();
    assert.equal(code, 0);
  });
});
