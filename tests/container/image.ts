import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { build, must, root } from './build.ts';
import { type Cell, execute } from './cell.ts';

/** The name under which the image of the tree is built in a cell: docker-compose.yml's. */
export const imageName = 'docker.io/library/mailminute:local';

/** The demo's mail tenant, as docker-compose.yml names it. */
export const tenantName = 'docker.io/library/mailminute-demo-tenant:local';

/**
 * Builds the image from the tree's real Dockerfile; the base must be there (`bringBase`).
 * Throws with the end of the output if a step fails. Up to a minute and a half.
 * @param name under which; `args` are its build arguments
 */
export async function buildImage(
  cell: Cell,
  name = imageName,
  args: readonly string[] = [],
): Promise<void> {
  const npm = join(cell.directory, 'npm');
  await npmOfThisMachine(npm, '/root', '/tmp/npm');
  const given = args.flatMap((arg) => ['--build-arg', arg]);
  await build(cell, name, root, { online: true, more: [`--volume=${npm}:/root:ro`, ...given] });
}

/** Builds the demo's tenant from its real Dockerfile, with packages from this machine's apt sources. */
export function buildTenant(cell: Cell): Promise<void> {
  return build(cell, tenantName, join(root, 'config/demo/tenant'), { online: true });
}

/**
 * Makes a home directory say what this machine's npm says: the same registry, the same certificate
 * authorities. Nothing else of the machine's settings goes in, and no credential.
 * @param path of that home where it is used; `cache` is npm's, there
 */
export async function npmOfThisMachine(home: string, path: string, cache: string): Promise<void> {
  await mkdir(home, { recursive: true });
  const registry = await npmSetting('registry');
  const configured = await npmSetting('cafile');
  const authorities = [configured, process.env.NODE_EXTRA_CA_CERTS, bundle].find(isPath) ?? bundle;
  await copyFile(authorities, join(home, 'authorities.crt'));
  const lines = [`registry=${registry}`, `cafile=${path}/authorities.crt`, `cache=${cache}`];
  await writeFile(join(home, '.npmrc'), `${lines.join('\n')}\n`);
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
