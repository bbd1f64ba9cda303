import type { Command } from 'commander';
import type { Settings } from '../config/settings.ts';
import { formatInstant } from '../domain/calendar.ts';
import { parseInstant } from '../domain/instant.ts';
import type { Tenant } from '../domain/tenant.ts';
import type { EntryRow } from '../store/entries.ts';
import { enterInto } from '../store/entry.ts';
import { type Connection, openForReading, StoreError } from '../store/open.ts';
import { systemClock } from '../system-clock.ts';
import { CommandError, exitCodes } from './exit.ts';
import { type ConfigOptions, settingsOf, tenantsNamed, withConfig } from './settings.ts';

/** Options that every command about entries has. */
export interface EntryOptions extends ConfigOptions {
  readonly tenant?: string;
  readonly author?: string;
  readonly note?: string;
  readonly evidence?: string;
  readonly why?: string;
}

/** A wrong use of a command: the person can mend it. */
export function misuse(message: string): CommandError {
  return new CommandError(message, exitCodes.badConfig);
}

/** For commands that add an entry. */
export function withAuthor(command: Command): Command {
  return withConfig(command).option('--author <name>', 'who enters this (default: $USER)');
}

/** For commands that take back or end: they must say why. */
export function withWhy(command: Command): Command {
  return withAuthor(command)
    .requiredOption('--why <text>', 'the reason, kept with the entry')
    .option('--evidence <reference>', 'what proves it: a file, a URL, a message');
}

/** For commands that speak of one tenant. */
export function withTenant(command: Command): Command {
  return command.option('-t, --tenant <name>', 'the tenant (default: the only one)');
}

/** Adds `withdraw <number>`: what is taken back stays visible as withdrawn. */
export function withWithdrawal(
  parent: Command,
  description: string,
  storeOf: (connection: Connection) => {
    readonly withdraw: (id: number, by: Omit<EntryRow, 'tenant'>) => number;
  },
): void {
  withWhy(parent.command('withdraw <number>'))
    .description(description)
    .action((number: string, options: EntryOptions) => {
      const id = idOf(number);
      const by = headOf(options);
      enter(settingsOf(options), (connection) => storeOf(connection).withdraw(id, by));
      say(`withdrawn: ${id}`);
    });
}

/** The configured tenant whose list has the entry. @throws CommandError */
export function ownerOf(
  settings: Settings,
  what: string,
  id: number,
  listOf: (tenant: string) => readonly { readonly id: number }[],
): Tenant {
  const owner = settings.tenants.find(({ name }) => listOf(name).some((one) => one.id === id));
  if (owner !== undefined) return owner;
  throw misuse(`there is no ${what} ${id} of a configured tenant`);
}

/** The tenant named, or the only one there is. @throws CommandError */
export function tenantOf(settings: Settings, name: string | undefined): Tenant {
  const tenants = tenantsNamed(settings, name);
  const [first] = tenants;
  if (first !== undefined && tenants.length === 1) return first;
  throw misuse(`name the tenant with --tenant: ${tenants.map((one) => one.name).join(', ')}`);
}

const noInstant = {
  malformed:
    'expected ISO 8601 with an offset such as 2026-10-03T12:30:00+08:00, or 2026-10-03 12:30 in the tenant’s zone',
  missing: 'the clocks skip this time; write it with its offset',
  twice: 'the clocks show this time twice; write it with its offset',
};

/** @throws CommandError naming the flag */
export function instantOf(flag: string, text: string, zone: string): number {
  const instant = parseInstant(text, zone);
  if (typeof instant === 'number') return instant;
  throw misuse(`${flag}: ${noInstant[instant]} (${zone}), found "${text}"`);
}

/** An instant of something that has happened already. @throws CommandError */
export function pastInstantOf(flag: string, text: string, zone: string): number {
  const instant = instantOf(flag, text, zone);
  if (instant <= systemClock.wall()) return instant;
  throw misuse(`${flag}: ${formatInstant(instant, zone)} lies in the future`);
}

/** A line of text, or null when it was not given. Entries stay for ever: what would garble a list is refused. */
export function lineOf(flag: string, text: string | undefined): string | null {
  if (text === undefined) return null;
  const line = text.trim();
  if (line === '' || line.length > 1000 || /\p{Cc}/u.test(line))
    throw misuse(`${flag}: expected one line of 1 to 1000 characters`);
  return line;
}

/** @throws CommandError */
export function needed<T>(flag: string, given: T | null | undefined): T {
  if (given === null || given === undefined) throw misuse(`${flag} is needed`);
  return given;
}

/** @throws CommandError */
export function idOf(text: string): number {
  if (/^#?\d{1,15}$/.test(text)) return Number(text.replace('#', ''));
  throw misuse(`expected the number of an entry, as the list shows it, found "${text}"`);
}

/** What every new entry has: who, when, why, and what proves it. */
export function headOf(options: EntryOptions): Omit<EntryRow, 'tenant'> {
  const author = lineOf('--author', options.author ?? process.env.USER);
  if (author === null)
    throw misuse('who enters this? name the author with --author, or set USER in the environment');
  return {
    author,
    enteredAt: systemClock.wall(),
    note: lineOf('--why', options.why) ?? lineOf('--note', options.note),
    evidence: lineOf('--evidence', options.evidence),
  };
}

/** Adds to the database beside a running daemon. @throws CommandError */
export function enter<T>(settings: Settings, work: (connection: Connection) => T): T {
  return explained(() => enterInto(settings.database, work));
}

/** Reads the database beside a running daemon. @throws CommandError */
export function look<T>(settings: Settings, work: (connection: Connection) => T): T {
  return explained(() => {
    const connection = openForReading(settings.database);
    try {
      return work(connection);
    } finally {
      connection.close();
    }
  });
}

/** Runs what opens or reads the database. @throws CommandError with the place and the remedy */
export function explained<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof StoreError) throw new CommandError(error.message);
    throw error;
  }
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
