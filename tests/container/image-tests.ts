import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { root } from './build.ts';
import { imageName } from './image.ts';
import { get, inNode, run, succeeded, uid, untilHealthy } from './running.ts';
import type { Stage } from './stage.ts';

export function testImage(stage: () => Stage): void {
  describe('the container image', () => {
    const cell = () => stage().cell;

    test('holds the program and its production dependencies, and nothing else', async () => {
      const script = `
      const { readdirSync } = require('node:fs');
      const app = readdirSync('/app').sort();
      const modules = readdirSync('/app/node_modules');
      const binaries = readdirSync('/app/node_modules/better-sqlite3/prebuilds');
      console.log(JSON.stringify({ app, development: modules.includes('typescript'), binaries }));`;
      assert.deepEqual(JSON.parse(succeeded(await inNode(cell(), script))), {
        app: [
          ...['LICENSE', 'config', 'docs', 'migrations', 'node_modules', 'package-lock.json'],
          ...['package.json', 'probes', 'src'],
        ],
        development: false,
        binaries: [`linux-${process.arch}.node`],
      });
    });

    test('says how it is run: user, port, volume, stop signal, health check', async () => {
      const inspected = await cell().podman(['image', 'inspect', imageName]);
      const [image] = JSON.parse(succeeded(inspected));
      assert.equal(image.Config.User, `${uid}:${uid}`);
      assert.deepEqual(Object.keys(image.Config.ExposedPorts), ['9925/tcp']);
      assert.deepEqual(Object.keys(image.Config.Volumes), ['/data']);
      assert.equal(image.Config.StopSignal, 'SIGTERM');
      assert.deepEqual(image.Config.Entrypoint, ['mailminute']);
      assert.deepEqual(image.Config.Cmd, ['run', '--config', '/etc/mailminute/mailminute.yaml']);
      assert.deepEqual(image.Healthcheck.Test.slice(0, 3), ['CMD', 'node', '-e']);
    });

    test('runs as its fixed user, never as root', async () => {
      const script = 'console.log(process.getuid(), process.getgid(), process.getgroups().join())';
      assert.equal(succeeded(await inNode(cell(), script)), `${uid} ${uid} ${uid}\n`);
    });

    test('runs Node 24', async () => {
      assert.match(succeeded(await inNode(cell(), 'console.log(process.version)')), /^v24\./);
    });

    test('writes to its volume and nowhere else', async () => {
      const script = `
      const write = (path) => {
        try { require('node:fs').writeFileSync(path, 'x'); return 'written'; }
        catch (error) { return error.code; }
      };
      console.log([ '/x', '/app/src/x', '/etc/mailminute/x', '/data/x' ].map(write).join(' '));`;
      const answer = succeeded(await inNode(cell(), script));
      assert.equal(answer, 'EROFS EROFS EROFS written\n');
    });

    test('keeps a SQLite database in its volume from one container to the next', async () => {
      const open = `
      const Database = require('/app/node_modules/better-sqlite3');
      const database = new Database('/data/smoke.db');
      database.pragma('journal_mode = WAL');`;
      const write = `${open} database.exec('CREATE TABLE t (x)'); database.exec('INSERT INTO t VALUES (7)');`;
      const read = `${open} console.log(database.prepare('SELECT x FROM t').pluck().get());`;
      succeeded(await inNode(cell(), write));
      assert.equal(succeeded(await inNode(cell(), read)), '7\n');
    });

    test('has mailminute on the PATH, which says its version', async () => {
      const version = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version;
      const said = await run(cell(), ['--rm'], 'version');
      assert.ok(succeeded(said).includes(version), `no ${version} in ${said.stdout}`);
    });

    test('shows its commands on --help', async () => {
      const help = succeeded(await run(cell(), ['--rm'], '--help'));
      assert.match(help, /\brun\b/);
    });

    test('serves health and metrics, passes its health check, and ends well on SIGTERM', async () => {
      const config = `--volume=${stage().mounted.config}:/etc/mailminute:ro`;
      const secrets = `--volume=${stage().mounted.secrets}:/run/secrets:ro`;
      const id = succeeded(await run(cell(), ['--detach', config, secrets])).trim();

      await untilHealthy(cell(), id);
      assert.equal(await get(cell(), id, '/-/healthy'), '200');
      assert.match(await get(cell(), id, '/metrics'), /^200\n(.*\n)*# TYPE mailminute_/);
      succeeded(await cell().podman(['healthcheck', 'run', id]));

      succeeded(await cell().podman(['stop', '--time=10', id], 30_000));
      const state = await cell().podman(['inspect', '--format={{.State.ExitCode}}', id]);
      const { stdout, stderr } = await cell().podman(['logs', id]);
      // 137 would be the SIGKILL after the ten seconds.
      assert.equal(succeeded(state).trim(), '0', `${stdout.slice(-2_000)}${stderr.slice(-2_000)}`);
    });
  });
}
