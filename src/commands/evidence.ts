import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Settings } from '../config/settings.ts';
import { type Protocol, protocols } from '../domain/protocol.ts';
import type { Tenant } from '../domain/tenant.ts';
import { runsInOrder } from '../report/outages.ts';
import { type ResultFilter, type ResultRow, resultRows } from '../store/result-rows.ts';
import { systemClock } from '../system-clock.ts';
import { instantOf, look, misuse, say, tenantOf } from './entering.ts';
import { resultJson, resultLines } from './evidence-text.ts';
import { monthOption, monthReport } from './report.ts';
import { type ConfigOptions, formatOption, settingsOf, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

interface EvidenceOptions extends ConfigOptions {
  readonly tenant?: string;
  readonly protocol?: Protocol;
  readonly from?: string;
  readonly to?: string;
  readonly month?: string;
  readonly outage?: number;
  readonly failed?: boolean;
  readonly most: number;
  readonly format: 'text' | 'json';
}

function numberFromOne(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('expected a number from 1 on');
}

/** `mailminute evidence`: what the report's references to results refer to. */
export function registerEvidence(program: Command): void {
  withConfig(program.command('evidence [results]'))
    .description(
      `${summaries.evidence}\n\nName results as the report does (120-188, or 120), a time (--from, --to), or an outage by its number in the month's report (--month, --outage).`,
    )
    .option('-t, --tenant <name>', 'of this tenant (default: the only one; of results: any)')
    .addOption(new Option('--protocol <protocol>', 'of this protocol').choices([...protocols]))
    .option(
      '--from <instant>',
      'attempts from here on: 2026-10-03T12:30+08:00, or "2026-10-03 12:30"',
    )
    .option('--to <instant>', 'attempts up to here')
    .addOption(monthOption())
    .addOption(
      new Option('--outage <number>', 'as the month’s report numbers it').argParser(numberFromOne),
    )
    .option('--failed', 'only attempts that failed')
    .addOption(
      new Option('--most <n>', 'most results that are printed')
        .default(1000)
        .argParser(numberFromOne),
    )
    .addOption(formatOption())
    .action(evidence);
}

function evidence(results: string | undefined, options: EvidenceOptions): void {
  const settings = settingsOf(options);
  const filter = filterOf(settings, results, options);
  const rows = look(settings, (connection) => resultRows(connection, filter, options.most + 1));
  const shown = rows.slice(0, options.most);
  const zoneOf = (row: ResultRow) =>
    settings.tenants.find(({ name }) => name === row.tenant)?.zone ?? 'UTC';
  if (options.format === 'json')
    say(
      JSON.stringify(
        shown.map((row) => resultJson(row, zoneOf(row))),
        null,
        2,
      ),
    );
  else if (shown.length === 0) say('no such result is stored');
  else for (const row of shown) say(`${resultLines(row, zoneOf(row)).join('\n')}\n`);
  if (rows.length > shown.length)
    process.stderr.write(`only the first ${shown.length} are printed; more with --most\n`);
}

function filterOf(
  settings: Settings,
  results: string | undefined,
  options: EvidenceOptions,
): ResultFilter {
  const { tenant: name, protocol = null, outage, from, to, failed = false } = options;
  const ways = [results, outage, from ?? to].filter((one) => one !== undefined);
  if (ways.length !== 1)
    throw misuse('name either results (120-188), or a time (--from, --to), or an --outage');
  const plain = { ids: null, within: null, protocol, failedOnly: failed };
  if (results !== undefined) {
    const tenant = name === undefined ? null : tenantOf(settings, name).name;
    return { ...plain, tenant, ids: idsOf(results) };
  }
  const tenant = tenantOf(settings, name);
  if (outage !== undefined) return ofOutage(settings, tenant, outage, options);
  const end = to === undefined ? systemClock.wall() : instantOf('--to', to, tenant.zone);
  const begin = from === undefined ? 0 : instantOf('--from', from, tenant.zone);
  if (begin >= end) throw misuse('--from must be before --to');
  return { ...plain, tenant: tenant.name, within: { from: begin, to: end } };
}

/** `120`, `120-188`, or with the dash that the report prints. */
function idsOf(text: string): { first: number; last: number } {
  const [, first, last] = /^(\d{1,15})(?:[-–](\d{1,15}))?$/.exec(text) ?? [];
  if (first === undefined)
    throw misuse(`expected results as the report names them, such as 120-188, found "${text}"`);
  const ids = { first: Number(first), last: Number(last ?? first) };
  if (ids.first <= ids.last) return ids;
  throw misuse(`${text}: the first result comes after the last`);
}

/** The failed results of an outage: the very ones that the report counts. */
function ofOutage(
  settings: Settings,
  tenant: Tenant,
  number: number,
  { month }: EvidenceOptions,
): ResultFilter {
  const report = monthReport(settings, tenant, month, systemClock.wall());
  const run = runsInOrder(report)[number - 1];
  if (run === undefined)
    throw misuse(
      `${report.month} of ${tenant.name} has ${report.runs.length} outages and disturbances; there is no number ${number}`,
    );
  const plain = { tenant: tenant.name, protocol: run.protocol, within: null, failedOnly: true };
  return { ...plain, ids: run.results ?? { first: 1, last: 0 } };
}
