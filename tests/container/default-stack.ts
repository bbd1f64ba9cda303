import assert from 'node:assert/strict';
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { openDatabase } from '../../src/store/open.ts';
import { sealAll, writeEvidence } from '../store/sealed-evidence.ts';
import { ask, askAll, published, series, until } from './asking.ts';
import { containerOf, containers } from './bring-up.ts';
import { build } from './build.ts';
import { confinementOf, noCapabilities } from './confinement.ts';
import { imageName } from './image.ts';
import { exitCodeOf, run, succeeded, uid, untilHealthy } from './running.ts';
import { evidence, type Stage } from './stage.ts';

const keptImage = 'docker.io/library/mailminute:kept';

export function testDefaultStack(stage: () => Stage): void {
  describe('the default stack', () => {
    const cell = () => stage().cell;
    const mailminute = () => containerOf(cell(), 'mailminute');
    const compose = async (...args: string[]) => {
      const { config, secrets } = stage().mounted;
      const env = { MAILMINUTE_CONFIG_FOLDER: config, MAILMINUTE_SECRETS_FOLDER: secrets };
      return succeeded(await stage().compose(args, env));
    };
    const inside = async (...command: string[]) =>
      succeeded(await cell().podman(['exec', await mailminute(), ...command]));
    const evidenceUpTo = async (id: number) =>
      JSON.parse(await inside('node', '--eval', evidence(id)));

    before(async () => {
      succeeded(await cell().podman(['tag', imageName, keptImage]));
    });
    after(async () => {
      await compose('down', '--volumes');
      succeeded(await cell().podman(['tag', keptImage, imageName]));
    });

    test('is four services, brought up by one command, and healthy', async () => {
      await compose('up', '--no-build', '--detach');
      assert.deepEqual([...(await containers(cell())).keys()].sort(), [
        'alertmanager',
        'grafana',
        'mailminute',
        'prometheus',
      ]);
      await untilHealthy(cell(), await mailminute());
      const health = [
        `${published.mailminute}/-/healthy`,
        `${published.prometheus}/-/healthy`,
        `${published.alertmanager}/-/healthy`,
        `${published.grafana}/api/health`,
      ];
      const all = await until(
        'health of all four',
        async () => {
          const answers = await askAll(cell(), health);
          return answers.every(({ status }) => status === 200) ? answers : null;
        },
        30_000,
      );
      assert.equal(all.length, 4);
    });

    test('runs each as its own user, on a read-only root, without a capability', async () => {
      const users = { mailminute: uid, prometheus: 65_534, alertmanager: 65_534, grafana: 472 };
      for (const [service, user] of Object.entries(users))
        assert.deepEqual(
          await confinementOf(cell(), await containerOf(cell(), service)),
          {
            uid: user,
            capabilities: noCapabilities,
            noNewPrivileges: true,
            rootReadOnly: true,
          },
          service,
        );
    });

    test('has a Prometheus that scrapes mailminute, knows its rules and Alertmanager', async () => {
      const up = async () => (await series(cell(), 'up{job="mailminute"} == 1'))[0];
      await until('a scrape of mailminute', up, 40_000);
      const [rules, managers] = await askAll(cell(), [
        `${published.prometheus}/api/v1/rules?type=alert`,
        `${published.prometheus}/api/v1/alertmanagers`,
      ]);
      const { groups } = JSON.parse(rules?.body ?? '').data;
      const names = groups.flatMap(({ rules }: { rules: { name: string }[] }) =>
        rules.map(({ name }) => name),
      );
      assert.ok(names.includes('MailminuteUnavailable') && names.length > 20, names.join());
      const { activeAlertmanagers } = JSON.parse(managers?.body ?? '').data;
      assert.deepEqual(activeAlertmanagers, [{ url: 'http://alertmanager:9093/api/v2/alerts' }]);
    });

    test('has the dashboards and the data source where Grafana looks for them', async () => {
      const expr = 'up{job="mailminute"}';
      const [found, asked] = await askAll(cell(), [
        `${published.grafana}/api/search`,
        `${published.grafana}/query?${new URLSearchParams({ expr })}`,
      ]);
      assert.deepEqual(JSON.parse(found?.body ?? ''), [
        'mailminute-overview',
        'mailminute-probes',
        'mailminute-tenant',
      ]);
      assert.equal(asked?.body, '1');
    });

    test('takes a backup while it runs, and refuses to restore one meanwhile', async () => {
      const said = await inside('mailminute', 'backup', '/data/backup.db');
      assert.match(said, /^\/data\/backup\.db: a copy of \/data\/mailminute\.db/);
      const refused = await cell().podman([
        ...['exec', await mailminute(), 'mailminute', 'restore', '/data/backup.db'],
      ]);
      assert.notEqual(refused.code, 0);
      assert.match(refused.stderr, /stop/i);
    });

    test('restores a backup from elsewhere, whose seals still hold', async () => {
      const path = join(cell().directory, 'elsewhere.db');
      const database = openDatabase(path);
      writeEvidence(database, 20);
      await sealAll(database);
      database.close();
      await chown(path, uid, uid);
      succeeded(await cell().podman(['cp', path, `${await mailminute()}:/data/elsewhere.db`]));
      await compose('stop', 'mailminute');
      const said = await compose('run', '--rm', 'mailminute', 'restore', '/data/elsewhere.db');
      assert.match(said, /is the backup \/data\/elsewhere\.db now/);
      await compose('start', 'mailminute');
      await untilHealthy(cell(), await mailminute());
      assert.match(await inside('mailminute', 'verify'), /^3 days with \d+ rows are as they were/);
    });

    test('keeps the ledger when the image is another one, and goes on with it', async () => {
      const old = await mailminute();
      const { newest } = await until(
        'results of the old version',
        async () => {
          const now = await evidenceUpTo(0);
          return now.newest > 62 ? now : null;
        },
        40_000,
      );
      const before = await evidenceUpTo(newest);
      const context = join(cell().directory, 'next');
      await mkdir(context);
      const version = '"version": "99.0.0"';
      const lines = [
        `FROM ${imageName}`,
        'USER root',
        `RUN sed -i 's/"version": "[^"]*"/${version}/' /app/package.json`,
        `USER ${uid}:${uid}`,
        'LABEL org.opencontainers.image.version=99.0.0',
      ];
      await writeFile(join(context, 'Dockerfile'), `${lines.join('\n')}\n`);
      await build(cell(), imageName, context);
      await compose('up', '--no-build', '--detach');
      assert.notEqual(await mailminute(), old);
      await untilHealthy(cell(), await mailminute());
      assert.match(await inside('mailminute', 'version'), /99\.0\.0/);
      assert.deepEqual({ ...(await evidenceUpTo(newest)), newest }, { ...before, newest });
      assert.ok(before.count > 60);
      assert.match(await inside('mailminute', 'verify'), /^3 days with \d+ rows are as they were/);
      await until('new results', async () => (await evidenceUpTo(0)).newest > newest, 40_000);
    });

    test('ends with 0 on SIGTERM, within 10 s', async () => {
      // After them Docker would kill it, and the code would be 137.
      await compose('stop', '--timeout', '10', 'mailminute');
      assert.equal(await exitCodeOf(cell(), await mailminute()), '0');
      assert.equal((await ask(cell(), published.mailminute)).status, 0);
    });

    test('says in the log what is wrong in a configuration, with its line, and ends with 2', async () => {
      const folder = join(cell().directory, 'wrong');
      await mkdir(folder);
      const file = join(folder, 'mailminute.yaml');
      await writeFile(file, 'database: /data/mailminute.db\ntennants: []\n');
      const wrong = await run(cell(), ['--rm', `--volume=${folder}:/etc/mailminute:ro`]);
      assert.equal(wrong.code, 2);
      assert.match(wrong.stderr, /\/etc\/mailminute\/mailminute\.yaml:2/);
      assert.match(wrong.stderr, /tennants/);
    });
  });
}
