import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import pino from 'pino';
import type { LoadedSettings, Settings } from '../src/config/settings.ts';
import { openAccess } from '../src/domain/access.ts';
import { Metrics } from '../src/metrics/metrics.ts';
import { createReloader } from '../src/reload.ts';

const settings = (database: string): Settings => ({
  listen: [],
  web: { enableLifecycle: false, configFile: null, access: openAccess },
  database,
  controls: [],
  browser: null,
  alertmanager: null,
  tenants: [],
  contracts: new Map(),
});
const good = (name: string): LoadedSettings => ({
  settings: settings(name),
  faults: [],
  warnings: [],
});

function reloaderOf(
  read: (running: Settings) => LoadedSettings,
  apply: (next: Settings) => Promise<void> = async () => {},
) {
  const metrics = new Metrics({ version: '0', nodeVersion: '0' });
  const clock = { wall: () => 1_000_000, monotonic: () => 0 };
  const logger = pino({ level: 'silent' });
  const reloader = createReloader(settings('first'), { clock, logger, metrics, read, apply });
  const isGood = async () =>
    /^mailminute_config_last_reload_successful 1$/m.test((await metrics.render()).body);
  return { ...reloader, isGood };
}

test('one reload at a time; all who ask while one is under way share the next', async () => {
  let reads = 0;
  let applying = 0;
  const gates: (() => void)[] = [];
  const { reload } = reloaderOf(
    () => good(`${++reads}`),
    async () => {
      applying++;
      assert.equal(applying, 1);
      await new Promise<void>((resolve) => gates.push(resolve));
      applying--;
    },
  );
  const first = reload();
  await nextTurn();
  const others = Array.from({ length: 20 }, () => reload());
  assert.equal(reads, 1);
  gates[0]?.();
  await first;
  await nextTurn();
  assert.equal(reads, 2);
  gates[1]?.();
  assert.deepEqual(new Set(await Promise.all(others)), new Set([null]));
  assert.equal(reads, 2);
});

test('a refused file is told until one is taken up; what ran is what the next is compared with', async () => {
  const compared: string[] = [];
  const answers: LoadedSettings[] = [
    good('second'),
    {
      settings: null,
      faults: [{ file: 'a.yaml', line: 3, column: 1, path: 'colour', message: 'unknown key' }],
      warnings: [],
    },
    good('third'),
  ];
  const { reload, notices, isGood } = reloaderOf((running) => {
    compared.push(running.database);
    return answers.shift() ?? good('last');
  });
  assert.equal(await isGood(), true);
  assert.equal(await reload(), null);
  assert.equal(await reload(), 'a.yaml:3:1 colour: unknown key');
  assert.equal(await isGood(), false);
  assert.deepEqual(notices(), [
    'The configuration was refused at 1970-01-01T00:16:40.000Z, and the one before goes on: a.yaml:3:1 colour: unknown key',
  ]);
  assert.equal(await reload(), null);
  assert.deepEqual([await isGood(), notices()], [true, []]);
  assert.deepEqual(compared, ['first', 'second', 'second']);
});

test('a fault of our own while taking it up is a refusal, and the next reload is tried', async () => {
  let faulty = true;
  const { reload, isGood } = reloaderOf(
    () => good('second'),
    async () => {
      if (faulty) throw new Error('broken');
    },
  );
  assert.equal(await reload(), 'Error: broken');
  assert.equal(await isGood(), false);
  faulty = false;
  assert.equal(await reload(), null);
  assert.equal(await isGood(), true);
});
