import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { backUp, restore } from '../store/backup.ts';
import { systemClock } from '../system-clock.ts';
import { explained, say } from './entering.ts';
import { type ConfigOptions, settingsOf, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

/** `mailminute backup`. */
export function registerBackup(program: Command): void {
  withConfig(program.command('backup <file>'))
    .description(summaries.backup)
    .option('-f, --force', 'overwrites the file if it exists')
    .action((file: string, options: ConfigOptions & { force?: boolean }) => {
      const { database } = settingsOf(options);
      explained(() => backUp(database, file, options.force === true));
      const megabytes = Math.ceil(statSync(file).size / 1_000_000);
      say(`${file}: a copy of ${database}, ${megabytes} MB`);
    });
}

/** `mailminute restore`. */
export function registerRestore(program: Command): void {
  withConfig(program.command('restore <file>'))
    .description(summaries.restore)
    .action((file: string, options: ConfigOptions) => {
      const { database } = settingsOf(options);
      const kept = explained(() => restore(database, file, systemClock.wall()));
      say(`${database} is the backup ${file} now`);
      if (kept !== null) say(`what was there before is kept: ${kept}`);
    });
}
