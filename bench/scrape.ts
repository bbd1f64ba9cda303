/**
 * `npm run bench:scrape`: how much scraping shifts what a probe measures, in one run with and without, and with
 * the exposition rendered on a thread of its own or on the loop that probes.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { joined, shiftsOf, table } from './scrape/figures.ts';
import { type Mailbox, type Scrapes, type Timings, type Way, ways } from './scrape/messages.ts';
import { Process } from './scrape/process.ts';

const help = `Usage: npm run bench:scrape -- [--tenants N] [--seconds N] [--rounds N]

Probes the demo's IMAP server over and over, in blocks with a scrape every second and in blocks without,
in turn, and prints how much each phase is shifted. Everything runs on this machine; nothing is installed.

  --tenants N    tenants whose series are published (default 300)
  --seconds N    length of a block (default 6)
  --rounds N     blocks of each kind (default 4)
  --help         this text

Ends with 0 when it could measure, whether or not an aim was met; with 1 when it could not.
`;

interface Options {
  readonly tenants: number;
  readonly seconds: number;
  readonly rounds: number;
}

interface Measured {
  readonly unscraped: Timings[];
  readonly scraped: Timings[];
  readonly scrapes: Scrapes[];
}

interface Side {
  readonly way: Way;
  readonly prober: Process;
  readonly port: number;
  readonly measured: Measured;
}

async function prepare(
  way: Way,
  tenants: number,
  mailbox: Mailbox,
  scraper: Process,
): Promise<Side> {
  const prober = new Process('prober');
  const port = await prober.ask<number>({ ask: 'prepare', way, tenants, mailbox });
  const measured: Measured = { unscraped: [], scraped: [], scrapes: [] };
  // Warm, and everything that was told first is written.
  await block({ way, prober, port, measured }, scraper, 3, true);
  return { way, prober, port, measured: { unscraped: [], scraped: [], scrapes: [] } };
}

async function block(side: Side, scraper: Process, seconds: number, scraped: boolean) {
  const { prober, port, measured } = side;
  if (scraped) await scraper.ask({ ask: 'scrape', port });
  const timings = await prober.ask<Timings>({ ask: 'measure', seconds });
  (scraped ? measured.scraped : measured.unscraped).push(timings);
  if (scraped) measured.scrapes.push(await scraper.ask<Scrapes>({ ask: 'rest' }));
}

function print({ way, measured }: Side): void {
  const { unscraped, scraped, scrapes } = measured;
  const took = scrapes.flatMap((one) => one.took).sort((one, other) => one - other);
  const faults = scrapes.flatMap((one) => one.faults);
  const megabytes = (scrapes.at(-1)?.bytes ?? 0) / 1e6;
  const median = took[Math.floor(took.length / 2)] ?? Number.NaN;
  const scraping = `${took.length} scrapes of ${megabytes.toFixed(1)} MB, ${median.toFixed(0)} ms at the median, ${faults.length} failed${faults[0] ? `: ${faults[0]}` : ''}`;
  const shifts = shiftsOf(joined(unscraped), joined(scraped));
  process.stdout.write(`${table(way, shifts, scraping)}\n\n`);
}

async function benchmark({ tenants, seconds, rounds }: Options): Promise<void> {
  const processes: Process[] = [];
  const begun = <T extends Process>(one: T): T => {
    processes.push(one);
    return one;
  };
  try {
    const mailbox = await begun(new Process('server')).next<Mailbox>();
    const scraper = begun(new Process('scraper'));
    const sides: Side[] = [];
    for (const way of ways) {
      const side = await prepare(way, tenants, mailbox, scraper);
      begun(side.prober);
      sides.push(side);
    }
    for (let round = 0; round < rounds; round += 1) {
      for (const side of sides) {
        // Which kind comes first changes from round to round.
        const first = round % 2 === 1;
        await block(side, scraper, seconds, first);
        await block(side, scraper, seconds, !first);
        if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1}, ${side.way} `);
      }
    }
    const load = loadavg().map((one) => one.toFixed(1));
    process.stdout.write(
      `${new Date().toISOString().slice(0, 10)}, Node ${process.version}, ${availableParallelism()} cores, load ${load[0]}; ${tenants} tenants\n\n`,
    );
    for (const side of sides) print(side);
  } finally {
    await Promise.all(processes.map((one) => one.end()));
  }
}

function readOptions(): Options | null {
  const { values } = parseArgs({
    options: {
      tenants: { type: 'string', default: '300' },
      seconds: { type: 'string', default: '6' },
      rounds: { type: 'string', default: '4' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return null;
  const count = (text: string, option: string): number => {
    if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
    throw new Error(`--${option}: expected a number from 1 to 9999, found "${text}"`);
  };
  return {
    tenants: count(values.tenants, 'tenants'),
    seconds: count(values.seconds, 'seconds'),
    rounds: count(values.rounds, 'rounds'),
  };
}

try {
  const options = readOptions();
  if (options === null) process.stdout.write(help);
  else await benchmark(options);
} catch (error) {
  const reason = error instanceof Error ? error.message : 'unknown';
  process.stderr.write(`could not measure: ${reason}\n`);
  process.exitCode = 1;
}
