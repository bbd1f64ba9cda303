import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { type BrowserRooms, probesWith } from '../../probes/index.ts';
import type { ProbePorts } from '../../probes/ports.ts';
import type { Memory } from '../../probes/probe.ts';
import { runRound } from '../../probes/round.ts';
import { readersOf } from '../assess/case.ts';
import { openBrowsing } from '../browsing.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import {
  asPushClient,
  byMailbox,
  deepestDepth,
  protocolsOf,
  type Tenant,
} from '../domain/tenant.ts';
import { systemClock } from '../system-clock.ts';
import { exitCodes } from './exit.ts';
import {
  type ConfigOptions,
  formatOption,
  settingsOf,
  tenantsNamed,
  withConfig,
} from './settings.ts';
import { summaries } from './summaries.ts';

type CheckOptions = ConfigOptions & { readonly tenant?: string; readonly format: string };

/** `mailminute check`. */
export function registerCheck(program: Command): void {
  withConfig(program.command('check'))
    .description(summaries.check)
    .option('-t, --tenant <name>', 'only this tenant')
    .addOption(formatOption())
    .action(check);
}

async function check(options: CheckOptions): Promise<void> {
  const settings = settingsOf(options);
  const tenants = tenantsNamed(settings, options.tenant);
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  const checked = [];
  let good = true;
  // The folder beside the database is the daemon's, which may be running.
  const folder = mkdtempSync(join(tmpdir(), 'mailminute-'));
  const browsing = openBrowsing(settings, folder);
  try {
    for (const tenant of tenants) {
      if (process.stderr.isTTY) process.stderr.write(`probing ${tenant.name} …\n`);
      // Each mailbox by itself; together, so that one that hangs holds up no other.
      const results = checkedOf(tenant).map(async (one) => ({
        one,
        rows: judgeCheck(one, await probeOnce(one, interrupted.signal, browsing?.rooms)),
      }));
      for (const { one, rows } of await Promise.all(results)) {
        good &&= hasPassed(one, rows);
        checked.push({ tenant: tenant.name, mailbox: one.mailbox.address, rows });
        if (options.format === 'text') process.stdout.write(`${formatCheck(one, rows)}\n\n`);
      }
    }
  } finally {
    await browsing?.stop();
    // What is left in there is the picture of a page that failed.
    if (!existsSync(join(folder, 'evidence'))) rmSync(folder, { recursive: true });
    else process.stderr.write(`pictures of failed pages: ${join(folder, 'evidence')}\n`);
  }
  if (options.format === 'json') process.stdout.write(`${JSON.stringify(checked, null, 2)}\n`);
  process.exitCode = good ? exitCodes.ok : exitCodes.failed;
}

/** The tenant once for each of its mailboxes, and the account of its push service, which only logs in. */
export function checkedOf(tenant: Tenant): readonly Tenant[] {
  const { push } = tenant;
  if (push === undefined || push.judged) return byMailbox(tenant);
  const account = asPushClient({ ...tenant, push: { ...push, judged: true } }, push);
  return [...byMailbox(tenant), account];
}

/** Probes everything of a tenant once, now; nothing is stored. In the order of the tenant's protocols. */
async function probeOnce(
  tenant: Tenant,
  signal: AbortSignal,
  rooms: BrowserRooms | null = null,
): Promise<ProbeResult[]> {
  const results = new Map<Protocol, ProbeResult>();
  const memories = new Map<Protocol, Memory>();
  let cleared = 0;
  const ports: ProbePorts = {
    probes: probesWith(rooms),
    clock: systemClock,
    signal,
    memory: (_, protocol) => {
      const memory = memories.get(protocol) ?? { anchor: null };
      memories.set(protocol, memory);
      return memory;
    },
    pending: () => [],
    // Sent by this very command, and of no use to anyone after it.
    removable() {
      cleared += 1;
      return [...results.values()].flatMap(({ protocol, token, acceptedAt }) =>
        // What the webmail sent is looked for once more before it goes.
        token === null || (protocol === 'webmail' && acceptedAt !== null && cleared === 1)
          ? []
          : [token],
      );
    },
    full: () => false,
    removed: () => {},
    posting: { due: () => deepestDepth(tenant, 'webmail') === 'send', done: () => {} },
    began: () => {},
    ended: () => {},
    report(result) {
      // A reader that looks once more, for what the webmail sent, has its say if that went worse.
      const before = results.get(result.protocol);
      const worse = result.failure !== null || result.sightings.length === 0;
      if (before === undefined || (before.failure === null && worse))
        results.set(result.protocol, result);
    },
  };
  await runRound(tenant, protocolsOf(tenant), 0, ports);
  return protocolsOf(tenant).flatMap((protocol) => results.get(protocol) ?? []);
}

