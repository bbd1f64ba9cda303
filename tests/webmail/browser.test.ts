import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openChromiums, probesWith } from '../../probes/index.ts';
import { processesIn } from '../../probes/webmail/chromium/processes.ts';
import type { BrowserRooms } from '../../probes/webmail/chromium/visit.ts';
import { decodeFlow } from '../../src/config/flow.ts';
import type { Flow } from '../../src/domain/flow.ts';
import type { Depth } from '../../src/domain/protocol.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { eventually, withoutTenant } from '../daemon/daemon.ts';
import { asking, contextWith, leaks, password, tenantWith } from '../support/probing.ts';
import { verdictOf } from '../support/webmail-attempt.ts';
import { html, startFakeWebmail } from '../support/webmail-server.ts';
import { type RealTenant, startTenant } from '../tenant/tenant.ts';
import { sendingRound, tenantWithFlow } from './round.ts';

const skip = withoutTenant();
const executable = '/usr/bin/chromium';

function browserFlow(yaml: string): Flow {
  const { flow, faults } = decodeFlow(yaml, 'flow.yaml');
  assert.deepEqual(faults, []);
  return flow ?? assert.fail('no flow');
}

const shipped = browserFlow(
  readFileSync(
    fileURLToPath(new URL('../../config/flows/roundcube-browser.yaml', import.meta.url)),
    'utf8',
  ),
);

