import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { queriesOf } from '../grafana/queries.ts';
import { ask, emptyOf, published, series, until } from './asking.ts';
import { containerOf, containers } from './bring-up.ts';
import { root } from './build.ts';
import { confinementOf, noCapabilities } from './confinement.ts';
import { buildImage } from './image.ts';
import { exitCodeOf, succeeded, uid, untilHealthy } from './running.ts';
import type { Stage } from './stage.ts';

const withoutBrowser =
  process.env.MAILMINUTE_CONTAINER_BROWSER === undefined &&
  'half a gigabyte to load: only with MAILMINUTE_CONTAINER_BROWSER=1';
const browser = 'browser: { executable: /usr/bin/chromium, sandbox: false }';

/** The demo, brought up by its one command: no file is written for it, and no variable set. */
export function testDemoStack(stage: () => Stage): void {
  describe('the demo profile', () => {
    const cell = () => stage().cell;
    const compose = async (...args: string[]) => succeeded(await stage().compose(args));
    const inTenant = async (...command: string[]) =>
      succeeded(
        await cell().podman(['exec', await containerOf(cell(), 'demo-tenant'), ...command]),
      );
    const fourWays = async () =>
      (await series(cell(), 'min by (protocol) (mailminute_probe_success{tenant="demo"}) == 1'))
        .length === 4;

    before(() => stage().tenant);
    after(async () => {
      await compose('--profile', 'demo', 'down', '--volumes');
    });

    test('comes up with a real mail tenant, and without the other mailminute', async () => {
      let over = false;
      const up = compose('--profile', 'demo', 'up', '--no-build', '--detach').finally(() => {
        over = true;
      });
      // Docker asks for health by itself; podman leaves it to systemd, which is not here.
      while (!over) {
        const id = (await containers(cell())).get('demo-tenant');
        if (id !== undefined) await cell().podman(['healthcheck', 'run', id]);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      await up;
      assert.deepEqual([...(await containers(cell())).keys()].sort(), [
        ...['alertmanager', 'demo', 'demo-tenant', 'grafana', 'prometheus'],
      ]);
      await untilHealthy(cell(), await containerOf(cell(), 'demo'));
    });

    test('watches it as its own user, without a capability; the tenant has what a mail server needs', async () => {
      const { uid: user, ...demo } = await confinementOf(cell(), await containerOf(cell(), 'demo'));
      assert.equal(user, uid);
      const confined = { noNewPrivileges: true, rootReadOnly: true };
      assert.deepEqual(demo, { capabilities: noCapabilities, ...confined });
      const tenant = await confinementOf(cell(), await containerOf(cell(), 'demo-tenant'));
      assert.equal(tenant.rootReadOnly && tenant.noNewPrivileges, true);
      // CHOWN, DAC_OVERRIDE, FOWNER, KILL, SETGID, SETUID, NET_BIND_SERVICE, SYS_CHROOT
      assert.equal(tenant.capabilities[2], '00000000000404eb');
    });

    test('reads and sends real mail over all four ways', async () => {
      const delayed = 'mailminute_delay_seconds_count{tenant="demo"} > 0';
      await until('all four ways', fourWays, 60_000);
      await until('a delay', async () => (await series(cell(), delayed)).length > 0, 60_000);
    });

    test('shows the outage of what is broken by one command, on the page and in Alertmanager', async () => {
      assert.match(await inTenant('break', 'imap'), /^imap is broken/);
      const alerts = `${published.alertmanager}/api/v2/alerts?filter=alertname=MailminuteUnavailable`;
      const [alert] = await until(
        'the alert',
        async () => {
          const { status, body } = await ask(cell(), alerts);
          const told = status === 200 ? JSON.parse(body) : [];
          return told.length > 0 ? told : null;
        },
        150_000,
      );
      assert.equal(alert.labels.tenant, 'demo');
      const { body } = await ask(cell(), `${published.mailminute}/`);
      assert.match(body, /unavailable/i);
    });

    test('gives data to every query of the dashboards, but for the dates of claims', async () => {
      // Claims exist once a month has ended below its target; tests/grafana has them.
      const queries = queriesOf('demo').filter((query) => !query.includes('mailminute_claim_'));
      assert.ok(queries.length > 40);
      let empty: readonly string[] = queries;
      const full = async () => {
        empty = await emptyOf(cell(), queries);
        return empty.length === 0;
      };
      await until('data', full, 60_000).catch(() => {});
      assert.deepEqual(empty, []);
    });

    test('is well again when it is mended', async () => {
      assert.match(await inTenant('mend', 'imap'), /^imap is mended/);
      await until('imap', fourWays, 60_000);
      const demo = await containerOf(cell(), 'demo');
      const report = succeeded(await cell().podman(['exec', demo, 'mailminute', 'report']));
      assert.match(report, /probe@demo\.example|demo/);
    });

    test('is walked through by a browser, from an image that has one', {
      skip: withoutBrowser,
    }, async () => {
      const image = 'docker.io/library/mailminute:chromium';
      await buildImage(cell(), image, ['BROWSER=chromium']);
      const folder = join(cell().directory, 'browser');
      await mkdir(folder);
      const own = readFileSync(join(root, 'config/demo/mailminute.yaml'), 'utf8');
      const text = `${own.replace('flow: roundcube', 'flow: roundcube-browser')}${browser}\n`;
      await writeFile(join(folder, 'mailminute.yaml'), text);
      const checked = await cell().podman(
        [
          ...['run', '--rm', `--cgroup-parent=${cell().cgroup}`, '--network=stack_default'],
          ...['--read-only', '--read-only-tmpfs=false', '--cap-drop=ALL', '--tmpfs=/tmp'],
          ...['--security-opt=no-new-privileges', '--volume=stack_demo-shared:/run/demo:ro'],
          ...[`--volume=${folder}:/etc/mailminute:ro`, image, 'check'],
        ],
        120_000,
      );
      assert.match(succeeded(checked), /^ *webmail +ok /m);
    });

    test('stops well', async () => {
      await compose('--profile', 'demo', 'stop', '--timeout', '10');
      assert.equal(await exitCodeOf(cell(), await containerOf(cell(), 'demo')), '0');
    });
  });
}
