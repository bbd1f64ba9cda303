/**
 * `npm test`: installs what the tests need of Debian's packages where that is possible, checks the
 * code, and runs every test. Elsewhere it runs the rest, and says in one line what it could not run;
 * with CI=true that is a failure. `npm test FILE…` runs these with what is installed, and installs nothing.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { run as runTests } from 'node:test';
import { spec } from 'node:test/reporters';
import { missingTool } from './install/tools.ts';

const root = join(import.meta.dirname, '..');
const inCi = process.env.CI === 'true';
const named = process.argv.slice(2);

function run(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): number {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit', env });
  if (error !== undefined) process.stderr.write(`${command}: ${error.message}\n`);
  return status ?? 1;
}

/** Files that live through outages at real pace: they begin first, and take time but little else. */
const longest = [
  'tests/live/accuracy.test.ts',
  'tests/daemon/outage.test.ts',
  'tests/daemon/restart.test.ts',
  'tests/daemon/held-queue.test.ts',
  'tests/alerts/paths.test.ts',
  'tests/namespace/route.test.ts',
  'tests/daemon/push.test.ts',
];

/** Takes the whole machine for minutes: begun when those whose figures that would spoil are nearly over. */
const heaviest = 'tests/container/container.test.ts';
const place = (file: string) => (file === heaviest ? 'tests/e' : file);

/** Runs the files that are named, or all of them, the longest first; tells whether all passed. */
async function test(): Promise<boolean> {
  const found = globSync(named.length > 0 ? named : 'tests/**/*.test.ts', { cwd: root });
  if (found.length === 0) {
    process.stderr.write(`no test file: ${named.join(' ')}\n`);
    return false;
  }
  const rank = (file: string) =>
    (longest.indexOf(file) + longest.length + 1) % (longest.length + 1);
  const files = found
    .sort((one, other) => (place(one) < place(other) ? -1 : 1))
    .sort((one, other) => rank(one) - rank(other));
  let passed = true;
  const results = runTests({
    cwd: root,
    files: files.map((file) => join(root, file)),
    // More at once, and the machine itself would be slower than the answers that the tests wait for.
    concurrency: availableParallelism() + 2,
  });
  results.on('test:fail', ({ todo }) => {
    passed &&= todo !== undefined && todo !== false;
  });
  await pipeline(results, new spec(), process.stdout, { end: false });
  return passed;
}

function neededPackages(): string[] {
  const lists = globSync(['tests/packages.txt', 'tests/*/packages.txt'], { cwd: root });
  const names = lists.flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n'));
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '').sort();
}

/** Null where there is no dpkg to ask. */
function missing(packages: readonly string[]): string[] | null {
  const asked = spawnSync(
    'dpkg-query',
    ['--show', '--showformat', `\${Package} \${db:Status-Status}\n`, ...packages],
    { encoding: 'utf8' },
  );
  if (asked.error !== undefined) return null;
  const installed = new Set(asked.stdout.split('\n'));
  return packages.filter((name) => !installed.has(`${name} installed`));
}

/** What cannot be run here, in one line; null when everything can. */
function prepare(): string | null {
  const packages = neededPackages();
  const absent = missing(packages);
  if (absent === null || !existsSync('/etc/debian_version'))
    return 'the tests on real servers need Debian 12';
  if (process.getuid?.() !== 0) return 'the tests on real servers need root';
  if (absent.length === 0) return null;
  if (named.length > 0) return 'tests that need Debian packages; npm test alone installs these';
  process.stdout.write(`installing Debian packages for the tests: ${absent.join(' ')}\n`);
  // Run level 1: the packages' own services are not started; the tests start theirs, elsewhere.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  run('apt-get', ['update', '-qq'], env);
  run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...absent], env);
  const left = missing(packages) ?? [];
  return left.length === 0 ? null : `Debian packages could not be installed: ${left.join(' ')}`;
}

/** The check, by the npm that started us: another one may come first on the PATH, or none. */
function check(): number {
  const npm = process.env.npm_execpath;
  const rest = ['run', '--silent', 'check'];
  return npm === undefined ? run('npm', rest) : run(process.execPath, [npm, ...rest]);
}

const lacking = missingTool();
if (lacking !== null) {
  process.stderr.write(`npm test cannot run here: ${lacking}.\n`);
  process.exit(2);
}
const unable = prepare();
if (unable !== null && inCi && named.length === 0) {
  process.stderr.write(`CI=true and not every test can run: ${unable}\n`);
  process.exit(1);
}
const checked = check();
const tested = (await test()) ? 0 : 1;
if (unable !== null) process.stdout.write(`NOT RUN: ${unable}.\n`);
if (checked !== 0)
  process.stdout.write('npm run check failed; its output stands above the tests.\n');
process.exit(checked === 0 ? tested : checked);
