import type { Command } from 'commander';
import { configOf, readSettings, type WebOptions, webOf, withWeb } from './settings.ts';
import { summaries } from './summaries.ts';

/** `mailminute validate`. */
export function registerValidate(program: Command): void {
  withWeb(program.command('validate'))
    .description(summaries.validate)
    .action((options: WebOptions) => {
      const { file, settings } = readSettings(configOf(options), webOf(options));
      const names = settings.tenants.map(({ name }) => name).join(', ');
      process.stdout.write(`${file}: valid; tenants: ${names}\n`);
    });
}
