/**
 * `npm run bench`: what a whole round costs, and how soon it sees a message, on a real tenant and beside
 * the same dialogues by the bare libraries, and the same rounds by an older checkout, in the same run.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from '../src/config/load.ts';
import { isAvailable, type RealTenant, startTenant } from '../tests/tenant/tenant.ts';
import { help, type Options, readArguments } from './arguments.ts';
import { type Comparison, compare } from './comparison.ts';
import { aims, costFigures, delayFigures } from './figures.ts';
import { Watcher } from './processes/watcher-handle.ts';
import { table } from './table.ts';
import type { Target } from './target.ts';

function targetOf(tenant: RealTenant): Target {
  const settings = loadSettings(tenant.configPath).settings?.tenants[0];
  const { smtp, imap, pop, webmail, mailbox } = settings ?? {};
  if (!smtp || !imap || !pop || !webmail || !mailbox)
    throw new Error('the tenant lacks a protocol');
  const { address, username, credential } = mailbox;
  return { address, username, password: credential.secret.reveal(), smtp, imap, pop, webmail };
}

async function measure(tenant: RealTenant, options: Options): Promise<readonly Comparison[]> {
  // Makes the Maildir, which the first delivery would make too late to be watched.
  await tenant.list();
  const watcher = await Watcher.begin(join(tenant.directory, 'mail', 'probe', 'Maildir'));
  const progress = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
  };
  try {
    const target = targetOf(tenant);
    const plan = { ...options, progress };
    const mail = await compare('mail', target, watcher, plan);
    const whole = await compare('whole', target, watcher, plan);
    return [mail, whole];
  } finally {
    progress('');
    await watcher.end();
  }
}

function print(comparisons: readonly Comparison[], options: Options): void {
  const { rounds, warmup, json, beside } = options;
  const costs = comparisons.map(costFigures);
  const delays = comparisons.flatMap((one) => (one.variant === 'whole' ? delayFigures(one) : []));
  const cores = availableParallelism();
  if (json) {
    const about = { date: new Date().toISOString(), node: process.version, cores, beside, aims };
    process.stdout.write(`${JSON.stringify({ about, costs, delays, comparisons }, null, 2)}\n`);
    return;
  }
  const head = [
    `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${cores} cores, client and servers on one machine;`,
    `${rounds} rounds of each side in turn after ${warmup} to warm up`,
    ...(beside === null ? [] : [`beside: ${beside}`]),
  ];
  process.stdout.write(`${table(head, costs, delays)}\n`);
}

async function benchmark(options: Options): Promise<number> {
  const missing = isAvailable();
  if (missing !== null) {
    process.stderr.write(`skipped: ${missing}\n`);
    return 1;
  }
  const tenant = await startTenant();
  const stopped = Promise.withResolvers<number>();
  process.once('SIGINT', () => stopped.resolve(130));
  process.once('SIGTERM', () => stopped.resolve(143));
  const measured = measure(tenant, options).then((comparisons) => {
    print(comparisons, options);
    const complete = comparisons.every(({ played }) =>
      played.some(({ rounds }) => rounds.length > 0),
    );
    if (!complete) process.stderr.write('a variant has no round without a fault\n');
    return complete ? 0 : 1;
  });
  try {
    return await Promise.race([measured, stopped.promise]);
  } finally {
    await tenant.close();
  }
}

async function main(): Promise<number> {
  let options: Options | null;
  try {
    options = readArguments(process.argv.slice(2));
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'bad arguments';
    process.stderr.write(`${reason} (--help tells the options)\n`);
    return 1;
  }
  if (options === null) {
    process.stdout.write(help);
    return 0;
  }
  try {
    return await benchmark(options);
  } catch (error) {
    process.stderr.write(
      `could not measure: ${error instanceof Error ? error.message : 'unknown'}\n`,
    );
    return 1;
  }
}

process.exit(await main());
