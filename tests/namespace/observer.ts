/**
 * The daemon's side: schedule, probes, control rounds, store and judge as the daemon has them, on a
 * clock that runs several times as fast. Answers every line with its judgement so far.
 */
import { createInterface } from 'node:readline';
import { probeControls } from '../../probes/control.ts';
import { probes } from '../../probes/index.ts';
import { type ProbePorts, runAttemptOf, runRound } from '../../probes/round.ts';
import type { Clock } from '../../src/domain/clock.ts';
import { judge } from '../../src/domain/judge.ts';
import { Secret } from '../../src/domain/secret.ts';
import type { Endpoint, Tenant } from '../../src/domain/tenant.ts';
import { messagePorts } from '../../src/message-ports.ts';
import { startControls } from '../../src/schedule/control-plan.ts';
import { startScheduler } from '../../src/schedule/scheduler.ts';
import { controlStore } from '../../src/store/controls.ts';
import { openJournal } from '../../src/store/journal.ts';
import { messageStore } from '../../src/store/messages.ts';
import { openDatabase } from '../../src/store/open.ts';
import { attemptReader } from '../../src/store/results.ts';
import { systemClock } from '../../src/system-clock.ts';
import { oneMinute } from '../domain/case.ts';
import type { Orders } from './orders.ts';

const orders = JSON.parse(process.argv[2] ?? '') as Orders;
const { factor, zero, base, controls, account } = orders;

const monotonicZero = systemClock.monotonic();
const clock: Clock = {
  wall: () => zero + (systemClock.wall() - base) * factor,
  monotonic: () => (systemClock.monotonic() - monotonicZero) * factor,
};
const timer = (delay: number, call: () => void) => {
  const pending = setTimeout(call, delay / factor);
  return () => clearTimeout(pending);
};

const endpoint = (port: number): Endpoint => ({
  host: orders.host,
  port,
  tls: 'none',
  ca: null,
  servername: null,
});
const tenant: Tenant = {
  name: 'tenant',
  contract: 'one-minute',
  zone: 'UTC',
  mailbox: {
    address: account.address,
    username: account.username,
    credential: { kind: 'password', secret: new Secret(() => account.password) },
  },
  smtp: endpoint(account.smtp),
  imap: endpoint(account.imap),
  pop: null,
  webmail: null,
  connectInterval: 20_000,
  roundtripInterval: 50_000,
  attemptDeadline: 30_000 / factor, // probes wait in real time
  deliveryAllowance: 60_000,
};

const connection = openDatabase(':memory:');
const kept = controlStore(connection);
const journal = openJournal(connection, (result) => {
  scheduler.observe(result);
  rounds.observe(result);
});
const { signal } = new AbortController();
const ports: ProbePorts = {
  probes,
  clock,
  signal,
  ...messagePorts(messageStore(connection), clock),
  began: (_tenant, protocol) => scheduler.plan(tenant.name)?.began(protocol),
  ended: (_tenant, protocol) => scheduler.plan(tenant.name)?.ended(protocol),
  report: (result) => journal.append(result),
};
const scheduler = startScheduler([tenant], {
  clock,
  timer,
  random: Math.random,
  late: () => {},
  perform: (task) =>
    void (task.kind === 'round'
      ? runRound(task.tenant, task.protocols, task.turn, ports)
      : runAttemptOf(task.tenant, task.protocol, task.depth, task.turn, ports)),
});
const rounds = startControls({
  clock,
  timer,
  random: Math.random,
  round: async (turn) => {
    const looks = await probeControls(controls, { clock, signal, turn, deadline: 5_000 / factor });
    // The kernel repeats a lost request after a second of real time, whatever our clock says.
    const real = looks?.map((look) => ({
      ...look,
      connectMicroseconds:
        look.connectMicroseconds === null ? null : Math.round(look.connectMicroseconds / factor),
    }));
    if (real !== undefined) kept.record(real);
  },
});

function judgement() {
  const now = clock.wall();
  const attempts = attemptReader(connection).attempts(tenant.name, zero, now + 1);
  const { runs, minutes } = judge({
    contract: { ...oneMinute, protocols: ['smtp', 'imap'] },
    protocols: new Map([
      ['smtp', 'roundtrip'],
      ['imap', 'roundtrip'],
    ]),
    stretch: { from: zero, to: now },
    attempts,
    controls: kept.results(zero, now + 1),
    pending: new Map(),
    blind: [],
    exclusions: [],
    deliveryAllowance: tenant.deliveryAllowance,
    settling: 35_000,
  });
  const reasons = attempts.flatMap(({ failure }) => failure?.reason ?? []);
  return { reasons, runs, minutes: [...minutes] };
}

process.stdout.write('ready\n');
for await (const _line of createInterface({ input: process.stdin }))
  process.stdout.write(`${JSON.stringify(judgement())}\n`);
process.exit(0);
