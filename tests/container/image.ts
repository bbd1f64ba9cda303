import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Cell, execute, type Outcome } from './cell.ts';

/** The tree that holds the Dockerfile. */
export const root = resolve(import.meta.dirname, '../..');

/** The name under which the image of the tree is built in a cell: docker-compose.yml's. */
export const imageName = 'docker.io/library/mailminute:local';

const baseName = 'docker.io/library/node:24-bookworm-slim';

/**
 * Builds the image from the tree's real Dockerfile, with a stand-in for the official base image.
 * Throws with the end of the output if a step fails. Up to a minute and a half when nothing is kept.
 */
export async function buildImage(cell: Cell): Promise<void> {
  const tar = await makeStandIn();
  must('import', await cell.podman(['import', '--change', 'CMD ["node"]', tar, baseName], 180_000));
  const npm = await npmOfThisMachine(cell.directory);
  // No layer is kept between steps: nothing of this storage is used again.
  const build = [
    'build',
    '--isolation=chroot',
    '--pull=never',
    '--format=docker',
    '--layers=false',
  ];
  const mounts = [`--volume=${npm}:/root:ro`];
  must('build', await cell.podmanOnline([...build, ...mounts, '--tag', imageName, root], 300_000));
}

async function makeStandIn(): Promise<string> {
  const parent = process.env.XDG_CACHE_HOME ?? '/var/tmp';
  const cache = join(parent, 'mailminute-stand-in');
  const script = join(root, 'tests/container/stand-in.sh');
  const made = must('stand-in', await execute(script, [cache], process.env, 300_000));
  return made.stdout.trim();
}

/**
 * A home directory for the build that says what this machine's npm says: the same registry, the
 * same certificate authorities. Nothing else of the machine's settings goes in, and no credential.
 */
async function npmOfThisMachine(directory: string): Promise<string> {
  const home = join(directory, 'npm');
  await mkdir(home);
  const registry = await npmSetting('registry');
  const configured = await npmSetting('cafile');
  const authorities = [configured, process.env.NODE_EXTRA_CA_CERTS, bundle].find(isPath) ?? bundle;
  await copyFile(authorities, join(home, 'authorities.crt'));
  const lines = [`registry=${registry}`, 'cafile=/root/authorities.crt', 'cache=/tmp/npm'];
  await writeFile(join(home, '.npmrc'), `${lines.join('\n')}\n`);
  return home;
}

const bundle = '/etc/ssl/certs/ca-certificates.crt';

function isPath(value: string | undefined): boolean {
  return value?.startsWith('/') === true;
}

async function npmSetting(name: string): Promise<string> {
  const options = { ...process.env, HOME: homedir() };
  const asked = await execute('npm', ['config', 'get', name], options, 30_000);
  return must(`npm config get ${name}`, asked).stdout.trim();
}

function must(step: string, outcome: Outcome): Outcome {
  if (outcome.code !== 0) {
    throw new Error(`${step} ended with ${outcome.code}: ${outcome.stderr.slice(-12_000)}`);
  }
  return outcome;
}