/** What a check has to say of one protocol. */
export interface CheckRow {
  readonly protocol: Protocol;
  readonly ok: boolean;
  readonly verdict: string;
  readonly result: ProbeResult;
}

/** A reader that logged in but did not see the message in time has not shown that mail arrives. */
export function judgeCheck(tenant: Tenant, results: readonly ProbeResult[]): CheckRow[] {
  const sent = results.find(({ protocol }) => protocol === 'smtp')?.acceptedAt ?? null;
  return results.map((result) => {
    const { protocol, failure } = result;
    if (failure !== null) return { protocol, ok: false, verdict: failure.reason, result };
    const reads = readersOf(tenant).some((reader) => reader === protocol);
    if (reads && sent !== null && result.sightings.length === 0)
      return { protocol, ok: false, verdict: 'message not seen', result };
    return { protocol, ok: true, verdict: depthNote(tenant, protocol, sent), result };
  });
}

/** True when every protocol was probed and is well: an interrupted check leaves some out. */
export function hasPassed(tenant: Tenant, rows: readonly CheckRow[]): boolean {
  return rows.length === protocolsOf(tenant).length && rows.every(({ ok }) => ok);
}

function depthNote(tenant: Tenant, protocol: Protocol, sent: number | null): string {
  const deepest = deepestDepth(tenant, protocol);
  if (deepest === 'connect') return 'ok (page only)';
  return protocol !== 'smtp' && sent === null ? 'ok (nothing was sent)' : 'ok';
}

const milliseconds = (microseconds: number) => (microseconds / 1000).toFixed(1);

/** The table: a line a protocol, its total and its phases in ms; below it what a failure said. */
export function formatCheck(tenant: Tenant, rows: readonly CheckRow[]): string {
  const width = Math.max(...rows.map(({ verdict }) => verdict.length), 6);
  const lines = rows.map(({ protocol, verdict, result }) => {
    const total = milliseconds(result.monotonicEnd - result.monotonicStart);
    const phases = result.phases
      .map(({ phase, microseconds }) => `${phase} ${milliseconds(microseconds)}`)
      .join('  ');
    return `  ${protocol.padEnd(8)} ${verdict.padEnd(width)} ${total.padStart(9)}  ${phases}`;
  });
  const head = `  ${'protocol'.padEnd(8)} ${'result'.padEnd(width)} ${'total ms'.padStart(9)}  phases (ms)`;
  const details = rows.flatMap(({ protocol, result }) => failureLines(protocol, result));
  return [`${tenant.name} (${tenant.mailbox.address})`, head, ...lines, ...details].join('\n');
}

function failureLines(protocol: Protocol, { failure, address, transcript }: ProbeResult): string[] {
  if (failure === null) return [];
  const code = failure.code === null ? '' : ` [${failure.code}]`;
  return [
    '',
    `  ${protocol}: failed in ${failure.phase}${address === null ? '' : ` at ${address}`}: ${failure.message}${code}`,
    ...transcript
      .split('\n')
      .filter((line) => line !== '')
      .slice(-8)
      .map((line) => `    ${line}`),
  ];
}
