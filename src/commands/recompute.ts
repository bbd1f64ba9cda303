import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Command } from 'commander';
import { openAssessor } from '../assess/assess.ts';
import { zoneOf } from '../assess/case.ts';
import type { Settings } from '../config/settings.ts';
import { formatInstant } from '../domain/calendar.ts';
import type { Contract } from '../domain/contract.ts';
import type { Tenant } from '../domain/tenant.ts';
import { openForEntry } from '../store/entry.ts';
import { ledgerStore } from '../store/ledger.ts';
import type { Connection } from '../store/open.ts';
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
    .option('--from <instant>', 'beginning (default: the ledger’s)')
    .option('--to <instant>', 'end (default: the ledger’s)')
    .option('-t, --tenant <name>', 'only this tenant')
    .action(async (options: RecomputeOptions) => {
      const settings = settingsOf(options);
      const connection = explained(() => openForEntry(settings.database));
      try {
        for (const tenant of tenantsNamed(settings, options.tenant))
          say(await recompute(connection, settings, tenant, options));
      } finally {
        connection.close();
      }
    });
}

async function recompute(
  connection: Connection,
  settings: Settings,
  tenant: Tenant,
  options: RecomputeOptions,
): Promise<string> {
  const contract = settings.contracts.get(tenant.contract) as Contract;
  const zone = zoneOf(tenant, contract);
  const from = options.from === undefined ? -Infinity : instantOf('--from', options.from, zone);
  const to = options.to === undefined ? Infinity : instantOf('--to', options.to, zone);
  if (from >= to) throw misuse('--from must be before --to');
  const assessor = openAssessor(connection);
  const cause = assessor.isOutdated(tenant, contract) ? 'the terms changed' : 'asked for';
  const whole = from === -Infinity && to === Infinity;
  const { stretch, changed } = await assessor.rejudge(
    tenant,
    contract,
    { from, to },
    { now: systemClock.wall(), cause, turn: () => nextTurn() },
  );
  if (stretch === null)
    return `${tenant.name}: nothing of that time is closed yet by ${contract.name}; a running daemon closes minutes as their evidence completes`;
  if (whole) assessor.acceptTerms(tenant, contract);
  const hash = ledgerHash(connection, tenant.name, contract.name, stretch);
  const what = changed === 0 ? 'the same ledger' : `${changed} minutes have another state now`;
  const span = `${formatInstant(stretch.from, zone)} up to ${formatInstant(stretch.to, zone)}`;
  return `${tenant.name}: ${span}: ${what}; SHA-256 ${hash}`;
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
    for (const [minute, { state, bare }] of ledger.minutes(tenant, contract, slice))
      hash.update(`${minute} ${state} ${bare}\n`);
  }
  return hash.digest('hex');
}
