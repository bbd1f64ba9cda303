import { type Command, Option } from 'commander';
import type { Settings } from '../config/settings.ts';
import { formatInstant } from '../domain/calendar.ts';
import { type Attribution, attributions } from '../domain/ledger.ts';
import { type Protocol, protocols } from '../domain/protocol.ts';
import { type Reattribution, type Spoken, speaksOf } from '../domain/reattribution.ts';
import { mailboxesOf, type Tenant } from '../domain/tenant.ts';
import { instantJson } from '../report/json-parts.ts';
import { ledgerStore } from '../store/ledger.ts';
import { mailboxStore } from '../store/mailboxes.ts';
import type { Connection } from '../store/open.ts';
import { reattributionStore } from '../store/reattributions.ts';
import {
  type EntryOptions,
  enter,
  headOf,
  look,
  misuse,
  pastInstantOf,
  say,
  tenantOf,
  withTenant,
  withWhy,
  withWithdrawal,
} from './entering.ts';
import { entryJson, type ListOptions, printLists, tailOf, withList } from './entry-list.ts';
import { settingsOf, tenantsNamed } from './settings.ts';
import { summaries } from './summaries.ts';

interface AddOptions extends EntryOptions {
  readonly protocol: Protocol;
  readonly mailbox?: string;
  readonly at: string;
  readonly to: Attribution;
}

/** `mailminute attribute add|list|withdraw`. */
export function registerAttribute(program: Command): void {
  const attribute = program.command('attribute').description(summaries.attribute);
  withTenant(withWhy(attribute.command('add')))
    .description('says whose fault the failure run at an instant was')
    .addOption(
      new Option('--protocol <protocol>', 'of the run')
        .choices([...protocols])
        .makeOptionMandatory(),
    )
    .option('--mailbox <address>', 'of the tenant’s several mailboxes only this one')
    .requiredOption(
      '--at <instant>',
      'the start of the run’s possible time as the report shows it, or an instant inside it',
    )
    .addOption(
      new Option('--to <attribution>', 'whose fault it was')
        .choices([...attributions])
        .makeOptionMandatory(),
    )
    .action(add);
  withList(attribute.command('list')).description('all re-attributions').action(list);
  withWithdrawal(attribute, 'takes one back; it stays visible as withdrawn', reattributionStore);
}

function add(options: AddOptions): void {
  const settings = settingsOf(options);
  const tenant = tenantOf(settings, options.tenant);
  const given = {
    ...headOf(options),
    tenant: tenant.name,
    ...(options.mailbox !== undefined && { mailbox: options.mailbox }),
    protocol: options.protocol,
    instant: pastInstantOf('--at', options.at, tenant.zone),
    attribution: options.to,
  };
  enter(settings, (connection) => {
    assertMailbox(connection, tenant, options.mailbox);
    const id = reattributionStore(connection).add(given);
    say(`re-attribution ${id} added: ${lineOf(given, tenant.zone)}`);
    if (!hasRun(connection, settings, tenant, given))
      process.stderr.write(
        'warning: no closed failure run of that protocol holds this instant; if one is closed later, this will apply to it\n',
      );
  });
}

/** @throws CommandError for a mailbox that is not, and never was, the tenant's */
function assertMailbox(connection: Connection, tenant: Tenant, address: string | undefined): void {
  const known = new Set([
    ...mailboxesOf(tenant).map((mailbox) => mailbox.address),
    ...mailboxStore(connection)
      .eras(tenant.name)
      .flatMap(({ mailboxes }) => mailboxes),
  ]);
  if (address === undefined || known.has(address)) return;
  throw misuse(`--mailbox: expected one of ${[...known].join(', ')}, found "${address}"`);
}

function hasRun(
  connection: Connection,
  settings: Settings,
  tenant: Tenant,
  given: Spoken,
): boolean {
  const contract = settings.contracts.get(tenant.contract)?.name ?? tenant.contract;
  const within = { from: given.instant, to: given.instant + 1 };
  return ledgerStore(connection)
    .runs(tenant.name, contract, within)
    .some((run) => speaksOf(given, run));
}

function lineOf(given: Spoken & Pick<Reattribution, 'attribution'>, zone: string): string {
  const whose = given.mailbox === undefined ? '' : ` of ${given.mailbox}`;
  return `${given.protocol}${whose} at ${formatInstant(given.instant, zone)} → ${given.attribution}`;
}

function list(options: ListOptions): void {
  const settings = settingsOf(options);
  look(settings, (connection) => {
    const store = reattributionStore(connection);
    printLists(
      options,
      tenantsNamed(settings, options.tenant),
      (tenant) => store.list(tenant.name),
      (one, { zone }) => [`#${one.id} ${lineOf(one, zone)}`, ...tailOf(one, zone)],
      (one, { zone }) => ({
        ...entryJson(one, zone),
        mailbox: one.mailbox ?? null,
        protocol: one.protocol,
        instant: instantJson(one.instant, zone),
        attribution: one.attribution,
      }),
    );
  });
}
