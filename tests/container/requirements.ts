import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/**
 * Why tests that need Debian's packages (and root, if asked for) cannot run here, in one line;
 * `false` if they can. The shape is that of node:test's `skip`.
 *
 * With `CI=true` a missing requirement throws: there, nothing may be skipped in silence.
 */
export function missingHere(packages: readonly string[], needsRoot: boolean): string | false {
  const reason = findMissing(packages, needsRoot);
  if (reason !== false && process.env.CI === 'true') {
    throw new Error(`CI=true and the container tests cannot run: ${reason}`);
  }
  return reason;
}

function findMissing(packages: readonly string[], needsRoot: boolean): string | false {
  if (!existsSync('/etc/debian_version') || !/^ID=debian$/m.test(osRelease())) {
    return 'needs Debian';
  }
  const absent = packages.filter((name) => !isInstalled(name));
  if (absent.length > 0) return `needs Debian's packages: apt-get install ${absent.join(' ')}`;
  if (needsRoot && process.getuid?.() !== 0) return 'needs root, to make a file system and mount';
  return false;
}

function osRelease(): string {
  return existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
}

function isInstalled(name: string): boolean {
  const asked = spawnSync('dpkg', ['--status', name], { encoding: 'utf8', timeout: 10_000 });
  return asked.status === 0 && /^Status: install ok installed$/m.test(asked.stdout);
}
