import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type Protocol, protocols } from '../../src/domain/protocol.ts';
import { CommandLine, eventually, freePort, page, rows } from '../daemon/daemon.ts';
import { type GoodServer, goodServers, requestStarts } from '../support/good-servers.ts';
import * as act from '../support/hostile.ts';
import { password } from '../support/probing.ts';
import { reset, type Spoiler, spoiler } from '../support/spoiler.ts';

const acts = [
  act.mute,
  act.drip('HTTP/1.1 200 OK\r\n'),
  act.endlessLine,
  act.hangUp,
  reset,
  act.garbage,
  act.endless('', '* 1 EXISTS\r\n'),
];

/** A webmail with a login, as `webmail-server.ts` serves it. */
const flow = String.raw`
name: fake
steps:
  - name: form
    phase: page
    request: { path: ./ }
    expect: { match: ['type="password"'] }
    capture: { form_token: 'name="token" value="(\w+)"' }
  - name: log in
    phase: auth
    request:
      method: POST
      path: ./login
      form: { token: '{{form_token}}', user: '{{username}}', pass: '{{password}}' }
    expect: { match: ['<h1>Inbox'] }
  - name: list
    phase: list
    request: { path: './list' }
    expect: { match: ['"rows"'] }
`;

/** How long the daemon is kept busy, ms. */
const busy = 60_000;
const deadline = 5_000;

interface Front {
  readonly protocol: Protocol;
  readonly server: GoodServer;
  readonly spoiler: Spoiler;
}

/** Each connection meets the next misbehaviour, at the next request of the dialogue. */
async function front(protocol: Protocol): Promise<Front> {
  const server = await goodServers[protocol]();
  const request = requestStarts[protocol];
  let connection = 0;
  const front: Spoiler = await spoiler({
    behind: server.port,
    spoil: () => {
      const from = front.requests() + (Math.floor(connection / acts.length) % 6);
      connection += 1;
      return {
        from: connection % 7 === 0 ? 0 : from + 1,
        act: acts[connection % acts.length] ?? act.mute,
      };
    },
    ...(request === undefined ? {} : { request }),
  });
  return { protocol, server, spoiler: front };
}

describe('a daemon among servers that all misbehave', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-hostile-'));
  const database = join(folder, 'mailminute.db');
  const fronts: Front[] = [];
  /** Of each question for its health: how long the answer took, ms; null for none. */
  const answers: (number | null)[] = [];
  const resident: number[] = [];
  let daemon: CommandLine;
  let url: string;

  before(async () => {
    for (const protocol of protocols) fronts.push(await front(protocol));
    const port = await freePort('127.0.0.1');
    url = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'password'), password);
    writeFileSync(join(folder, 'flow.yaml'), flow);
    writeFileSync(join(folder, 'mailminute.yaml'), configOf(port));
    daemon = new CommandLine(['run', '--config', join(folder, 'mailminute.yaml')]);
    await eventually('the daemon', () => page(`${url}/-/healthy`));
    const until = Date.now() + busy;
    while (Date.now() < until && daemon.process.exitCode === null) {
      const asked = Date.now();
      const answer = await page(`${url}/-/healthy`);
      answers.push(answer === null ? null : Date.now() - asked);
      resident.push(residentOf(daemon.process.pid ?? 0));
      await pause(250);
    }
  });
  after(async () => {
    await daemon?.stop();
    for (const { server, spoiler } of fronts) {
      await spoiler.close();
      await server.close();
    }
    rmSync(folder, { recursive: true, force: true });
  });

  function configOf(port: number): string {
    const at = (protocol: Protocol): number =>
      fronts.find((one) => one.protocol === protocol)?.spoiler.port ?? 0;
    const endpoint = (protocol: Protocol): string =>
      `${protocol}: { host: 127.0.0.1, port: ${at(protocol)}, tls: none }`;
    return `
listen: 127.0.0.1:${port}
database: ./mailminute.db
tenants:
  - name: acme
    zone: UTC
    connect_interval: 5s
    roundtrip_interval: 10s
    attempt_deadline: ${deadline / 1000}s
    mailbox: { address: probe@acme.example, password: { file: ./password } }
    ${endpoint('smtp')}
    ${endpoint('imap')}
    ${endpoint('pop')}
    webmail: { url: "http://127.0.0.1:${at('webmail')}/", flow: ./flow.yaml, consent: the tests' own webmail }
`;
  }

  test('it is still up, and answered for its health every time', (t) => {
    t.diagnostic(`slowest answer ${Math.max(...answers.map((answer) => answer ?? 0))} ms`);
    assert.equal(daemon.process.exitCode, null, daemon.output.slice(-2000));
    assert.ok(answers.length > 50, `asked ${answers.length} times only`);
    assert.ok(
      answers.every((answer) => answer !== null && answer < 3000),
      answers.join(' '),
    );
  });

  test('its memory stayed what it was', (t) => {
    const [early = 0, late = 0] = [resident[Math.floor(resident.length / 4)], resident.at(-1)];
    t.diagnostic(`resident ${early} KiB, then ${late} KiB`);
    assert.ok(early > 0 && late - early < 150 * 1024, `${early} KiB, then ${late} KiB`);
  });

  test('every attempt ended by its deadline, in many ways, and none by a fault of our own', () => {
    const sql = `SELECT protocol, failed_phase AS phase, reason, transcript, proven_from AS since,
      proven_to AS until, started_at AS startedAt, monotonic_end - monotonic_start AS took FROM result`;
    const found = rows<{
      protocol: Protocol;
      phase: string | null;
      reason: string | null;
      transcript: string | null;
      since: number;
      until: number;
      startedAt: number;
      took: number;
    }>(database, sql);
    assert.ok(found.length > 60, `${found.length} attempts only`);
    for (const one of found) {
      assert.ok(one.took < (deadline + 3000) * 1000, JSON.stringify(one));
      assert.notEqual(one.reason, 'internal-error', JSON.stringify(one));
      if (one.reason === null) continue;
      assert.ok(one.startedAt <= one.since && one.since <= one.until, JSON.stringify(one));
    }
    for (const protocol of protocols) {
      const reasons = new Set(
        found.filter((one) => one.protocol === protocol).map(({ reason }) => reason),
      );
      assert.ok(reasons.size >= 4, `${protocol}: ${[...reasons].join(' ')}`);
    }
    assert.ok(!JSON.stringify(found).includes(password) && !daemon.output.includes(password));
  });

  test('at most 6 connections of one protocol were open at a time', () => {
    for (const { protocol, spoiler } of fronts)
      assert.ok(spoiler.most() <= 6, `${protocol}: ${spoiler.most()}`);
  });

  test('it tells of no fault in itself, and ends with 0 when it is asked to', async () => {
    const { code, output } = await daemon.stop();
    assert.equal(code, 0);
    assert.doesNotMatch(output, /failed in itself|Warning|judging failed/);
  });
});

/** Resident set of a process, KiB; 0 where /proc does not tell. */
function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
}
