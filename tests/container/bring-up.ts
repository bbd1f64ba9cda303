import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cell, Outcome } from './cell.ts';
import { root } from './image.ts';
import { type Mounted, succeeded } from './running.ts';

/** Runs a docker-compose command on what was brought up. */
export type Compose = (...args: string[]) => Promise<Outcome>;

/**
 * Brings up the mailminute of docker-compose.yml, whose image must have been built in the cell.
 * podman plays Docker's daemon. Prometheus is left out: its image would have to be pulled.
 */
export async function composeUp(cell: Cell, mounted: Mounted): Promise<Compose> {
  const socket = join(cell.directory, 'docker.sock');
  // Ends with the cell; bounded anyway.
  void cell.podman(['system', 'service', '--time=0', `unix://${socket}`], 300_000);
  const deadline = Date.now() + 20_000;
  while (!existsSync(socket) && Date.now() < deadline) await sleep(100);

  const override = join(cell.directory, 'override.yml');
  await writeFile(override, `services: { mailminute: { cgroup_parent: ${cell.cgroup} } }\n`);
  const files = ['--file', join(root, 'docker-compose.yml'), '--file', override];
  const env = {
    DOCKER_HOST: `unix://${socket}`,
    COMPOSE_PROJECT_NAME: 'smoke',
    MAILMINUTE_CONFIG_FOLDER: mounted.config,
    MAILMINUTE_SECRETS_FOLDER: mounted.secrets,
  };
  const compose: Compose = (...args) =>
    cell.enter(['docker-compose', ...files, ...args], env, 60_000);
  succeeded(await compose('up', '--no-build', '--detach', 'mailminute'));
  return compose;
}
