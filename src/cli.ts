#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { registerAttribute } from './commands/attribute.ts';
import { registerBackup } from './commands/backup.ts';
import { formatCheck, hasPassed, judgeCheck, probeOnce } from './commands/check.ts';
import { demo } from './commands/demo.ts';
import { registerExclude } from './commands/exclude.ts';
import { CommandError, exitCodes } from './commands/exit.ts';
import { registerInit } from './commands/init.ts';
import { registerRecompute, registerVerify } from './commands/recompute.ts';
import { registerRecompute } from './commands/recompute.ts';
import { registerRecord } from './commands/record.ts';
import { registerReport } from './commands/report.ts';
import { run } from './commands/run.ts';
import { configPath, readSettings, tenantsNamed } from './commands/settings.ts';
import { registerVerify } from './commands/verify.ts';
import { breakCommand, DemoCommandError, mendCommand } from './demo/command.ts';
import { version } from './version.ts';

interface ConfigOptions {
  readonly config?: string;
  readonly 'config.file'?: string;
}

const program = new Command('mailminute')
  .description('Proves, minute by minute, whether a hosted mail service kept its promise.')
  .version(version, '-V, --version')
  .helpCommand('help [command]', 'shows the help of a command')
  .showHelpAfterError('(mailminute --help, or mailminute COMMAND --help)')
  .addHelpText(
    'after',
    '\nExit codes: 0 all well, 1 something failed, 2 wrong configuration or usage.\nStart here: mailminute demo (a mail service to break, nothing to install).',
  )
  .exitOverride();

function command(name: string, description: string): Command {
  return program.command(name).description(description).exitOverride();
}

function withConfig(target: Command): Command {
  return target
    .option(
      '-c, --config <file>',
      'configuration file (default: $MAILMINUTE_CONFIG, else config/mailminute.yaml)',
    )
    .addOption(new Option('--config.file <file>', 'the same, as Prometheus spells it').hideHelp());
}

const configOf = (options: ConfigOptions) => options.config ?? options['config.file'];

const logLevel = new Option('--log-level <level>', 'least level that is logged')
  .choices(['trace', 'debug', 'info', 'warn', 'error', 'silent'])
  .default('info');

withConfig(command('run', 'runs the daemon until SIGTERM or SIGINT'))
  .addOption(logLevel)
  .addOption(new Option('--or-demo', 'the demo, if there is no configuration').hideHelp())
  .action(async (options: ConfigOptions & { logLevel: string; orDemo?: boolean }) => {
    if (options.orDemo && configPath(configOf(options)) === null)
      await demo({ listen: '127.0.0.1:9925', logLevel: 'warn' });
    else await run(readSettings(configOf(options)).settings, { logLevel: options.logLevel });
  });

withConfig(command('check', 'probes everything once, now, and prints a table with the phases'))
  .option('-t, --tenant <name>', 'only this tenant')
  .addOption(
    new Option('--format <format>', 'form of the output').choices(['text', 'json']).default('text'),
  )
  .action(async (options: ConfigOptions & { tenant?: string; format: string }) => {
    const { settings } = readSettings(configOf(options));
    const tenants = tenantsNamed(settings, options.tenant);
    const interrupted = new AbortController();
    process.once('SIGINT', () => interrupted.abort());
    const checked = [];
    let good = true;
    for (const tenant of tenants) {
      if (process.stderr.isTTY) process.stderr.write(`probing ${tenant.name} …\n`);
      const rows = judgeCheck(tenant, await probeOnce(tenant, interrupted.signal));
      good &&= hasPassed(tenant, rows);
      checked.push({ tenant: tenant.name, rows });
      if (options.format === 'text') process.stdout.write(`${formatCheck(tenant, rows)}\n\n`);
    }
    if (options.format === 'json') process.stdout.write(`${JSON.stringify(checked, null, 2)}\n`);
    process.exitCode = good ? exitCodes.ok : exitCodes.failed;
  });

withConfig(command('validate', 'reads the configuration and tells every fault in it')).action(
  (options: ConfigOptions) => {
    const { file, settings } = readSettings(configOf(options));
    const names = settings.tenants.map(({ name }) => name).join(', ');
    process.stdout.write(`${file}: valid; tenants: ${names}\n`);
  },
);

registerInit(program);
registerReport(program);
registerExclude(program);
registerRecord(program);
registerAttribute(program);
registerRecompute(program);
registerVerify(program);
registerBackup(program);

const demoCommand = command(
  'demo',
  'a mail service in this process with the daemon beside it; break it and watch',
)
  .option('--listen <address>', 'where the page is served', '127.0.0.1:9925')
  .addOption(new Option('--log-level <level>', 'least level that is logged').default('warn'))
  .action((options: { listen: string; logLevel: string }) => demo(options));

const page = () =>
  new Option('--url <url>', 'page of the running demo').default('http://127.0.0.1:9925');

demoCommand
  .command('break <protocol> [fault]')
  .description(
    'breaks smtp, imap, pop or webmail of a running demo: refuse, hang, slow, error, auth, hold',
  )
  .addOption(page())
  .action(async (protocol: string, fault: string | undefined, options: { url: string }) => {
    process.stdout.write(`${await breakCommand(options.url, protocol, fault)}\n`);
  });

demoCommand
  .command('mend <protocol>')
  .description('mends a protocol of a running demo, or all')
  .addOption(page())
  .action(async (protocol: string, options: { url: string }) => {
    process.stdout.write(`${await mendCommand(options.url, protocol)}\n`);
  });

command('version', 'prints the version').action(() => {
  process.stdout.write(`mailminute ${version} (node ${process.version})\n`);
});

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = endWith(error);
}

/** One line for a person, and the exit code; a stack only for a fault of our own. */
function endWith(error: unknown): number {
  // Commander has said already what is wrong; help and version end well.
  if (error instanceof CommanderError)
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.badConfig;
  if (error instanceof CommandError) {
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
  if (error instanceof DemoCommandError) {
    process.stderr.write(`${error.message}\n`);
    return exitCodes.failed;
  }
  process.stderr.write(
    `mailminute: a fault of mailminute itself: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.failed;
}
