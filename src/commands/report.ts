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
import { openForReading, StoreError } from '../store/open.ts';
import { systemClock } from '../system-clock.ts';
import { misuse, withConfig } from './entering.ts';
import { CommandError } from './exit.ts';
import { readReport } from './month-report.ts';
import { readSettings, tenantsNamed } from './settings.ts';

interface ReportOptions {
  readonly config?: string;
  readonly 'config.file'?: string;
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
    .description("prints a month's report from the ledger")
    .option('-t, --tenant <name>', 'only this tenant')
    .option('-m, --month <YYYY-MM>', 'the month, in the contract’s zone (default: the current one)')
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
    .exitOverride()
    .action(report);
}

function report(options: ReportOptions): void {
  const { settings } = readSettings(options.config ?? options['config.file']);
  const { month } = options;
  if (month !== undefined && !/^\d{4}-(0[1-9]|1[0-2])$/.test(month))
    throw misuse(`expected a month such as 2026-10, found "${month}"`);
  const now = systemClock.wall();
  const reports = tenantsNamed(settings, options.tenant).map((tenant) => {
    const zone = settings.contracts.get(tenant.contract)?.zone ?? tenant.zone;
    return monthReport(settings, tenant, month ?? monthOf(now, zone), now);
  });
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

/** Reads a month's report from the ledger, beside a running daemon or without one. @throws CommandError */
export function monthReport(
  settings: Settings,
  tenant: Tenant,
  month: string,
  now: number,
): MonthReport {
  const contract = settings.contracts.get(tenant.contract) as Contract;
  try {
    const connection = openForReading(settings.database);
    try {
      // One look at the database: a running daemon closes minutes meanwhile.
      return connection.transaction(() => readReport(connection, tenant, contract, month, now))();
    } finally {
      connection.close();
    }
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(error.message);
    throw error;
  }
}
