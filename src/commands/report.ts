import { type Command, Option } from 'commander';
import type { Settings } from '../config/settings.ts';
import { monthOf } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import type { Tenant } from '../domain/tenant.ts';
import { renderCsv } from '../report/csv.ts';
import { renderJson } from '../report/json.ts';
import type { MonthReport } from '../report/month.ts';
import { type TableName, tableNames } from '../report/table.ts';
import { renderText } from '../report/text.ts';
import { languages, wordsOf } from '../report/words/of.ts';
import type { Language } from '../report/words/words.ts';
import { systemClock } from '../system-clock.ts';
import { look, misuse } from './entering.ts';
import { readReport } from './month-report.ts';
import { type ConfigOptions, settingsOf, tenantsNamed, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

interface ReportOptions extends ConfigOptions {
  readonly tenant?: string;
  readonly month?: string;
  readonly format: 'text' | 'json' | 'csv';
  readonly table: TableName;
  readonly lang: Language;
  readonly bom?: boolean;
}

/** `mailminute report`. */
export function registerReport(program: Command): void {
  withConfig(program.command('report'))
    .description(summaries.report)
    .option('-t, --tenant <name>', 'only this tenant')
    .addOption(monthOption())
    .addOption(
      new Option('--format <format>', 'form of the output')
        .choices(['text', 'json', 'csv'])
        .default('text'),
    )
    .addOption(
      new Option('--table <table>', 'the table that is written as CSV')
        .choices([...tableNames])
        .default('outages'),
    )
    .addOption(
      new Option('--lang <language>', 'English or Simplified Chinese')
        .choices([...languages])
        .default('en'),
    )
    .option('--bom', 'begin CSV with a byte order mark, for Excel')
    .action(report);
}

/** The month of a report. */
export function monthOption(): Option {
  const said = 'the month, in the contract’s zone (default: the current one)';
  return new Option('-m, --month <YYYY-MM>', said).argParser((text: string) => {
    if (/^\d{4}-(0[1-9]|1[0-2])$/.test(text)) return text;
    throw misuse(`expected a month such as 2026-10, found "${text}"`);
  });
}

function report(options: ReportOptions): void {
  const settings = settingsOf(options);
  const now = systemClock.wall();
  const reports = tenantsNamed(settings, options.tenant).map((tenant) =>
    monthReport(settings, tenant, options.month, now),
  );
  process.stdout.write(rendered(reports, options));
}

function rendered(reports: readonly MonthReport[], options: ReportOptions): string {
  const words = wordsOf(options.lang);
  switch (options.format) {
    case 'text':
      return reports.map((one) => renderText(one, words)).join('\n');
    case 'json':
      return reports.map((one) => renderJson(one, words)).join('');
    case 'csv':
      return renderCsv(options.table, reports, words, { byteOrderMark: options.bom === true });
  }
}

/**
 * Reads a month's report from the ledger, beside a running daemon or without one.
 * @param named the month; undefined: the one that `now` lies in
 * @throws CommandError
 */
export function monthReport(
  settings: Settings,
  tenant: Tenant,
  named: string | undefined,
  now: number,
): MonthReport {
  const contract = settings.contracts.get(tenant.contract) as Contract;
  const month = named ?? monthOf(now, contract.zone ?? tenant.zone);
  // One look at the database: a running daemon closes minutes meanwhile.
  return look(settings, (connection) =>
    connection.transaction(() => readReport(connection, tenant, contract, month, now))(),
  );
}
