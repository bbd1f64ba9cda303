import { existsSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { formatFaults } from '../config/fault.ts';
import { realFiles } from '../config/files.ts';
import { loadSettings } from '../config/load.ts';
import type { LoadedSettings, Settings } from '../config/settings.ts';
import type { WebFlags } from '../config/web/settings.ts';
import type { Tenant } from '../domain/tenant.ts';
import { CommandError, exitCodes } from './exit.ts';

const usualPlace = 'config/mailminute.yaml';

/** Options of every command that reads the configuration. */
export interface ConfigOptions {
  readonly config?: string;
  readonly 'config.file'?: string;
}

export function withConfig(command: Command): Command {
  return command
    .option(
      '-c, --config <file>',
      'configuration file (default: $MAILMINUTE_CONFIG, else config/mailminute.yaml)',
    )
    .addOption(new Option('--config.file <file>', 'the same, as Prometheus spells it').hideHelp());
}

/** Options of the commands that are also told how pages are served. */
export interface WebOptions extends ConfigOptions {
  readonly 'web.config.file'?: string;
  readonly 'web.enableLifecycle'?: boolean;
}

/** Named as in Prometheus and its exporters; they go before what the file says. */
export function withWeb(command: Command): Command {
  return withConfig(command)
    .option('--web.config.file <file>', 'TLS and basic authentication, see docs/web.md')
    .option('--web.enable-lifecycle', 'answers POST /-/reload');
}

export function webOf(options: WebOptions): WebFlags {
  return {
    configFile: options['web.config.file'],
    enableLifecycle: options['web.enableLifecycle'],
  };
}

/** The file that the options name, if any. */
export function configOf(options: ConfigOptions): string | undefined {
  return options.config ?? options['config.file'];
}

/** The configuration that the options name. @throws CommandError */
export function settingsOf(options: ConfigOptions): Settings {
  return readSettings(configOf(options)).settings;
}

/** Output for people or for programs. */
export function formatOption(): Option {
  return new Option('--format <format>', 'form of the output')
    .choices(['text', 'json'])
    .default('text');
}

/** The configuration's path: as given, else `MAILMINUTE_CONFIG`, else the usual place, else null. */
export function configPath(given: string | undefined): string | null {
  const named = given ?? process.env.MAILMINUTE_CONFIG;
  if (named !== undefined && named !== '') return named;
  return existsSync(usualPlace) ? usualPlace : null;
}

/** @throws CommandError with every fault of the configuration, a line each */
export function readSettings(
  given: string | undefined,
  web: WebFlags = {},
): { file: string; settings: Settings; read: (running: Settings) => LoadedSettings } {
  const file = configPath(given);
  if (file === null) {
    throw new CommandError(
      `no configuration: name one with --config FILE or MAILMINUTE_CONFIG, or put it at ${usualPlace} (mailminute init writes one)`,
      exitCodes.badConfig,
    );
  }
  const { settings, faults, warnings } = loadSettings(file, process.env, realFiles, { web });
  if (warnings.length > 0)
    process.stderr.write(`${prefixed('warning: ', formatFaults(warnings))}\n`);
  if (settings === null) throw new CommandError(formatFaults(faults), exitCodes.badConfig);
  const read = (running: Settings) => loadSettings(file, process.env, realFiles, { web, running });
  return { file, settings, read };
}

function prefixed(prefix: string, lines: string): string {
  return lines.trimEnd().replace(/^/gm, prefix);
}

/** The tenants meant: all, or the one named. @throws CommandError when there is none of that name */
export function tenantsNamed(settings: Settings, name: string | undefined): readonly Tenant[] {
  if (name === undefined) return settings.tenants;
  const tenants = settings.tenants.filter((tenant) => tenant.name === name);
  if (tenants.length > 0) return tenants;
  const known = settings.tenants.map((tenant) => tenant.name).join(', ');
  throw new CommandError(
    `no tenant "${name}" in the configuration; there are: ${known}`,
    exitCodes.badConfig,
  );
}
