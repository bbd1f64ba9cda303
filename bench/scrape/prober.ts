/** Probes and publishes in one process, as the daemon does. Ends with the process that forked it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { probes } from '../../probes/index.ts';
import type { ProbePorts } from '../../probes/ports.ts';
import type { Memory } from '../../probes/probe.ts';
import { runAttemptOf } from '../../probes/round.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { systemClock } from '../../src/system-clock.ts';
import { tenantOf } from '../../tests/metrics/example.ts';
import type { Mailbox, Request, Timings } from './messages.ts';
import { publish } from './publishing.ts';

/** Between two attempts; not a divisor of the scrapes' second, so that they fall anywhere in an attempt, ms. */
const rest = 17;

function probed({ address, username, password, imap }: Mailbox): Tenant {
  const credential = { kind: 'password' as const, secret: new Secret(() => password) };
  return tenantOf('tenant-0', {
    mailbox: { address, username, credential },
    imap: { ...imap, tls: 'none', ca: null, servername: null },
  });
}

const memory: Memory = { anchor: null };
let attempt: () => Promise<ProbeResult> = () => Promise.reject(new Error('not prepared'));

async function prepare(request: Extract<Request, { ask: 'prepare' }>): Promise<number> {
  const { told, port } = await publish(request.way, request.tenants);
  const tenant = probed(request.mailbox);
  let last: ProbeResult | null = null;
  const ports: ProbePorts = {
    probes,
    clock: systemClock,
    signal: new AbortController().signal,
    memory: () => memory,
    pending: () => [],
    removable: () => [],
    full: () => false,
    removed: () => {},
    posting: { due: () => false, done: () => {} },
    began: () => {},
    ended: () => {},
    report(result) {
      last = result;
      told.observe(result);
    },
  };
  let turn = 0;
  attempt = async () => {
    await runAttemptOf(tenant, 'imap', 'login', turn, ports);
    turn += 1;
    if (last === null) throw new Error('the attempt reported nothing');
    return last;
  };
  return port;
}

async function measure(seconds: number): Promise<Timings> {
  const timings: Record<string, number[]> = {};
  const add = (name: string, microseconds: number) => {
    timings[name] ??= [];
    timings[name].push(microseconds);
  };
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end) {
    const { phases, failure, monotonicStart, monotonicEnd } = await attempt();
    if (failure !== null) throw new Error(`the probe failed: ${failure.reason}`);
    for (const { phase, microseconds } of phases) add(phase, microseconds);
    add('whole', monotonicEnd - monotonicStart);
    await sleep(rest);
  }
  return timings;
}

process.on('message', async (request: Request) => {
  if (request.ask === 'prepare') process.send?.(await prepare(request));
  if (request.ask === 'measure') process.send?.(await measure(request.seconds));
});
process.once('disconnect', () => process.exit());
