import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { FailureRun, MinuteState } from '../../src/domain/ledger.ts';
import type { Reason } from '../../src/domain/reason.ts';
import {
  type Conversation,
  controlAddresses,
  Network,
  tenantAddress,
  withoutNamespaces,
} from './network.ts';
import type { Orders, ReachableAccount } from './orders.ts';

const skip = withoutNamespaces();
const factor = 6;
/** Of the observer's time, ms. */
const outage = 96_000;
const withoutRoute = 36_000;

interface Judged {
  /** Of the failed attempts. */
  readonly reasons: readonly Reason[];
  readonly runs: readonly FailureRun[];
  readonly minutes: readonly (readonly [number, MinuteState])[];
}
interface Stretch {
  readonly from: number;
  readonly to: number;
}

/**
 * The tenant, the control targets and the daemon's parts in networks of their own. The observer's clock
 * runs six times as fast, so that 96 s pass in 16 s; nothing else is made up.
 */
describe('a real network whose route is taken away', { skip, timeout: 120_000 }, () => {
  let network: Network;
  let tenant: Conversation;
  let observer: Conversation;
  let zero: number;
  let base: number;
  let cut: Stretch;
  let stopped: Stretch;
  let judged: Judged;

  before(async () => {
    network = new Network();
    tenant = network.start('tenant', 'tenant.ts', tenantAddress);
    const controls = network.start('controls', 'controls.ts', '443', ...controlAddresses);
    const account = JSON.parse(await tenant.line()) as ReachableAccount;
    await controls.line();
    base = Date.now();
    zero = base - (base % 60_000);
    const orders: Orders = {
      host: tenantAddress,
      account,
      controls: controlAddresses.map((host) => ({ host, port: 443 })),
      factor,
      zero,
      base,
    };
    observer = network.start('here', 'observer.ts', JSON.stringify(orders));
    await observer.line();
    await story();
  });
  after(() => network.close());

  const now = () => zero + (Date.now() - base) * factor;
  const wait = (milliseconds: number) => pause(milliseconds / factor);

  async function story(): Promise<void> {
    await wait(20_000);
    const cutFrom = now();
    network.takeRoutes();
    await wait(withoutRoute);
    network.swallowAnswers();
    network.giveRoutes();
    await wait(outage);
    network.returnAnswers();
    cut = { from: cutFrom, to: now() };
    await wait(40_000);
    const stoppedFrom = now();
    await tenant.ask('stop');
    await wait(outage);
    await tenant.ask('start');
    stopped = { from: stoppedFrom, to: now() };
    await wait(30_000);
    judged = JSON.parse(await observer.ask('judge')) as Judged;
  }

  const states = ({ from, to }: Stretch) =>
    judged.minutes
      .filter(([minute]) => minute < to && minute + 60_000 > from)
      .map(([, state]) => state);
  const runsWithin = ({ from, to }: Stretch) =>
    judged.runs.filter(({ possible }) => possible.from < to && possible.to > from);
  const told = () => JSON.stringify(judged, null, 1);

  test('without a way for over two minutes, first no route and then no answer, its minutes are unknown', () => {
    const found = states(cut);
    assert.ok(found.filter((state) => state === 'unknown').length >= 2, told());
    assert.ok(!found.includes('unavailable'), told());
  });

  test('every failure of that time is laid to our own way', () => {
    const found = runsWithin(cut);
    assert.ok(found.length > 0, told());
    for (const run of found) assert.equal(run.attribution, 'local', told());
    // In the second half nothing told us that the way was shut, but the control targets.
    assert.ok(judged.reasons.includes('no-route'), told());
    assert.ok(judged.reasons.includes('timeout'), told());
  });

  test('the tenant alone stopped for 96 s is unavailable, and the provider’s fault', () => {
    const found = runsWithin(stopped);
    assert.deepEqual(
      [...new Set(found.map(({ protocol }) => protocol))].sort(),
      ['imap', 'smtp'],
      told(),
    );
    for (const run of found) {
      assert.equal(run.attribution, 'provider', told());
      assert.equal(run.confirmed, true, told());
      for (const piece of run.certain)
        assert.ok(piece.from >= stopped.from && piece.to <= stopped.to + 1_000 * factor, told());
    }
    assert.equal(states(stopped).filter((state) => state === 'unavailable').length, 1, told());
  });
});
