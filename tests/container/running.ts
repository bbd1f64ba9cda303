import assert from 'node:assert/strict';
import { chmod, chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, Outcome } from './cell.ts';
import { imageName } from './image.ts';

/** The user and group that the program runs as. */
export const uid = 10925;

/** As docker-compose.yml runs it; a network of its own, so that port 9925 is the real one. */
const confined = [
  '--read-only',
  '--read-only-tmpfs=false',
  '--cap-drop=ALL',
  '--security-opt=no-new-privileges',
  '--network=none',
  '--tmpfs=/tmp',
  '--volume=smoke-data:/data',
];

/** Runs the image's program, confined. */
export function run(cell: Cell, options: readonly string[], ...args: string[]): Promise<Outcome> {
  const all = [`--cgroup-parent=${cell.cgroup}`, ...confined, ...options];
  return cell.podman(['run', ...all, imageName, ...args]);
}

/** Runs JavaScript in a new container, as the program's user. */
export function inNode(cell: Cell, script: string): Promise<Outcome> {
  return run(cell, ['--rm', '--entrypoint=node'], '--eval', script);
}

/** The standard output of a command that must have ended with 0. */
export function succeeded(outcome: Outcome): string {
  assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
  return outcome.stdout;
}

/** The status, and for `/metrics` the body as well. */
export async function get(cell: Cell, id: string, path: string): Promise<string> {
  const script = `fetch('http://127.0.0.1:9925${path}', { signal: AbortSignal.timeout(5000) })
    .then(async (answer) => console.log(answer.status + (await answer.text()).replace(/^/, '\\n')))`;
  const answer = succeeded(await cell.podman(['exec', id, 'node', '--eval', script]));
  return path === '/metrics' ? answer : answer.slice(0, 3);
}

/** Waits for the program to answer; fails with its log when it ended or thirty seconds passed. */
export async function untilHealthy(cell: Cell, id: string): Promise<void> {
  const deadline = Date.now() + 30_000;
  while ((await cell.podman(['healthcheck', 'run', id])).code !== 0) {
    const state = await cell.podman(['inspect', '--format={{.State.Running}}', id]);
    if (Date.now() > deadline || state.stdout.trim() !== 'true') {
      const { stdout, stderr } = await cell.podman(['logs', id]);
      assert.fail(`not healthy; the log says: ${stdout.slice(-3_000)}${stderr.slice(-3_000)}`);
    }
    await sleep(500);
  }
}

/** With which code a container ended. */
export async function exitCodeOf(cell: Cell, id: string): Promise<string> {
  return succeeded(await cell.podman(['inspect', '--format={{.State.ExitCode}}', id])).trim();
}

/** Two folders to mount. */
export interface Mounted {
  readonly config: string;
  readonly secrets: string;
}

/** A tenant whose every port is closed, with its secret in a file only the program may read. */
export async function writeConfiguration(directory: string): Promise<Mounted> {
  const config = join(directory, 'etc');
  const secrets = join(directory, 'secrets');
  await mkdir(config);
  await mkdir(secrets);
  await writeFile(join(config, 'mailminute.yaml'), configuration);
  await writeFile(join(secrets, 'acme'), 'not-a-secret\n');
  await chown(join(secrets, 'acme'), uid, uid);
  await chmod(join(secrets, 'acme'), 0o400);
  return { config, secrets };
}

const configuration = `
listen: 0.0.0.0:9925
database: /data/mailminute.db
controls:
  - { host: 127.0.0.1, port: 1 }
  - { host: 127.0.0.1, port: 2 }
  - { host: 127.0.0.1, port: 3 }
tenants:
  - name: acme
    contract: tencent-exmail-2020
    zone: Asia/Shanghai
    mailbox:
      address: probe@acme.example
      password: { file: /run/secrets/acme }
    smtp: { host: 127.0.0.1, port: 4, tls: none }
    imap: { host: 127.0.0.1, port: 5, tls: none }
    pop: { host: 127.0.0.1, port: 6, tls: none }
`;
