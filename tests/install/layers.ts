import { existsSync, globSync, readFileSync } from 'node:fs';
import { chmod, cp, mkdir, mkdtemp, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { must, root } from '../container/build.ts';
import { execute } from '../container/cell.ts';
import { npmOfThisMachine } from '../container/image.ts';
import { identities, type User } from './bare-root.ts';

/** Where layers that never change are kept between two runs. */
const kept = join(process.env.XDG_CACHE_HOME ?? '/var/tmp', 'mailminute-install');

const suite = 'bookworm';

/** npm's cache for one user: root's files in it would be closed to the other. */
export async function cacheOf(user: User): Promise<string> {
  const folder = join(kept, `npm-of-${user}`);
  await mkdir(folder, { recursive: true });
  await run('chown', [`${identities[user].id}`, folder]);
  return folder;
}

/** Debian's minimal system with the authorities' certificates and a plain user: no compiler, no Python. */
export function baseLayer(): Promise<string> {
  return make(`base-${suite}`, async (folder) => {
    // apt's sources as this machine has them, in both notations.
    const sources = globSync('/etc/apt/{sources.list,sources.list.d/*.{list,sources}}').filter(
      (file) => readFileSync(file, 'utf8').includes(suite),
    );
    const { id, home } = identities.plain;
    await run('mmdebstrap', [
      ...['--quiet', '--variant=minbase', '--include=ca-certificates'],
      ...['--dpkgopt=force-unsafe-io', '--aptopt=Acquire::Languages "none"'],
      `--customize-hook=chroot "$1" useradd --uid ${id} --create-home --home-dir ${home} plain`,
      ...[suite, folder, ...sources],
    ]);
    const compilers = ['gcc', 'cc', 'make', 'python3', 'node', 'git'];
    const found = compilers.filter((name) => existsSync(join(folder, 'usr/bin', name)));
    if (found.length > 0) throw new Error(`the bare root is not bare: ${found.join(' ')}`);
  });
}

/** One Node, in /usr/local. */
export function nodeLayer(version: string): Promise<string> {
  return make(`node-${version}`, async (folder) => {
    const packed = await unpack(folder, `node-linux-${process.arch}@${version}`);
    const program = join(folder, 'usr/local/bin/node');
    await mkdir(dirname(program), { recursive: true });
    await rename(join(packed, 'bin/node'), program);
    await chmod(program, 0o755);
    await rm(packed, { recursive: true });
  });
}

/** One npm, in /usr/local. */
export function npmLayer(version: string): Promise<string> {
  return make(`npm-${version}`, async (folder) => {
    const packed = await unpack(folder, `npm@${version}`);
    const library = join(folder, 'usr/local/lib/node_modules/npm');
    const programs = join(folder, 'usr/local/bin');
    await mkdir(dirname(library), { recursive: true });
    await mkdir(programs, { recursive: true });
    await rename(packed, library);
    for (const name of ['npm', 'npx']) {
      await chmod(join(library, 'bin', `${name}-cli.js`), 0o755);
      await symlink(`../lib/node_modules/npm/bin/${name}-cli.js`, join(programs, name));
    }
  });
}

/** The user's home: this tree as a clone has it, and this machine's registry. Made at each run. */
export async function homeLayer(folder: string, user: User): Promise<string> {
  const { id, home } = identities[user];
  const clone = join(folder, home, 'mailminute');
  const listed = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']);
  for (const file of listed.split('\0')) {
    // Listed, but removed and not committed yet.
    if (file !== '' && existsSync(join(root, file)))
      await cp(join(root, file), join(clone, file), { recursive: true });
  }
  await npmOfThisMachine(join(folder, home), home, '/var/cache/npm');
  await run('chown', ['-R', `${id}:${id}`, join(folder, home)]);
  return folder;
}

const making = new Map<string, Promise<string>>();

/** The folder of that name, made once, also if two ask for it. */
function make(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const place = join(kept, `${name}-${process.arch}`);
  const made = making.get(place) ?? makeNow(name, place, fill);
  making.set(place, made);
  return made;
}

/** Moved into place whole, so that none is half made. */
async function makeNow(
  name: string,
  place: string,
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  if (existsSync(place)) return place;
  process.stdout.write(`making ${name}\n`);
  await mkdir(kept, { recursive: true });
  const work = await mkdtemp(join(kept, 'work-'));
  await chmod(work, 0o755);
  await fill(work);
  await rename(work, place);
  return place;
}

/** Unpacks a package of npm's registry into a folder of its own. */
async function unpack(folder: string, spec: string): Promise<string> {
  const packed = join(folder, 'package');
  const names = await run('npm', ['pack', '--silent', '--pack-destination', folder, spec]);
  const archive = join(folder, names.trim().split('\n').at(-1) ?? '');
  await run('tar', ['-xzf', archive, '-C', folder]);
  await rm(archive);
  return packed;
}

async function run(program: string, args: readonly string[]): Promise<string> {
  const options = { ...process.env, PWD: root };
  return must(program, await execute(program, args, options, 300_000)).stdout;
}
