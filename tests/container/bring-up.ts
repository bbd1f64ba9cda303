import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { root } from './build.ts';
import type { Cell, Outcome } from './cell.ts';
import { succeeded } from './running.ts';

/**
 * docker-compose on the tree's docker-compose.yml, in a cell where podman plays Docker's daemon.
 * `env` is beside the machine's: what the file's variables stand for.
 */
export type Compose = (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Outcome>;

const services = ['mailminute', 'demo', 'demo-tenant', 'prometheus', 'alertmanager', 'grafana'];

/** Starts podman's service in the cell, once, and returns docker-compose on it. */
export async function openCompose(cell: Cell): Promise<Compose> {
  const socket = join(cell.directory, 'docker.sock');
  // Ends with the cell; bounded anyway.
  void cell.podman(['system', 'service', '--time=0', `unix://${socket}`], 900_000);
  const deadline = Date.now() + 20_000;
  while (!existsSync(socket) && Date.now() < deadline) await sleep(100);

  const override = join(cell.directory, 'override.yml');
  const grouped = services.map((name) => [name, { cgroup_parent: cell.cgroup }]);
  await writeFile(override, stringify({ services: Object.fromEntries(grouped) }));
  const files = ['--project-directory', root, '--file', join(root, 'docker-compose.yml')];
  const fixed = { DOCKER_HOST: `unix://${socket}`, COMPOSE_PROJECT_NAME: 'stack' };
  return (args, env = {}) =>
    cell.enter(
      ['docker-compose', ...files, '--file', override, ...args],
      { ...fixed, ...env },
      180_000,
    );
}

/** The containers that there are, by service; stopped ones too. */
export async function containers(cell: Cell): Promise<ReadonlyMap<string, string>> {
  const format = '{{index .Labels "com.docker.compose.service"}} {{.ID}}';
  const listed = await cell.podman(['ps', '--all', '--no-trunc', `--format=${format}`]);
  const lines = succeeded(listed)
    .trim()
    .split('\n')
    .filter((line) => line.includes(' '));
  return new Map(lines.map((line) => line.split(' ')).map(([name = '', id = '']) => [name, id]));
}

/** The container of a service, which must be there. */
export async function containerOf(cell: Cell, service: string): Promise<string> {
  const id = (await containers(cell)).get(service);
  if (id === undefined) throw new Error(`there is no container of ${service}`);
  return id;
}
