#!/usr/bin/env node
import { Command, CommanderError } from 'commander';
import { CommandError, exitCodes } from './commands/exit.ts';
import { type CommandName, isCommand, summaries } from './commands/summaries.ts';
import { version } from './version.ts';

type Register = (program: Command) => void;

/** Loads a command when it is asked for: the daemon's modules take a second that no other command needs. */
const loaders: Readonly<Record<CommandName, () => Promise<Register> | Register>> = {
  init: async () => (await import('./commands/init.ts')).registerInit,
  run: async () => (await import('./commands/run.ts')).registerRun,
  check: async () => (await import('./commands/check.ts')).registerCheck,
  validate: async () => (await import('./commands/validate.ts')).registerValidate,
  report: async () => (await import('./commands/report.ts')).registerReport,
  evidence: async () => (await import('./commands/evidence.ts')).registerEvidence,
  exclude: async () => (await import('./commands/exclude.ts')).registerExclude,
  record: async () => (await import('./commands/record.ts')).registerRecord,
  attribute: async () => (await import('./commands/attribute.ts')).registerAttribute,
  recompute: async () => (await import('./commands/recompute.ts')).registerRecompute,
  verify: async () => (await import('./commands/verify.ts')).registerVerify,
  backup: async () => (await import('./commands/backup.ts')).registerBackup,
  restore: async () => (await import('./commands/backup.ts')).registerRestore,
  demo: async () => (await import('./commands/demo.ts')).registerDemo,
  version: () => registerVersion,
};

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

function registerVersion(parent: Command): void {
  parent
    .command('version')
    .description(summaries.version)
    .action(() => {
      process.stdout.write(`mailminute ${version} (node ${process.version})\n`);
    });
}

/** The command that is asked for; `help COMMAND` asks for it, too. */
function named(args: readonly string[]): string | undefined {
  const [first, second] = args.filter((one) => !one.startsWith('-'));
  return first === 'help' ? second : first;
}

async function registerAll(asked: string | undefined): Promise<void> {
  for (const name of Object.keys(summaries).filter(isCommand)) {
    if (name === asked) (await loaders[name]())(program);
    else program.command(name).description(summaries[name]);
  }
}

try {
  await registerAll(named(process.argv.slice(2)));
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
  process.stderr.write(
    `mailminute: a fault of mailminute itself: ${error instanceof Error ? error.stack : String(error)}\n`,
  );
  return exitCodes.failed;
}
