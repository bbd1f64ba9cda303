import assert from 'node:assert/strict';
import { appendFileSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { tracedDelays } from '../../src/domain/trace.ts';
import { stampsOfJson } from '../../src/store/traces.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, eventually, freePort, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();

interface Routed {
  readonly token: string;
  readonly recipient: string | null;
  readonly accepted: number;
  readonly reader: string;
  readonly notSeen: number | null;
  readonly seen: number;
}

/** A real tenant whose Postfix sends to our sink, and takes mail from our own sender at its MX. */
describe('routes on a real tenant', { skip, timeout: 180_000, concurrency: false }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let database: string;
  let url: string;
  /** Lines of Dovecot's delivery log, and when each came: its own stamps know whole seconds only. */
  const delivered: { at: number; line: string }[] = [];
  let reading: NodeJS.Timeout;
  const log = (name: RegExp) =>
    Object.entries(tenant.logs())
      .filter(([file]) => name.test(file))
      .map(([, text]) => text)
      .join('\n');

  before(async () => {
    const port = await freePort('127.0.0.1');
    const routes = [{ domain: 'sink.example', host: '127.0.0.1', port }];
    tenant = await startTenant({ users: [], routes });
    database = tenant.configPath.replace(/yaml$/, 'db');
    const { host, port: mx } = tenant.endpoints.mx;
    const config = readFileSync(tenant.configPath, 'utf8');
    const sink = `sink: { listen: "127.0.0.1:${port}", address: probe@sink.example }\n`;
    writeFileSync(tenant.configPath, config.replace('tenants:', `${sink}tenants:`));
    appendFileSync(
      tenant.configPath,
      `    routes:
      outbound: { interval: 1m }
      inbound: { from: probe@sender.example, mx: { host: "${host}", port: ${mx} }, interval: 1m }
`,
    );
    const lmtp = join(tenant.directory, 'log', 'dovecot-lmtp.log');
    let length = 0;
    reading = setInterval(() => {
      if (!existsSync(lmtp) || statSync(lmtp).size === length) return;
      const text = readFileSync(lmtp, 'utf8');
      const news = text.slice(length).split('\n');
      delivered.push(...news.map((line) => ({ at: Date.now(), line })));
      length = text.length;
    }, 10);
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    url = `http://${tenant.host}:${ports[1]}`;
  });
  after(async () => {
    clearInterval(reading);
    await daemon?.stop();
    await tenant?.close();
  });

  const routed = (route: string, reader: string) =>
    rows<Routed>(
      database,
      `SELECT token, recipient, accepted_at AS accepted, protocol AS reader,
         last_not_seen AS notSeen, first_seen AS seen
       FROM message JOIN sighting USING (token) WHERE route = ? AND protocol = ?`,
      route,
      reader,
    )[0] ?? null;

  test('the send delay agrees with Postfix’s own log within 100 ms', async () => {
    const message = await eventually('the first message at the sink', () =>
      routed('outbound', 'sink'),
    );
    assert.equal(message.recipient, `probe+${message.token}@sink.example`);
    const line = await eventually('Postfix’s line', () =>
      new RegExp(`to=<probe\\+${message.token}@.*delays=([\\d.]+)/([\\d.]+)/.*status=sent`).exec(
        log(/postfix/),
      ),
    );
    // Before the queue manager, our own transmission included, and in it: then the connection is made.
    const theirs = (Number(line[1]) + Number(line[2])) * 1000;
    const ours = Math.max(0, message.seen - message.accepted);
    assert.ok(Math.abs(ours - theirs) <= 100, `${ours} ms instead of ${theirs} ms`);
    assert.equal(message.notSeen, message.seen - 1);
  });

  test('the receive delay agrees with Dovecot’s log within 100 ms and IDLE’s own latency', async () => {
    const message = await eventually('the first message from outside', () =>
      routed('inbound', 'imap'),
    );
    const { at: saved } = await eventually(
      'Dovecot’s line',
      () =>
        delivered.find(
          ({ line }) =>
            line.includes(`msgid=<${message.token}@`) && /(?:saved|stored) mail/.test(line),
        ) ?? null,
    );
    assert.ok(message.seen >= saved - 100, `seen ${saved - message.seen} ms before it was there`);
    assert.ok(message.seen - saved <= 600, `${message.seen - saved} ms after`);
    assert.ok(message.notSeen !== null && message.notSeen <= saved + 100);
  });

  test('the other readers see it in their rounds, and it is removed', async () => {
    const seen = await eventually(
      'all readers',
      () => {
        const [row] = rows<{ readers: number; removed: number | null }>(
          database,
          `SELECT count(*) AS readers, removed_at AS removed FROM message JOIN sighting USING (token)
           WHERE route = 'inbound' GROUP BY token ORDER BY sent_at LIMIT 1`,
        );
        return row?.readers === 3 && row.removed !== null ? row : null;
      },
      90_000,
    );
    assert.equal(seen.readers, 3);
  });

  test('the headers tell of the way, by a clock that is in truth ours', () => {
    const traced = rows<{ token: string; stamps: string }>(
      database,
      `SELECT token, stamps FROM message_trace JOIN message USING (token) WHERE route = 'loop'`,
    );
    assert.ok(traced.length > 0);
    for (const { token, stamps } of traced) {
      const [message] = rows<{ sentAt: number; acceptedAt: number; seenAt: number }>(
        database,
        `SELECT sent_at AS sentAt, accepted_at AS acceptedAt, min(first_seen) AS seenAt
         FROM message JOIN sighting USING (token) WHERE token = ?`,
        token,
      );
      const known = stampsOfJson(stamps);
      // Postfix' submission, and Dovecot's delivery.
      assert.ok(known.length >= 2 && known[0]?.submission === true, stamps);
      const found = tracedDelays({ ...(message ?? assert.fail()), stamps: known });
      assert.ok(found !== null && found.skew.least <= 0 && 0 <= found.skew.most, stamps);
    }
  });

  test('fates and delays are told apart by route; no protocol is blamed', async () => {
    const metrics = await eventually('the fates', async () => {
      const text = (await page(`${url}/metrics`)) ?? '';
      const done = ['outbound', 'inbound'].every((route) =>
        new RegExp(
          `period_messages\\{tenant="tenant",route="${route}",fate="on-time"\\} [1-9]`,
        ).test(text),
      );
      return done ? text : null;
    });
    assert.match(
      metrics,
      /delay_seconds_count\{tenant="tenant",route="outbound",protocol="sink"\} [1-9]/,
    );
    assert.match(
      metrics,
      /delay_seconds_count\{tenant="tenant",route="inbound",protocol="imap"\} [1-9]/,
    );
    assert.match(
      metrics,
      /route_messages_total\{tenant="tenant",route="inbound",outcome="accepted"\} [1-9]/,
    );
    assert.match(metrics, /sink_connections_total [1-9]/);
    const failed = rows(database, 'SELECT reason, protocol FROM result WHERE reason IS NOT NULL');
    assert.deepEqual(failed, []);
  });

  test('a reload takes the sink and the routes away, and brings them back', async () => {
    const whole = readFileSync(tenant.configPath, 'utf8');
    const bare = whole.replace(/^sink: .*\n/m, '').replace(/ {4}routes:\n.*\n.*\n/, '');
    assert.doesNotMatch(bare, /sink|routes/);
    const [port = 0] = [Number(/127\.0\.0\.1:(\d+)", address/.exec(whole)?.[1])];
    const isOpen = () =>
      new Promise<boolean>((resolve) => {
        const socket = connect(port, '127.0.0.1');
        socket.once('error', () => resolve(false));
        socket.once('connect', () => {
          socket.destroy();
          resolve(true);
        });
      });
    assert.equal(await isOpen(), true);
    const results = () => rows(database, 'SELECT id FROM result').length;
    for (const [text, open] of [
      [bare, false],
      [whole, true],
    ] as const) {
      writeFileSync(tenant.configPath, text);
      daemon.process.kill('SIGHUP');
      await eventually('the reload', async () => ((await isOpen()) === open ? true : null));
      const before = results();
      await eventually('further probes', () => (results() > before ? true : null));
    }
    assert.doesNotMatch(daemon.output, /was refused/);
  });

  test('SIGTERM ends it', async () => {
    const { code } = await daemon.stop();
    assert.equal(code, 0);
  });
});
