/**
 * `npm run bench:year`: a year of one tenant's results, written by the store; how long the commands take
 * to judge it, in how much memory, and what closing a minute costs in the first month and in the last.
 */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadSettings } from '../src/config/load.ts';
import { monthAfter, monthOf } from '../src/domain/calendar.ts';
import type { Contract } from '../src/domain/contract.ts';
import { minuteOf } from '../src/domain/interval.ts';
import type { Tenant } from '../src/domain/tenant.ts';
import { type Connection, openDatabase } from '../src/store/open.ts';
import { type Closing, closeMinutes } from './year/closing.ts';
import { type Taken, timed } from './year/command.ts';
import { faultsOf, sameRandom } from './year/faults.ts';
import { openGenerator } from './year/generate.ts';

const day = 24 * 60 * 60_000;
const minutesClosed = 30;
const mebibyte = 1024 * 1024;

const config = `listen: 127.0.0.1:0
database: ./year.db
tenants:
  - name: acme
    contract: tencent-exmail-2020
    zone: Asia/Shanghai
    mailbox: { address: probe@acme.example, password: { env: BENCH_PASSWORD } }
    smtp: { host: smtp.acme.example, port: 465, tls: implicit }
    imap: { host: imap.acme.example, port: 993, tls: implicit }
    pop: { host: pop.acme.example, port: 995, tls: implicit }
    webmail: { url: https://mail.acme.example/, flow: roundcube, consent: nothing is contacted here }
`;

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const say = ({ seconds, cpuSeconds, peak }: Taken): string =>
  `${seconds.toFixed(1)} s (CPU ${cpuSeconds.toFixed(1)} s), at most ${peak ?? '?'} MiB`;

interface Watched {
  readonly tenant: Tenant;
  readonly contract: Contract;
}

function watchedOf(path: string): Watched {
  const { settings, faults } = loadSettings(path);
  const tenant = settings?.tenants[0];
  const contract = tenant && settings?.contracts.get(tenant.contract);
  if (!tenant || !contract)
    throw new Error(`the benchmark's configuration is not valid: ${JSON.stringify(faults)}`);
  return { tenant, contract };
}

/** The days from `from` on; closes minutes one by one at the end of the 30th and of the last day. */
function generate(connection: Connection, watched: Watched, from: number, days: number): Closing[] {
  const random = sameRandom(7);
  const to = from + days * day;
  const generator = openGenerator(connection, faultsOf({ from, to }, random), random);
  const closings: Closing[] = [];
  let results = 0;
  for (let at = from; at < to; at += day) {
    const isMeasured = at === from + 29 * day || at + day === to;
    const cut = isMeasured ? at + day - minutesClosed * 60_000 : at + day;
    results += generator.live({ from: at, to: cut });
    if (isMeasured) closings.push(closeMinutes(connection, generator, watched, cut, minutesClosed));
    if (process.stderr.isTTY)
      process.stderr.write(`\r\x1b[Kday ${(at - from) / day + 1} of ${days}`);
  }
  print(
    `${results} results of ${days} days, ${availableParallelism()} cores, Node ${process.version}`,
  );
  return closings;
}

/** Judged again from nothing, as by one who has only the results. */
function forgetLedger(connection: Connection): void {
  for (const table of [
    'failure_run',
    'minute',
    'minute_count',
    'bare_minute_count',
    'ledger_progress',
  ])
    connection.exec(`DELETE FROM ${table}`);
}

async function measure(folder: string, days: number): Promise<void> {
  const path = join(folder, 'mailminute.yaml');
  writeFileSync(path, config);
  const watched = watchedOf(path);
  const database = join(folder, 'year.db');
  const from = minuteOf(Date.now()) - days * day;
  const began = performance.now();
  const connection = openDatabase(database);
  // Nothing here is evidence: no need to wait for the disk.
  connection.pragma('synchronous = OFF');
  const closings = generate(connection, watched, from, days);
  forgetLedger(connection);
  connection.pragma('wal_checkpoint(TRUNCATE)');
  connection.close();
  const size = Math.round(statSync(database).size / mebibyte);
  print(`written in ${((performance.now() - began) / 1000).toFixed(0)} s; ${size} MiB`);
  for (const [index, { median, p99, ticks }] of closings.entries())
    print(
      `closing in month ${index === 0 ? 'one' : 'the last'}: a tick takes ${median.toFixed(1)} ms (99 of 100: ${p99.toFixed(1)} ms; ${ticks} ticks)`,
    );
  print(`recompute, first time: ${say(await timed(['recompute', '--config', path]))}`);
  print(`recompute, once more:  ${say(await timed(['recompute', '--config', path]))}`);
  const zone = watched.contract.zone ?? watched.tenant.zone;
  for (
    let month = monthOf(from, zone);
    month <= monthOf(Date.now(), zone);
    month = monthAfter(month)
  )
    print(
      `report of ${month}: ${say(await timed(['report', '--config', path, '--month', month]))}`,
    );
}

const { values } = parseArgs({ options: { days: { type: 'string', default: '365' } } });
const days = Number(values.days);
if (!Number.isInteger(days) || days < 31 || days > 3660)
  throw new Error(`--days: expected a number from 31 to 3660, found "${values.days}"`);
process.env.BENCH_PASSWORD = 'not used';
const folder = mkdtempSync(join(tmpdir(), 'mailminute-year-'));
try {
  await measure(folder, days);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
