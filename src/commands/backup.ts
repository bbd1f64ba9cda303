import { statSync } from 'node:fs';
import type { Command } from 'commander';
import { backUp, restore } from '../store/backup.ts';
import { systemClock } from '../system-clock.ts';
import { type EntryOptions, explained, say, settingsOf, withConfig } from './entering.ts';

/** `mailminute backup` and `mailminute restore`. */
export function registerBackup(program: Command): void {
  withConfig(program.command('backup <file>'))
    .description('copies the database to a file, while the daemon runs or without it')
    .option('-f, --force', 'overwrites the file if it exists')
    .exitOverride()
    .action((file: string, options: EntryOptions & { force?: boolean }) => {
      const { database } = settingsOf(options);
      explained(() => backUp(database, file, options.force === true));
      const megabytes = Math.ceil(statSync(file).size / 1_000_000);
      say(`${file}: a copy of ${database}, ${megabytes} MB`);
    });
  withConfig(program.command('restore <file>'))
    .description('puts a backup in the database’s place; the daemon must be stopped')
    .exitOverride()
    .action((file: string, options: EntryOptions) => {
      const { database } = settingsOf(options);
      const kept = explained(() => restore(database, file, systemClock.wall()));
      say(`${database} is the backup ${file} now`);
      if (kept !== null) say(`what was there before is kept: ${kept}`);
    });
}
