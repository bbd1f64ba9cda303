import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Protocol } from '../../src/domain/protocol.ts';
import { CommandLine, command, eventually, rows, withoutTenant } from '../daemon/daemon.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { Blackbox } from './blackbox.ts';
import { writeLiveConfig } from './configuration.ts';
import { beyondBy, type Judged, judgedOf, mean, shortBy } from './judged.ts';
import { count, type Lane, lanes, ranges, seed } from './lanes.ts';
import {
  inflict,
  type Kind,
  type Outage,
  type PlannedOutage,
  planOutages,
  seeded,
  truthOf,
} from './outages.ts';
import { tableOf } from './table.ts';

function withoutBlackbox(): string | false {
  if (existsSync('/usr/bin/prometheus-blackbox-exporter')) return false;
  const missing = 'Debian package prometheus-blackbox-exporter is missing';
  if (process.env.CI === 'true') throw new Error(missing);
  return missing;
}
const skip = withoutTenant() || withoutBlackbox();

/** One normal response time of the servers, ms: how far a bound may be off the moment of a command. */
const responseTime = 1_000;
const longest = 3_600_000 + count * 60_000;

describe('outages of known length on real servers', { skip, timeout: longest }, () => {
  const opened: (() => Promise<unknown>)[] = [];
  let servers: Record<Lane['tenant'], RealTenant>;
  let blackbox: Blackbox;
  let config: string;
  let database: string;
  let judged: readonly Judged[] = [];

  before(async () => {
    const [lines, web] = [await open('127.0.0.2'), await open('127.0.0.3')];
    servers = { lines, web };
    blackbox = await Blackbox.start(lines.directory, [lines.ca.text, web.ca.text]);
    opened.push(() => blackbox.stop());
    ({ path: config, database } = await writeLiveConfig(lines, web));
    const daemon = new CommandLine(['run', '--config', config]);
    opened.push(() => daemon.stop());
    await eventually('the daemon', () => /"ports":\[\d+\]/.exec(daemon.output));
    watch(lines, web);
  });
  after(async () => {
    for (const close of opened.reverse()) await close();
  });

  async function open(host: string): Promise<RealTenant> {
    const tenant = await startTenant({ host });
    opened.push(() => tenant.close());
    return tenant;
  }

  function watch({ endpoints: { smtps, imaps, pop3s } }: RealTenant, web: RealTenant): void {
    for (const [index, [protocol, { host, port }]] of Object.entries({
      smtp: smtps,
      imap: imaps,
      pop: pop3s,
    }).entries())
      blackbox.watch(protocol as Protocol, `${host}:${port}`, index * 3_000);
    blackbox.watch('webmail', web.webmail.url, 11_000);
  }

  async function live(lane: Lane, planned: readonly PlannedOutage[]): Promise<Outage[]> {
    const service = servers[lane.tenant].service(lane.service);
    const outages: Outage[] = [];
    for (const one of planned) {
      await pause(one.pause);
      tell(`${lane.protocol} ${one.kind} for ${one.length} ms`);
      outages.push(await inflict(lane.protocol, one, service));
    }
    return outages;
  }

  async function closed(tenant: string, until: number): Promise<void> {
    const sql = 'SELECT closed_until FROM ledger_progress WHERE tenant = ?';
    await eventually(
      `the ledger of ${tenant}`,
      () => {
        const [found] = rows<{ closed_until: number }>(database, sql, tenant);
        return found !== undefined && found.closed_until > until ? found : null;
      },
      300_000,
    );
  }

  const of = (kind: Kind) => judged.filter(({ outage }) => outage.kind === kind);

  test(`${count} outages are lived through and judged`, async () => {
    tell(`seed ${seed}, ${count} outages`);
    const random = seeded(seed);
    const share = Math.ceil(count / lanes.length);
    const lived = await Promise.all(
      lanes
        .map((lane) => ({ lane, planned: planOutages(share, lane.first, ranges, random) }))
        .map(async ({ lane, planned }) => ({ lane, outages: await live(lane, planned) })),
    );
    const last = Math.max(...lived.flatMap(({ outages }) => outages.map(({ latest }) => latest)));
    tell('all are over; the ledger closes their minutes');
    await closed('lines', last);
    await closed('web', last);
    judged = lived.flatMap(({ lane, outages }) =>
      outages.map((outage) => judgedOf(database, lane.tenant, outage)),
    );
    process.stdout.write(`\n${tableOf(judged, blackbox)}\n\n`);
    assert.ok(judged.length >= count);
  });

  test('proven ≤ truth ≤ possible for each, all laid to the provider', () => {
    for (const { outage, certain, possible, attributions } of judged) {
      const which = JSON.stringify({ outage, certain, possible });
      for (const { from, to } of certain) {
        assert.ok(from >= outage.earliest, `certain begins too early: ${which}`);
        assert.ok(to <= outage.latest + responseTime, `certain ends too late: ${which}`);
      }
      const holds = possible.some(({ from, to }) => from <= outage.from && to >= outage.to);
      assert.ok(holds, `more than possible: ${which}`);
      assert.ok(
        attributions.every((one) => one === 'provider'),
        attributions.join(),
      );
    }
  });

  test('no outage of 60 s or more is missed', () => {
    for (const { outage, certain, possible } of judged) {
      if (truthOf(outage) < 60_000) continue;
      assert.ok(certain.length > 0, `nothing proven of ${JSON.stringify(outage)}`);
      assert.ok(possible.some(({ from, to }) => to - from >= 60_000));
      const minutes = rows<{ state: string }>(
        database,
        `SELECT state FROM minute WHERE tenant = ? AND minute > ? AND minute < ?`,
        outage.protocol === 'webmail' ? 'web' : 'lines',
        outage.earliest - 60_000,
        outage.latest,
      );
      assert.ok(minutes.some(({ state }) => state === 'unavailable' || state === 'suspect'));
    }
  });

  test('the certain part is short of the truth by at most 4 s in the mean where refused', () => {
    const short = mean(of('refused').map(shortBy));
    assert.ok(short <= 4_000, `${short} ms`);
  });

  test('the certain part is short of the truth by at most 8 s in the mean where frozen', () => {
    const short = mean(of('frozen').map(shortBy));
    assert.ok(short <= 8_000, `${short} ms`);
  });

  test('the possible part goes beyond the truth by at most 16 s in the mean', () => {
    for (const kind of ['refused', 'frozen'] as const) {
      const beyond = mean(of(kind).map(beyondBy));
      assert.ok(beyond <= 16_000, `${kind}: ${beyond} ms`);
    }
  });

  test('blackbox_exporter saw healthy services and the outages in the same run', () => {
    for (const { protocol } of lanes) {
      const { succeeded, all } = blackbox.health(protocol);
      assert.ok(succeeded > 0 && succeeded < all, `${protocol}: ${succeeded} of ${all}`);
    }
  });

  test('a wrong password is never counted against the provider', async () => {
    const refused = rows<{ n: number }>(
      database,
      `SELECT count(*) AS n FROM result WHERE tenant = 'wrong' AND reason = 'auth-refused'`,
    );
    assert.ok((refused[0]?.n ?? 0) > 0, 'the password was never refused');
    // Its ledger is still open, as the failure is; the report judges the open minutes too.
    const report = ['report', '--config', config, '--tenant', 'wrong', '--format', 'json'];
    const { output } = await command(report);
    const { figures } = JSON.parse(output.slice(output.indexOf('{'))) as {
      figures: { minutes: Record<string, number> };
    };
    tell(`wrong password: ${JSON.stringify(figures.minutes)}`);
    assert.equal(figures.minutes.unavailable, 0);
    assert.equal(figures.minutes.suspect, 0);
  });
});

function tell(line: string): void {
  process.stdout.write(`${new Date().toISOString()} ${line}\n`);
}
