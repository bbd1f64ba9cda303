import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import { openAssessor } from '../assess/assess.ts';
import { zoneOf } from '../assess/case.ts';
import type { Settings } from '../config/settings.ts';
import { formatInstant, monthPeriod } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import type { Interval } from '../domain/interval.ts';
import type { Tenant } from '../domain/tenant.ts';
import { openForEntry } from '../store/entry.ts';
import { ledgerStore } from '../store/ledger.ts';
import { lockDatabase } from '../store/lock.ts';
import { type Connection, StoreError } from '../store/open.ts';
import { systemClock } from '../system-clock.ts';
import { explained, instantOf, misuse, say } from './entering.ts';
import { type ConfigOptions, settingsOf, tenantsNamed, withConfig } from './settings.ts';
import { summaries } from './summaries.ts';

interface RecomputeOptions extends ConfigOptions {
  readonly tenant?: string;
  readonly from?: string;
  readonly to?: string;
}

/** `mailminute recompute`: judges closed minutes anew from the stored evidence. */
export function registerRecompute(program: Command): void {
  withConfig(program.command('recompute'))
    .description(summaries.recompute)
    .option('--from <instant>', 'beginning, or its month as YYYY-MM (default: the ledger’s)')
    .option('--to <instant>', 'end, or the last month as YYYY-MM (default: the ledger’s)')
    .option('-t, --tenant <name>', 'only this tenant')
    .action(async (options: RecomputeOptions) => {
      const settings = settingsOf(options);
      const connection = explained(() => openForEntry(settings.database));
      const release = lockUnlessRunning(settings.database);
      const closes = release !== null;
      try {
        for (const tenant of tenantsNamed(settings, options.tenant))
          say(await recompute(connection, settings, tenant, { ...options, closes }));
      } finally {
        connection.close();
        release?.();
      }
    });
}

/** A running daemon closes minutes itself: null then. */
function lockUnlessRunning(database: string): (() => void) | null {
  try {
    return lockDatabase(database);
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** Judges anew what is closed; where no daemon has closed anything yet, judges for the first time. */
async function recompute(
  connection: Connection,
  settings: Settings,
  tenant: Tenant,
  options: RecomputeOptions & { readonly closes: boolean },
): Promise<string> {
  const contract = settings.contracts.get(tenant.contract) as Contract;
  const zone = zoneOf(tenant, contract);
  const within = rangeOf(options, zone);
  const assessor = openAssessor(connection);
  const ledger = ledgerStore(connection);
  const now = systemClock.wall();
  const before = ledger.progress(tenant.name, contract.name);
  const cause = assessor.isOutdated(tenant, contract) ? 'the terms changed' : 'asked for';
  const turn = () => nextTurn();
  const { stretch, changed } = await assessor.rejudge(tenant, contract, within, {
    now,
    cause,
    turn,
  });
  const isWhole = within.from === -Infinity && within.to === Infinity;
  if (isWhole && stretch !== null) assessor.acceptTerms(tenant, contract);
  const isFirst = before === null && options.closes;
  if (isFirst) assessor.close(tenant, contract, now);
  const lines: string[] = [];
  const tell = (span: Interval, what: string): void => {
    const [from, to] = [formatInstant(span.from, zone), formatInstant(span.to, zone)];
    const hash = ledgerHash(connection, tenant.name, contract.name, span);
    lines.push(`${tenant.name}: ${from} up to ${to}: ${what}; SHA-256 ${hash}`);
  };
  if (stretch !== null)
    tell(stretch, changed === 0 ? 'the same ledger' : `${changed} minutes have another state now`);
  const after = isFirst ? ledger.progress(tenant.name, contract.name) : null;
  const added = {
    from: Math.max(after?.closedFrom ?? Infinity, within.from),
    to: Math.min(after?.closedUntil ?? -Infinity, within.to),
  };
  if (added.from < added.to) tell(added, 'judged for the first time');
  if (lines.length > 0) return lines.join('\n');
  return `${tenant.name}: nothing of that time is closed yet by ${contract.name}; a running daemon closes minutes as their evidence completes`;
}

/** @throws CommandError */
function rangeOf(options: RecomputeOptions, zone: string): Interval {
  const bound = (side: 'from' | 'to', otherwise: number): number => {
    const text = options[side];
    if (text === undefined) return otherwise;
    const isMonth = /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
    return isMonth ? monthPeriod(text, zone)[side] : instantOf(`--${side}`, text, zone);
  };
  const within = { from: bound('from', -Infinity), to: bound('to', Infinity) };
  if (within.from >= within.to) throw misuse('--from must be before --to');
  return within;
}

/** Hash of the ledger's minutes: two ledgers that agree have the same. */
function ledgerHash(
  connection: Connection,
  tenant: string,
  contract: string,
  within: { from: number; to: number },
): string {
  const hash = createHash('sha256');
  const day = 86_400_000;
  const ledger = ledgerStore(connection);
  for (let from = within.from; from < within.to; from += day) {
    const slice = { from, to: Math.min(from + day, within.to) };
    let text = '';
    for (const [minute, { state, bare }] of ledger.minutes(tenant, contract, slice))
      text += `${minute} ${state} ${bare}\n`;
    hash.update(text);
  }
  return hash.digest('hex');
}
