import { type Command, Option } from 'commander';
import { run } from './daemon.ts';
import { configOf, configPath, readSettings, type WebOptions, webOf, withWeb } from './settings.ts';
import { summaries } from './summaries.ts';

type RunOptions = WebOptions & { readonly logLevel: string; readonly orDemo?: boolean };

/** `mailminute run`. */
export function registerRun(program: Command): void {
  withWeb(program.command('run'))
    .description(summaries.run)
    .addOption(
      new Option('--log-level <level>', 'least level that is logged')
        .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
        .default('info'),
    )
    .addOption(new Option('--or-demo', 'the demo, if there is no configuration').hideHelp())
    .action(async (options: RunOptions) => {
      const file = configOf(options);
      if (options.orDemo && configPath(file) === null) {
        const { demo } = await import('./demo.ts');
        await demo({ listen: '127.0.0.1:9925', logLevel: 'warn' });
        return;
      }
      const { settings, read } = readSettings(file, webOf(options));
      await run(settings, { logLevel: options.logLevel, read });
    });
}
