import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadSettings } from '../../src/config/load.ts';
import { trusted } from '../support/certificates.ts';
import { root } from './build.ts';
import { execute, type Outcome } from './cell.ts';
import { missingHere } from './requirements.ts';

const mount = z.object({
  type: z.string(),
  source: z.string(),
  target: z.string(),
  read_only: z.boolean().default(false),
});
const service = z.object({
  image: z.string(),
  read_only: z.boolean().default(false),
  cap_drop: z.array(z.string()).default([]),
  cap_add: z.array(z.string()).default([]),
  profiles: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  ports: z.array(z.string()),
  volumes: z.array(mount),
});
const composition = z.object({ services: z.record(z.string(), service) });

const promtool = (...args: string[]): Promise<Outcome> =>
  execute('promtool', ['check', ...args], process.env, 30_000);

describe('docker-compose.yml', { skip: missingHere(['docker-compose'], false) }, () => {
  /** As docker-compose 1.29 understands the file: defaults and variables filled in. */
  async function resolved(env: NodeJS.ProcessEnv): Promise<z.infer<typeof composition>> {
    const args = ['--file', join(root, 'docker-compose.yml'), 'config'];
    const outcome = await execute('docker-compose', args, { ...process.env, ...env }, 60_000);
    assert.equal(outcome.code, 0, outcome.stderr);
    return composition.parse(parse(outcome.stdout));
  }

  test('is read by docker-compose 1.29, and holds mailminute and all that is beside it', async () => {
    const { services } = await resolved({});
    const profiles = Object.entries(services).map(([name, is]) => [name, is.profiles.join()]);
    assert.deepEqual(Object.fromEntries(profiles), {
      alertmanager: '',
      demo: 'demo',
      'demo-tenant': 'demo',
      grafana: '',
      mailminute: 'default',
      prometheus: '',
    });
    // Without it no mailminute would start.
    assert.match(readFileSync(join(root, '.env'), 'utf8'), /^COMPOSE_PROFILES=default$/m);
  });

  test('publishes every port on this machine only, and confines every service', async () => {
    for (const [name, is] of Object.entries((await resolved({})).services)) {
      assert.ok(is.ports.length > 0, name);
      for (const port of is.ports) assert.match(port, /^127\.0\.0\.1:/, name);
      assert.equal(is.read_only, true, name);
      assert.deepEqual(is.cap_drop, ['ALL'], name);
      assert.ok(is.cap_add.length === 0 || name === 'demo-tenant', name);
      assert.deepEqual(is.security_opt, ['no-new-privileges:true'], name);
    }
  });

  test('mounts configuration and secrets read-only, from other folders if asked to', async () => {
    const folders = { MAILMINUTE_CONFIG_FOLDER: '/a', MAILMINUTE_SECRETS_FOLDER: '/b' };
    const { services } = await resolved(folders);
    assert.deepEqual(services.mailminute?.volumes, [
      { type: 'volume', source: 'mailminute-data', target: '/data', read_only: false },
      { type: 'bind', source: '/a', target: '/etc/mailminute', read_only: true },
      { type: 'bind', source: '/b', target: '/run/secrets', read_only: true },
    ]);
  });

  test('pins the version of every image that it does not build', async () => {
    for (const [name, { image }] of Object.entries((await resolved({})).services))
      assert.match(image, /^mailminute(-demo-tenant)?:local$|:v?\d+\.\d+\.\d+$/, name);
  });
});

test('the configuration of the demo is without a fault', () => {
  const { faults } = loadSettings(
    join(root, 'config/demo/mailminute.yaml'),
    {},
    {
      list: () => [],
      read: (path) =>
        path.startsWith('/run/demo/')
          ? path.endsWith('.pem')
            ? trusted.cert
            : 'a password'
          : readFileSync(path, 'utf8'),
    },
  );
  assert.deepEqual(faults, []);
});

describe('prometheus.yml', { skip: missingHere(['prometheus'], false) }, () => {
  const path = join(root, 'config/prometheus/prometheus.yml');

  test('is a configuration that Prometheus accepts', async () => {
    const checked = await promtool('config', path);
    assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  });

  test('scrapes the mailminute of docker-compose.yml at its port', () => {
    const targets = z
      .object({
        scrape_configs: z.array(
          z.object({
            job_name: z.string(),
            static_configs: z.array(z.object({ targets: z.array(z.string()) })),
          }),
        ),
      })
      .parse(parse(readFileSync(path, 'utf8')))
      .scrape_configs.find((job) => job.job_name === 'mailminute')
      ?.static_configs.flatMap((group) => group.targets);
    assert.deepEqual(targets, ['mailminute:9925']);
  });
});
