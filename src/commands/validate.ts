import type { Command } from 'commander';
import { type ConfigOptions, configOf, readSettings, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

/** `mailminute validate`. */
export function registerValidate(program: Command): void {
  withConfig(program.command('validate'))
    .description(summaries.validate)
    .action((options: ConfigOptions) => {
      const { file, settings } = readSettings(configOf(options));
      const names = settings.tenants.map(({ name }) => name).join(', ');
      process.stdout.write(`${file}: valid; tenants: ${names}\n`);
    });
}
