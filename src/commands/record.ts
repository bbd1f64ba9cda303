import { type Command, Option } from 'commander';
import { formatInstant } from '../domain/calendar.ts';
import {
  type RecordKind,
  recordKinds,
  type TicketEventKind,
  ticketCategories,
  ticketChannels,
  ticketEvents,
} from '../domain/record.ts';
import { recordStore } from '../store/records.ts';
import {
  type EntryOptions,
  enter,
  headOf,
  idOf,
  lineOf,
  look,
  misuse,
  ownerOf,
  say,
  tenantOf,
  withAuthor,
  withTenant,
  withWithdrawal,
} from './entering.ts';
import { type ListOptions, printLists, withList } from './entry-list.ts';
import { type DetailOptions, detailOf, eventOf, eventsOf } from './record-detail.ts';
import { describe, jsonOf, linesOf } from './record-words.ts';
import { settingsOf, tenantsNamed } from './settings.ts';
import { summaries } from './summaries.ts';

type AddOptions = EntryOptions & DetailOptions & { readonly clause?: string };

/** `mailminute record add|list|event|withdraw`. */
export function registerRecord(program: Command): void {
  const record = program.command('record').description(summaries.record);
  withDetail(withTenant(withAuthor(record.command('add <kind>'))))
    .description(`adds a record; kinds: ${recordKinds.join(', ')}`)
    .action(add);
  withList(record.command('list'))
    .description('all records, withdrawn ones included')
    .addOption(new Option('--kind <kind>', 'only this kind').choices([...recordKinds]))
    .action(list);
  withAuthor(record.command('event <number> <kind>'))
    .description(`adds what happened to a ticket: ${ticketEvents.join(', ')}`)
    .requiredOption('--at <instant>', 'when')
    .option('--note <text>', 'what')
    .option('--evidence <reference>', 'what proves it')
    .action(event);
  withWithdrawal(
    record,
    'takes a record, or an event of a ticket, back; it stays visible as withdrawn',
    recordStore,
  );
}

function withDetail(command: Command): Command {
  return command
    .option('--clause <id>', 'the clause that it speaks of, such as T1.29')
    .option('--subject <text>', 'what it is about')
    .option('--number <number>', 'of the ticket, the invoice, or the claim’s ticket')
    .addOption(new Option('--category <category>', 'of a ticket').choices([...ticketCategories]))
    .addOption(
      new Option('--channel <channel>', 'how a ticket was sent (default: ticket)').choices([
        ...ticketChannels,
      ]),
    )
    .option('--sent <instant>', 'ticket: when it was sent')
    .option('--acknowledged <instant>', 'ticket: when it was answered')
    .option('--started <instant>', 'ticket: when work on it began')
    .option('--resolved <instant>', 'ticket: when it was solved')
    .option('--at <instant>', 'when: a claim, notice, evidence, consent, spot check or other')
    .option('--month <YYYY-MM>', 'the (first) month of a fee, invoice or claim')
    .option('--months <count>', 'how many months the fee pays for (default: 1)')
    .option('--amount <amount>', 'of a fee or invoice, such as 1200.00')
    .option('--currency <code>', 'ISO 4217, such as CNY')
    .option('--vouchers <amount>', 'the part of the fee that was paid by vouchers')
    .option('--valid-requests <count>', 'that the invoice bills')
    .option('--tried <count>', 'samples of a spot check')
    .option('--passed <count>', 'samples that went as promised')
    .option('--evidence <reference>', 'what proves it: a file, a URL, a message')
    .option('--note <text>', 'a remark');
}

function kindOf<T extends string>(kinds: readonly T[], text: string): T {
  const kind = kinds.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw misuse(`expected one of ${kinds.join(', ')}, found "${text}"`);
}

function add(text: string, options: AddOptions): void {
  const kind = kindOf<RecordKind>(recordKinds, text);
  const settings = settingsOf(options);
  const { name: tenant, zone } = tenantOf(settings, options.tenant);
  const record = {
    ...headOf(options),
    tenant,
    clause: clauseOf(options.clause),
    detail: detailOf(kind, options, zone),
  };
  const events = eventsOf(kind, options, zone);
  const id = enter(settings, (connection) => recordStore(connection).add(record, events));
  say(`record ${id} added: ${describe(record.detail, zone)}`);
}

function clauseOf(text: string | undefined): string | null {
  const clause = lineOf('--clause', text);
  if (clause === null || /^[\w.–-]{1,40}$/.test(clause)) return clause;
  throw misuse(`--clause: expected a clause id such as T1.29, found "${clause}"`);
}

function event(
  number: string,
  text: string,
  options: EntryOptions & { readonly at: string },
): void {
  const id = idOf(number);
  const kind = kindOf<TicketEventKind>(ticketEvents, text);
  const settings = settingsOf(options);
  enter(settings, (connection) => {
    const store = recordStore(connection);
    const owner = ownerOf(settings, 'record', id, store.list);
    const given = eventOf(kind, '--at', options.at, owner.zone);
    const added = store.event(id, given, headOf(options));
    say(`record ${id}: ${kind} at ${formatInstant(given.at, owner.zone)} (entry ${added})`);
  });
}

function list(options: ListOptions & { readonly kind?: RecordKind }): void {
  const settings = settingsOf(options);
  look(settings, (connection) => {
    const store = recordStore(connection);
    printLists(
      options,
      tenantsNamed(settings, options.tenant),
      ({ name }) =>
        store
          .list(name)
          .filter(({ detail }) => options.kind === undefined || detail.kind === options.kind),
      (record, { zone }) => linesOf(record, zone),
      (record, { zone }) => jsonOf(record, zone),
    );
  });
}
