import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { breakCommand, DemoCommandError, mendCommand } from '../demo/command.ts';
import { demoControl } from '../demo/control.ts';
import { describeDemo } from '../demo/describe.ts';
import { demoPanel } from '../demo/panel.ts';
import { type EmbeddedTenant, startEmbeddedTenant } from '../demo/tenant.ts';
import { lockDatabase } from '../store/lock.ts';
import { run } from './daemon.ts';
import { CommandError } from './exit.ts';
import { readSettings } from './settings.ts';
import { summaries } from './summaries.ts';

/** Where the demo keeps its configuration and database: made anew at every start. */
const demoFolder = 'data/demo';

interface DemoOptions {
  readonly listen: string;
  readonly logLevel: string;
}
interface OrderOptions {
  readonly url: string;
}

/** `mailminute demo`, and its orders `break` and `mend`. */
export function registerDemo(program: Command): void {
  const command = program
    .command('demo')
    .description(summaries.demo)
    .option('--listen <address>', 'where the page is served', '127.0.0.1:9925')
    .addOption(new Option('--log-level <level>', 'least level that is logged').default('warn'))
    .action((options: DemoOptions) => demo(options));
  const page = () =>
    new Option('--url <url>', 'page of the running demo').default('http://127.0.0.1:9925');
  command
    .command('break <protocol> [fault]')
    .description(
      'breaks smtp, imap, pop or webmail of a running demo: refuse, hang, slow, error, auth, hold',
    )
    .addOption(page())
    .action((protocol: string, fault: string | undefined, { url }: OrderOptions) =>
      ordered(() => breakCommand(url, protocol, fault)),
    );
  command
    .command('mend <protocol>')
    .description('mends a protocol of a running demo, or all')
    .addOption(page())
    .action((protocol: string, { url }: OrderOptions) => ordered(() => mendCommand(url, protocol)));
}

async function ordered(order: () => Promise<string>): Promise<void> {
  try {
    process.stdout.write(`${await order()}\n`);
  } catch (error) {
    throw error instanceof DemoCommandError ? new CommandError(error.message) : error;
  }
}

/** A mail service in this process, and the real daemon beside it at real pace. */
export async function demo(options: DemoOptions): Promise<void> {
  const folder = resolve(demoFolder);
  mkdirSync(folder, { recursive: true });
  const database = join(folder, 'mailminute.db');
  lockDatabase(database)();
  for (const end of ['', '-wal', '-shm']) rmSync(`${database}${end}`, { force: true });
  const tenant = await startEmbeddedTenant();
  try {
    const config = join(folder, 'mailminute.yaml');
    writeFileSync(join(folder, 'password'), `${tenant.password}\n`);
    writeFileSync(config, demoConfig(tenant, options.listen));
    const { settings } = readSettings(config);
    await run(settings, {
      logLevel: options.logLevel,
      panel: () => demoPanel(tenant.faults.get()),
      extra: (app) => void app.route('/', demoControl(tenant.faults)),
      started: ({ ports }) => {
        const page = `http://127.0.0.1:${ports[0]}/`;
        process.stdout.write(
          `${describeDemo(page, tenant, join(demoFolder, 'mailminute.yaml'))}\n`,
        );
      },
    });
  } finally {
    await tenant.close();
  }
}

function demoConfig(
  { address, username, smtp, imap, pop, webmail }: EmbeddedTenant,
  listen: string,
) {
  const endpoint = ({ host, port }: { host: string; port: number }) =>
    `{ host: ${host}, port: ${port}, tls: none }`;
  return `# Written by \`mailminute demo\` at every start.
listen: ${listen}
database: ./mailminute.db
tenants:
  - name: demo
    contract: one-minute
    zone: ${Intl.DateTimeFormat().resolvedOptions().timeZone}
    mailbox:
      address: ${address}
      username: ${username}
      password: { file: ./password }
    smtp: ${endpoint(smtp)}
    imap: ${endpoint(imap)}
    pop: ${endpoint(pop)}
    webmail:
      url: ${JSON.stringify(webmail.url)}
      flow: ${JSON.stringify(webmail.flow)}
      consent: the demo's own webmail
      send_interval: 1m   # minutes close when sending is proven again
`;
}
