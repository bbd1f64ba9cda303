import { z } from 'zod';
import { openAccess } from '../../domain/access.ts';
import type { Section } from '../section.ts';
import type { WebSettings } from '../settings.ts';
import { isLine, value } from '../values.ts';
import type { World } from '../world.ts';
import { loadAccess } from './access.ts';

/** What the command line says of the web; it goes before the file. */
export interface WebFlags {
  /** `--web.config.file`, from the working folder. */
  readonly configFile?: string | undefined;
  /** `--web.enable-lifecycle` */
  readonly enableLifecycle?: boolean | undefined;
}

const webShape = z.strictObject({
  config_file: value({
    expected: 'the path of a web configuration file',
    read: (input) => (isLine(input) ? input : undefined),
    fallback: null,
  }),
  enable_lifecycle: value({
    expected: 'true or false',
    read: (input) => (typeof input === 'boolean' ? input : undefined),
    fallback: false,
  }),
});

/** `web:` with the file that it names; faults of that file are among all others. */
export function readWeb(section: Section, flags: WebFlags, world: World): WebSettings {
  const decoded = section.value === undefined ? null : section.decode(webShape);
  const enableLifecycle = flags.enableLifecycle ?? decoded?.enable_lifecycle ?? false;
  const named = decoded?.config_file ?? null;
  const configFile =
    flags.configFile ?? (named === null ? null : world.besides(section.source, named).shown);
  if (configFile === null) return { enableLifecycle, configFile, access: openAccess };
  const { access, faults, warnings } = loadAccess(configFile, world.files);
  world.findings.faults.push(...faults);
  world.findings.warnings.push(...warnings);
  return { enableLifecycle, configFile, access: access ?? openAccess };
}
