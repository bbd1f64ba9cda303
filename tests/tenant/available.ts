import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The packages of `packages.txt` that are not installed; null where there is no dpkg to ask. */
function missingPackages(): string[] | null {
  const text = readFileSync(join(import.meta.dirname, 'packages.txt'), 'utf8');
  const wanted = text.split('\n').filter((line) => line !== '');
  const format = ['--show', '--showformat', `\${Package} \${db:Status-Status}\n`];
  // Exits with 1 when it does not know one of them, and lists the others nevertheless.
  const args = [...format, ...wanted];
  const { stdout, error } = spawnSync('/usr/bin/dpkg-query', args, { encoding: 'utf8' });
  if (error !== undefined) return null;
  const installed = new Set(stdout.split('\n'));
  return wanted.filter((name) => !installed.has(`${name} installed`));
}

/** Null when the tenant can be brought up here, else one line that says what is missing. */
export function isAvailable(): string | null {
  if (process.getuid?.() !== 0) return 'the real tenant needs root';
  const missing = missingPackages();
  if (missing === null) return 'the real tenant needs Debian 12 (no dpkg-query here)';
  return missing.length === 0
    ? null
    : `the real tenant needs Debian packages: apt-get install ${missing.join(' ')}`;
}

/** The newest PHP FPM of this machine; Debian has the version in the file's name. */
export function phpFpmBinary(): string {
  const newest = globSync('/usr/sbin/php-fpm[0-9]*').sort().at(-1);
  if (newest === undefined) throw new Error('no php-fpm in /usr/sbin');
  return newest;
}
