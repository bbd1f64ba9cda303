import { type Command, Option } from 'commander';
import { run } from './daemon.ts';
import { type ConfigOptions, configOf, configPath, readSettings, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

type RunOptions = ConfigOptions & { readonly logLevel: string; readonly orDemo?: boolean };

/** `mailminute run`. */
export function registerRun(program: Command): void {
  withConfig(program.command('run'))
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
      } else await run(readSettings(file).settings, { logLevel: options.logLevel });
    });
}
