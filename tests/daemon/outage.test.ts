import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, command, eventually, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();

/** An outage as the test made it, wall ms. */
interface Injected {
  readonly from: number;
  readonly to: number;
}

interface Run {
  readonly protocol: string;
  readonly certain: string;
  readonly possible_from: number;
  readonly possible_to: number;
  readonly attribution: string;
}

/** Answers are given within this on an unloaded machine, ms: «one normal response time». */
const responseTime = 1_000;
const outage = 160_000;

/**
 * One daemon at real pace, for about ten minutes: a healthy stretch, IMAP refused for 160 s, IMAP
 * frozen for 160 s. Most of that time is waiting, so other tests run beside it.
 */
describe('a daemon on the real tenant', { skip, timeout: 900_000 }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let url: string;
  let database: string;
  let startedAt: number;
  let refused: Injected;
  let frozen: Injected;

  before(async () => {
    tenant = await startTenant();
    database = tenant.configPath.replace(/yaml$/, 'db');
    startedAt = Date.now();
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    url = `http://${tenant.host}:${ports[1]}`;
  });
  after(async () => {
    await daemon.stop();
    await tenant.close();
  });

  async function inject(begin: () => Promise<void>, end: () => Promise<void>): Promise<Injected> {
    const from = Date.now();
    await begin();
    await pause(outage - (Date.now() - from));
    const to = Date.now();
    await end();
    return { from, to };
  }

  /** The one run of the ledger that touches the outage, once it is closed. */
  async function runOf({ from, to }: Injected): Promise<Run> {
    const found = await eventually(
      'the run in the ledger',
      () => {
        const sql = `SELECT * FROM failure_run WHERE protocol = 'imap' AND possible_to >= ? AND possible_from <= ?`;
        const runs = rows<Run>(database, sql, from, to);
        return runs.length > 0 ? runs : null;
      },
      180_000,
    );
    assert.equal(found.length, 1, JSON.stringify(found));
    return found[0] as Run;
  }

  function minutesOf({ from, to }: Injected): Map<number, string> {
    const sql = 'SELECT minute, state FROM minute WHERE minute >= ? AND minute < ? ORDER BY minute';
    const first = from - (from % 60_000);
    const found = rows<{ minute: number; state: string }>(database, sql, first, to + 60_000);
    return new Map(found.map(({ minute, state }) => [minute, state]));
  }

  /** The promises for an outage of 160 s, whatever its kind. */
  async function assertJudged(injected: Injected): Promise<void> {
    const run = await runOf(injected);
    const certain = JSON.parse(run.certain) as [number, number][];
    for (const [from, to] of certain) {
      assert.ok(from >= injected.from, `certain begins ${injected.from - from} ms too early`);
      assert.ok(to <= injected.to + responseTime, `certain ends ${to - injected.to} ms too late`);
    }
    assert.ok(run.possible_from <= injected.from, 'possible begins after the outage');
    assert.ok(run.possible_to >= injected.to, 'possible ends before the outage');
    assert.equal(run.attribution, 'provider');
    const states = [...minutesOf(injected).values()];
    assert.equal(states.filter((state) => state === 'unavailable').length, 2, states.join(' '));
    const rest = states.filter((state) => state !== 'unavailable' && state !== 'available');
    assert.ok(
      rest.every((state) => state === 'suspect' || state === 'degraded'),
      states.join(' '),
    );
  }

  test('within 80 s of healthy service every message is seen by all three readers', async () => {
    await pause(80_000);
    const sql = `SELECT token, count(protocol) AS seen FROM message LEFT JOIN sighting USING (token)
      WHERE accepted_at IS NOT NULL AND accepted_at < ? GROUP BY token`;
    const messages = rows<{ token: string; seen: number }>(database, sql, Date.now() - 10_000);
    assert.ok(messages.length >= 2, `${messages.length} messages`);
    for (const { token, seen } of messages) assert.equal(seen, 3, token);
  });

  test('IMAP refused for 160 s is exactly 2 unavailable minutes, with sound bounds', async () => {
    const imap = tenant.service('dovecot-imap');
    refused = await inject(
      () => imap.stop(),
      () => imap.start(),
    );
    await assertJudged(refused);
  });

  test('IMAP frozen for 160 s is exactly 2 unavailable minutes, with sound bounds', async () => {
    const imap = tenant.service('dovecot-imap');
    frozen = await inject(
      async () => imap.freeze(),
      async () => imap.thaw(),
    );
    await assertJudged(frozen);
  });

  test('no minute is unknown but the first', () => {
    const found = rows<{ minute: number; state: string }>(
      database,
      'SELECT minute, state FROM minute ORDER BY minute',
    );
    const unknown = found.filter(({ state }) => state === 'unknown').map(({ minute }) => minute);
    assert.ok(
      unknown.every((minute) => minute <= startedAt + 2_000),
      JSON.stringify(found),
    );
  });

  test('SMTP, POP and webmail were never blamed for IMAP', () => {
    const failed = rows<{ protocol: string }>(
      database,
      `SELECT DISTINCT protocol FROM failure_run WHERE protocol IN ('smtp', 'pop')`,
    );
    assert.deepEqual(failed, []);
  });

  test('the ledger, the metrics and the report tell the same minutes', async () => {
    const ledger = rows<{ n: number }>(
      database,
      `SELECT count(*) AS n FROM minute WHERE state = 'unavailable'`,
    )[0]?.n;
    const metrics = await page(`${url}/metrics`);
    assert.match(
      metrics ?? '',
      new RegExp(`mailminute_minutes_total\\{tenant="tenant",state="unavailable"\\} ${ledger}\\n`),
    );
    const { output } = await command(['report', '--config', tenant.configPath, '--format', 'json']);
    const report = JSON.parse(output.slice(output.indexOf('{'))) as {
      figures: { minutes: { unavailable: number } };
    };
    assert.equal(report.figures.minutes.unavailable, ledger);
  });

  test('SIGTERM ends it with 0 within 10 s, and only the anchor is left in the mailbox', async () => {
    const asked = Date.now();
    const { code } = await daemon.stop();
    assert.equal(code, 0);
    assert.ok(Date.now() - asked < 10_000, `took ${Date.now() - asked} ms`);
    assert.deepEqual(await tenant.list(), ['<anchor@mailminute.tenant.example>']);
  });

  test('the password is nowhere in the log or the database', () => {
    const { password } = tenant.probe;
    assert.ok(!daemon.output.includes(password));
    const dump = JSON.stringify(rows(database, 'SELECT * FROM result'));
    assert.ok(!dump.includes(password));
  });
});
