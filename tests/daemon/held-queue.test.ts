import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { CommandLine, eventually, page, rows, withoutTenant } from './daemon.ts';

const skip = withoutTenant();
const held = 90_000;

interface Message {
  readonly token: string;
  readonly sent: number;
  readonly accepted: number;
  readonly fate: string;
}

interface Sighting {
  readonly protocol: string;
  readonly notSeen: number | null;
  readonly seen: number;
}

/** The queue takes mail and does not deliver it, from before the first message until 90 s after it. */
describe('a queue held for 90 s', { skip, timeout: 360_000, concurrency: false }, () => {
  let tenant: RealTenant;
  let daemon: CommandLine;
  let database: string;
  let url: string;
  let first: Message;

  const messages = () =>
    rows<Message>(
      database,
      `SELECT token, message.sent_at AS sent, accepted_at AS accepted, fate
       FROM message JOIN message_fate USING (token)
       WHERE sent_by = 'smtp' ORDER BY message.sent_at`,
    );

  before(async () => {
    tenant = await startTenant({ users: [] });
    database = tenant.configPath.replace(/yaml$/, 'db');
    await tenant.service('dovecot-lmtp').stop();
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const ports = await eventually('the daemon', () => /"ports":\[(\d+)\]/.exec(daemon.output));
    url = `http://${tenant.host}:${ports[1]}`;
    first = await eventually('the first message', () => messages()[0] ?? null);
    await pause(first.accepted + held - Date.now() - 500);
  });
  after(async () => {
    await daemon?.stop();
    await tenant?.close();
  });

  test('while it lasts every reader reports the delivery failing, and SMTP none', async () => {
    const failed = rows<{ protocol: string; reason: string }>(
      database,
      'SELECT DISTINCT protocol, reason FROM result WHERE reason IS NOT NULL ORDER BY protocol',
    );
    const delivery = ['imap', 'pop', 'webmail'].map((protocol) => ({
      protocol,
      reason: 'not-delivered',
    }));
    assert.deepEqual(failed, delivery);
    const metrics = (await page(`${url}/metrics`)) ?? '';
    assert.match(metrics, /probe_success\{tenant="tenant",protocol="smtp",depth="roundtrip"\} 1\n/);
    assert.match(metrics, /period_messages\{tenant="tenant",route="loop",fate="pending"\} [1-9]/);
    const age = /pending_message_age_seconds\{tenant="tenant",route="loop"\} (\S+)/.exec(metrics);
    assert.ok(Number(age?.[1]) >= 80, age?.[0]);
  });

  test('the rounds go on at their pace meanwhile', () => {
    const sent = messages().map((message) => message.sent);
    assert.ok(sent.length >= 2, `${sent.length} messages`);
    for (const [index, at] of sent.entries()) {
      const gap = at - (sent[index - 1] ?? at - 50_000);
      assert.ok(gap > 40_000 && gap < 60_000, `${gap} ms`);
    }
  });

  test('then the message ends as late, with both ends of its delay within 2 s of the truth', async () => {
    await pause(first.accepted + held - Date.now());
    await tenant.service('dovecot-lmtp').start();
    await tenant.flushQueue();
    await eventually('the delivery', () =>
      /status=sent/.exec(Object.values(tenant.logs()).join('\n')),
    );
    const truth = Date.now() - first.accepted;
    const seen = await eventually('all three readers', () => {
      const found = rows<Sighting>(
        database,
        `SELECT protocol, last_not_seen AS notSeen, first_seen AS seen FROM sighting
         WHERE token = ? ORDER BY protocol`,
        first.token,
      );
      return found.length === 3 ? found : null;
    });
    const [imap] = seen;
    const delays = [imap?.notSeen ?? 0, imap?.seen ?? 0].map((at) => at - first.accepted);
    for (const delay of delays)
      assert.ok(Math.abs(delay - truth) <= 2_000, `${delays} instead of ${truth}`);
    // The others look every 10 s while they fail.
    for (const { protocol, notSeen, seen: at } of seen) {
      assert.ok(notSeen !== null && notSeen - first.accepted <= truth, protocol);
      assert.ok(at - first.accepted >= truth - 2_000, protocol);
      assert.ok(at - notSeen <= 15_000, `${protocol}: ${at - notSeen} ms`);
    }
    const { fate } = await eventually('its fate', () => {
      const found = messages().find(({ token }) => token === first.token);
      return found === undefined || found.fate === 'pending' ? null : found;
    });
    assert.equal(fate, 'late');
  });

  test('nothing is lost, every message has a fate, and the runs of failure end', async () => {
    const fates = await eventually('all fates', () => {
      const found = messages();
      return found.every(({ fate }) => fate !== 'pending') ? found : null;
    });
    assert.ok(fates.every(({ fate }) => fate === 'late' || fate === 'on-time'));
    const metrics = (await page(`${url}/metrics`)) ?? '';
    for (const protocol of ['imap', 'pop', 'webmail']) {
      const series = `probe_success\\{tenant="tenant",protocol="${protocol}",depth="roundtrip"\\} 1`;
      assert.match(metrics, new RegExp(series), protocol);
    }
  });

  test('a message under way when the daemon is killed is watched by the next one, delivered meanwhile or not', async () => {
    await tenant.service('dovecot-lmtp').stop();
    const before = messages().length;
    const underway = await eventually('the next message', () => messages()[before] ?? null, 70_000);
    await daemon.stop('SIGKILL');
    await tenant.service('dovecot-lmtp').start();
    await tenant.flushQueue();
    await eventually('the delivery', async () =>
      (await tenant.list()).some((id) => id.includes(underway.token)) ? true : null,
    );
    const delivered = Date.now();
    daemon = new CommandLine(['run', '--config', tenant.configPath]);
    const seen = await eventually('all three readers', () => {
      const found = rows<Sighting>(
        database,
        'SELECT protocol, last_not_seen AS notSeen, first_seen AS seen FROM sighting WHERE token = ?',
        underway.token,
      );
      return found.length === 3 ? found : null;
    });
    for (const { protocol, notSeen, seen: at } of seen) {
      assert.ok(notSeen === null || notSeen <= delivered, protocol);
      assert.ok(at >= underway.accepted && at >= delivered - 1_000, protocol);
    }
    const { fate } = await eventually('its fate', () => {
      const found = messages().find(({ token }) => token === underway.token);
      return found === undefined || found.fate === 'pending' ? null : found;
    });
    assert.match(fate, /^(on-time|late)$/);
  });

  test('SIGTERM ends it', async () => {
    const { code } = await daemon.stop();
    assert.equal(code, 0);
  });
});
