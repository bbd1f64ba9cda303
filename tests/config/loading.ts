import { resolve } from 'node:path';
import { rootCertificates } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { formatFault } from '../../src/config/fault.ts';
import { type Files, realFiles } from '../../src/config/files.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/settings.ts';

/** A valid certificate to trust: one that Node brings along. */
export const certificate = rootCertificates[0] ?? '';

export const programFolder = fileURLToPath(new URL('../../', import.meta.url));

/** The smallest configuration that is right; one key a line, so that tests can exchange them. */
export const smallest = `tenants:
  - name: acme
    mailbox:
      address: probe@acme.example
      password: { env: ACME_PASSWORD }
    imap: { host: imap.acme.example }
`;

/** Files by path, relative to the working folder; what comes with the program is there as well. */
function filesOf(texts: Readonly<Record<string, string>>): Files {
  const byPath = new Map(Object.entries(texts).map(([path, text]) => [resolve(path), text]));
  return {
    read: (path) => {
      const text = byPath.get(resolve(path));
      if (text !== undefined) return text;
      if (resolve(path).startsWith(`${programFolder}config/`)) return realFiles.read(path);
      throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    },
    list: (folder) =>
      folder.endsWith('contracts')
        ? ['one-minute.yaml', 'tencent-exmail-2020.yaml']
        : ['page.yaml'],
  };
}

interface Loaded {
  readonly settings: Settings | null;
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}

/** Loads `text` as `mailminute.yaml`, beside `others`, with `ACME_PASSWORD` set. */
export function load(
  text: string,
  others: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
): Loaded {
  const files = filesOf({ 'mailminute.yaml': text, ...others });
  const loaded = loadSettings('mailminute.yaml', { ACME_PASSWORD: 'hunter2', ...env }, files);
  return {
    settings: loaded.settings,
    faults: loaded.faults.map(formatFault),
    warnings: loaded.warnings.map(formatFault),
  };
}

/** The settings of a configuration that must be right. */
export function settingsOf(...input: Parameters<typeof load>): Settings {
  const { settings, faults } = load(...input);
  if (settings === null) throw new Error(faults.join('\n'));
  return settings;
}

/** The first tenant of a configuration that must be right. */
export function tenantOf(...input: Parameters<typeof load>) {
  const [tenant] = settingsOf(...input).tenants;
  if (tenant === undefined) throw new Error('no tenant');
  return tenant;
}

/** The smallest configuration with one part of it exchanged. */
export function exchanged(part: string, by: string): string {
  if (!smallest.includes(part)) throw new Error(`not in the smallest configuration: ${part}`);
  return smallest.replace(part, () => by);
}
