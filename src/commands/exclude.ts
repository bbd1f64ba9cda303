import { type Command, Option } from 'commander';
import type { Settings } from '../config/settings.ts';
import { formatInstant } from '../domain/calendar.ts';
import type { MaintenanceRule } from '../domain/contract.ts';
import {
  countedExclusions,
  type Exclusion,
  type ExclusionKind,
  exclusionKinds,
  type Refusal,
  refusalWording,
} from '../domain/exclusion.ts';
import type { Tenant } from '../domain/tenant.ts';
import { instantOrNull } from '../report/json-parts.ts';
import { exclusionStore } from '../store/exclusions.ts';
import { systemClock } from '../system-clock.ts';
import {
  type EntryOptions,
  enter,
  headOf,
  idOf,
  instantOf,
  lineOf,
  look,
  misuse,
  ownerOf,
  pastInstantOf,
  say,
  tenantOf,
  withAuthor,
  withTenant,
  withWhy,
  withWithdrawal,
} from './entering.ts';
import { entryJson, type ListOptions, printLists, tailOf, withList } from './entry-list.ts';
import { settingsOf, tenantsNamed } from './settings.ts';
import { summaries } from './summaries.ts';

interface AddOptions extends EntryOptions {
  readonly kind: ExclusionKind;
  readonly from: string;
  readonly to?: string;
  readonly notified?: string;
  readonly approvedBy?: string;
  readonly source?: string;
}

/** `mailminute exclude add|list|end|withdraw`. */
export function registerExclude(program: Command): void {
  const exclude = program.command('exclude').description(summaries.exclude);
  withTenant(withAuthor(exclude.command('add')))
    .description('adds an exclusion; instants: 2026-10-03T12:30+08:00, or "2026-10-03 12:30"')
    .addOption(
      new Option('--kind <kind>', 'why').choices([...exclusionKinds]).makeOptionMandatory(),
    )
    .requiredOption('--from <instant>', 'its start')
    .option('--to <instant>', 'its end (default: open, until it is ended)')
    .option('--notified <instant>', 'when the provider told of it')
    .option('--approved-by <name>', 'who agreed to it on the customer’s side')
    .option('--source <source>', 'how it became known: mail, ticket, URL, phone')
    .option('--evidence <reference>', 'what proves it; a cause other than maintenance needs it')
    .option('--note <text>', 'what for')
    .action(add);
  withList(exclude.command('list'))
    .description('all exclusions, and whether the contract counts them')
    .action(list);
  withWhy(exclude.command('end <number>'))
    .description('ends an open exclusion, or shortens one')
    .requiredOption('--at <instant>', 'its end')
    .action(end);
  withWithdrawal(
    exclude,
    'takes an exclusion, or an end, back; it stays visible as withdrawn',
    exclusionStore,
  );
}

function add(options: AddOptions): void {
  const settings = settingsOf(options);
  const { name: tenant, zone } = tenantOf(settings, options.tenant);
  const from = instantOf('--from', options.from, zone);
  const to = options.to === undefined ? null : instantOf('--to', options.to, zone);
  if (to !== null && to <= from) throw misuse('--to: expected an instant after --from');
  const exclusion = {
    ...headOf(options),
    tenant,
    kind: options.kind,
    from,
    to,
    notifiedAt:
      options.notified === undefined ? null : pastInstantOf('--notified', options.notified, zone),
    approvedBy: lineOf('--approved-by', options.approvedBy),
    source: lineOf('--source', options.source),
  };
  enter(settings, (connection) => {
    const store = exclusionStore(connection);
    const id = store.add(exclusion);
    say(`exclusion ${id} added: ${spanOf(exclusion, zone)}`);
    const why = ruled(settings, tenantOf(settings, tenant), store.list(tenant)).find(
      (one) => one.exclusion.id === id,
    )?.why;
    for (const one of why ?? []) say(`not counted: ${refusalWording[one].en}`);
  });
}

function end(number: string, options: EntryOptions & { readonly at: string }): void {
  const settings = settingsOf(options);
  const id = idOf(number);
  enter(settings, (connection) => {
    const store = exclusionStore(connection);
    const owner = ownerOf(settings, 'exclusion', id, store.list);
    const at = instantOf('--at', options.at, owner.zone);
    const added = store.end(id, at, headOf(options));
    say(`exclusion ${id} ends at ${formatInstant(at, owner.zone)} (entry ${added})`);
  });
}

interface Ruled {
  readonly exclusion: Exclusion;
  /** Empty: all of it counts. */
  readonly why: readonly Refusal[];
}

/** What the tenant's contract says of its exclusions now. */
function ruled(settings: Settings, tenant: Tenant, exclusions: readonly Exclusion[]): Ruled[] {
  const contract = settings.contracts.get(tenant.contract);
  const rule: MaintenanceRule = contract?.maintenance ?? {
    rule: 'none',
    notice: 0,
    yearlyCap: null,
  };
  const zone = contract?.zone ?? tenant.zone;
  const { refused } = countedExclusions(rule, exclusions, zone, systemClock.wall());
  return exclusions.map((exclusion) => ({
    exclusion,
    why: refused.filter((one) => one.exclusion.id === exclusion.id).map(({ why }) => why),
  }));
}

function list(options: ListOptions): void {
  const settings = settingsOf(options);
  look(settings, (connection) => {
    const store = exclusionStore(connection);
    printLists(
      options,
      tenantsNamed(settings, options.tenant),
      (tenant) => ruled(settings, tenant, store.list(tenant.name)),
      ({ exclusion, why }, { zone }) => linesOf(exclusion, why, zone),
      ({ exclusion, why }, { zone }) => jsonOf(exclusion, why, zone),
    );
  });
}

function spanOf({ from, to }: Pick<Exclusion, 'from' | 'to'>, zone: string): string {
  return `${formatInstant(from, zone)} – ${to === null ? 'open' : formatInstant(to, zone)}`;
}

function linesOf(exclusion: Exclusion, why: readonly Refusal[], zone: string): string[] {
  const { id, kind, notifiedAt, approvedBy, source, ends } = exclusion;
  const ruling =
    why.length === 0
      ? 'counted'
      : why[0] === 'beyond-yearly-cap'
        ? `counted in part: ${refusalWording[why[0]].en}`
        : `not counted: ${why.map((one) => refusalWording[one].en).join(', ')}`;
  const facts = [
    notifiedAt === null ? 'not notified' : `notified ${formatInstant(notifiedAt, zone)}`,
    approvedBy === null ? 'not approved' : `approved by ${approvedBy}`,
    ...(source === null ? [] : [`source ${source}`]),
  ];
  return [
    `#${id} ${kind}  ${spanOf(exclusion, zone)}  ${ruling}`,
    `     ${facts.join('; ')}`,
    ...tailOf(exclusion, zone),
    ...ends.flatMap((one) => [
      `   #${one.id} ended at ${formatInstant(one.to, zone)}`,
      ...tailOf(one, zone),
    ]),
  ];
}

function jsonOf(exclusion: Exclusion, why: readonly Refusal[], zone: string) {
  const { kind, from, to, notifiedAt, approvedBy, source, ends } = exclusion;
  return {
    ...entryJson(exclusion, zone),
    kind,
    from: instantOrNull(from, zone),
    to: instantOrNull(to, zone),
    notifiedAt: instantOrNull(notifiedAt, zone),
    approved: approvedBy !== null,
    approvedBy,
    source,
    ends: ends.map((one) => ({ ...entryJson(one, zone), to: instantOrNull(one.to, zone) })),
    refused: why,
  };
}