/** Browsers and pictures in a folder of their own. */
function openRooms() {
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-browser-'));
  const profiles = join(folder, 'profiles');
  const chromiums = openChromiums({ executable, sandbox: false, profiles });
  const rooms: BrowserRooms = { chromiums, evidence: join(folder, 'evidence') };
  return {
    rooms,
    profiles,
    pictures: () => entriesOf(rooms.evidence),
    close: async () => {
      await chromiums.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

async function attempt(tenant: Tenant, depth: Depth, rooms: BrowserRooms) {
  return (await probesWith(rooms).webmail(tenant, asking({ depth }), contextWith())).result;
}

describe('a real Roundcube as a user has it, in a browser', { skip, timeout: 180_000 }, () => {
  let real: RealTenant;
  let tenant: Tenant;
  const stage = openRooms();
  before(async () => {
    real = await startTenant({ users: [] });
    tenant = tenantWithFlow(real, shipped);
  });
  after(async () => {
    await stage.close();
    await real?.close();
  });

  test('logs in, sees and reads the message, and sends one that IMAP and POP see', async () => {
    const { results, removed } = await sendingRound(tenant, stage.rooms);
    for (const { protocol, failure, transcript } of results)
      assert.equal(failure, null, `${protocol}\n${transcript}`);
    const web = results.find(({ protocol }) => protocol === 'webmail');
    assert.equal(web?.vouches, 'send');
    assert.ok(web.pageOpen?.driver === 'browser' && web.pageOpen.milliseconds > 0);
    const seenBy = results
      .filter((one) => one.sightings.some(({ token }) => token === web.token))
      .map(({ protocol }) => protocol);
    assert.deepEqual(seenBy.sort(), ['imap', 'pop', 'webmail']);
    assert.equal(removed.length, 2);
    assert.deepEqual(stage.pictures(), []);
  });

  test('a dead IMAP server, PHP and nginx are three different reasons', async () => {
    const verdicts: (string | null)[] = [];
    for (const name of ['dovecot-imap', 'php-fpm', 'nginx'] as const) {
      const service = real.service(name);
      await service.stop();
      try {
        verdicts.push(verdictOf(await attempt(tenant, 'login', stage.rooms)));
      } finally {
        await service.start();
      }
    }
    assert.deepEqual(verdicts, [
      'auth backend-unavailable HTTP 401',
      'page temporary-error HTTP 502',
      'tcp connection-refused ECONNREFUSED',
    ]);
  });
});

describe('the browser itself', { skip, timeout: 120_000 }, () => {
  const stage = openRooms();
  let fake: Awaited<ReturnType<typeof startFakeWebmail>>;
  before(async () => {
    // What a daemon leaves behind when it is killed.
    mkdirSync(join(stage.profiles, 'chromium-old'), { recursive: true });
    writeFileSync(join(stage.profiles, 'chromium-old', 'lock'), '');
    fake = await startFakeWebmail(password);
    showForm();
  });
  after(async () => {
    await stage.close();
    await fake?.close();
  });

  const showForm = () =>
    fake.overrides.set('/', (_, response) =>
      html(
        response,
        200,
        '<form method="post" action="/login"><input name="user"><input type="password" name="pass"><button>Log in</button></form>',
      ),
    );

  const flow = browserFlow(`
name: fake
driver: browser
steps:
  - name: form
    phase: page
    do: [{ goto: ./ }]
    expect: { match: ['type="password"'] }
  - name: log in
    phase: auth
    do:
      - { fill: 'input[name=user]', with: '{{username}}' }
      - { fill: 'input[name=pass]', with: '{{password}}' }
      - { click: button }
    expect: { match: ['<h1>Inbox'], reject: [{ match: 'Wrong password', reason: auth-refused }, { match: 'storage is down', reason: backend-unavailable }] }
  - name: list
    phase: list
    do: []
    expect: { match: ['<h1>Inbox'] }
`);
  const tenantAt = (change: Partial<Tenant> = {}) =>
    tenantWith({
      webmail: { url: fake.url, ca: null, flow, consent: 'the tests', sendInterval: null },
      attemptDeadline: 20_000,
      ...change,
    });

  test('what a killed daemon left is removed, and a second visit uses the same browser', async () => {
    fake.overrides.set('/login', (_, response) => html(response, 200, '<h1>Inbox</h1>'));
    for (let visit = 0; visit < 2; visit += 1) {
      const result = await attempt(tenantAt(), 'login', stage.rooms);
      assert.equal(verdictOf(result), null, result.transcript);
      assert.equal(result.vouches, 'login');
    }
    assert.equal(entriesOf(stage.profiles).length, 1);
    assert.deepEqual(entriesOf(stage.profiles).includes('chromium-old'), false);
  });

  test('a page that never answers ends at the deadline as a timeout, and holds nothing up', async () => {
    fake.overrides.set('/', () => {});
    const hung = await attempt(tenantAt({ attemptDeadline: 4000 }), 'connect', stage.rooms);
    assert.equal(verdictOf(hung), 'page timeout null');
    assert.equal(hung.failure?.kind, 'silence');
    // A script that never ends: the page's own process hangs.
    fake.overrides.set('/', (_, response) => html(response, 200, '<script>for (;;);</script>'));
    const stuck = await attempt(tenantAt({ attemptDeadline: 4000 }), 'connect', stage.rooms);
    assert.notEqual(stuck.failure, null);
    showForm();
    assert.equal(verdictOf(await attempt(tenantAt(), 'connect', stage.rooms)), null);
  });

  test('a failure leaves a picture, and the password is in neither', async () => {
    const before = stage.pictures().length;
    fake.overrides.set('/login', (_, response, form) =>
      html(response, 200, `You typed ${form.get('pass')}. Wrong password.`),
    );
    const result = await attempt(tenantAt(), 'login', stage.rooms);
    assert.equal(result.failure?.reason, 'auth-refused', result.transcript);
    const name = /evidence\/(\S+\.jpg)/.exec(result.transcript)?.[1] ?? assert.fail('no picture');
    await eventually('the picture', () => (stage.pictures().includes(name) ? true : null));
    assert.equal(stage.pictures().length, before + 1);
    assert.ok(!leaks(JSON.stringify(result)));
  });

  test('a 401 whose page says why only later is judged by what it says, not by its status', async () => {
    fake.overrides.set('/login', (_, response) =>
      html(
        response,
        401,
        '<p></p><script>setTimeout(() => { document.querySelector("p").textContent = "The " + "storage is" + " down"; }, 700)</script>',
      ),
    );
    const result = await attempt(tenantAt(), 'login', stage.rooms);
    assert.equal(verdictOf(result), 'auth backend-unavailable HTTP 401', result.transcript);
    fake.overrides.set('/login', (_, response) => html(response, 401, '<p>No.</p>'));
    const unsaid = await attempt(tenantAt(), 'login', stage.rooms);
    assert.equal(verdictOf(unsaid), 'auth auth-refused HTTP 401', unsaid.transcript);
  });

  test('a browser that dies is noticed: the next visit has a new one', async () => {
    for (const pid of processesIn(stage.profiles)) process.kill(pid, 'SIGKILL');
    await eventually('its folder to go', () =>
      entriesOf(stage.profiles).length === 0 ? true : null,
    );
    assert.equal(verdictOf(await attempt(tenantAt(), 'connect', stage.rooms)), null);
  });

  test('when it is stopped, no process and no profile is left', async () => {
    assert.ok(processesIn(stage.profiles).length > 0);
    await stage.rooms.chromiums.stop();
    assert.deepEqual(processesIn(stage.profiles), []);
    assert.deepEqual(entriesOf(stage.profiles), []);
  });
});
