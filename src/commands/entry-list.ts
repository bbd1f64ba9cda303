import type { Command } from 'commander';
import { formatInstant } from '../domain/calendar.ts';
import type { Entry } from '../domain/entry.ts';
import type { Tenant } from '../domain/tenant.ts';
import { entryJson as reportedEntry } from '../report/json-parts.ts';
import { type EntryOptions, say } from './entering.ts';
import { formatOption, withConfig } from './settings.ts';

export interface ListOptions extends EntryOptions {
  readonly format: 'text' | 'json';
}

export function withList(command: Command): Command {
  return withConfig(command)
    .option('-t, --tenant <name>', 'only this tenant')
    .addOption(formatOption());
}

/** One block a tenant, or one JSON document of all. */
export function printLists<T>(
  options: ListOptions,
  tenants: readonly Tenant[],
  listOf: (tenant: Tenant) => readonly T[],
  textOf: (one: T, tenant: Tenant) => readonly string[],
  jsonOf: (one: T, tenant: Tenant) => unknown,
): void {
  const lists = tenants.map((tenant) => ({ tenant, list: listOf(tenant) }));
  if (options.format === 'json') {
    const documents = lists.flatMap(({ tenant, list }) => list.map((one) => jsonOf(one, tenant)));
    say(JSON.stringify(documents, null, 2));
    return;
  }
  for (const { tenant, list } of lists) {
    say(`${tenant.name} (times in ${tenant.zone})`);
    if (list.length === 0) say('  none');
    for (const one of list) for (const line of textOf(one, tenant)) say(`  ${line}`);
  }
}

/** The lines that every entry ends with: note, evidence, author, withdrawal. */
export function tailOf(entry: Entry, zone: string): string[] {
  const { note, evidence, author, enteredAt, withdrawn } = entry;
  return [
    ...(note === null ? [] : [`     ${note}`]),
    ...(evidence === null ? [] : [`     evidence: ${evidence}`]),
    `     entered by ${author} at ${formatInstant(enteredAt, zone)}`,
    ...(withdrawn === null
      ? []
      : [
          `     WITHDRAWN by ${withdrawn.author} at ${formatInstant(withdrawn.enteredAt, zone)}: ${withdrawn.why}`,
        ]),
  ];
}

/** What every entry has, as the JSON report has it, and its tenant. */
export function entryJson(entry: Entry, zone: string) {
  return { tenant: entry.tenant, ...reportedEntry(entry, zone) };
}
