import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { openAssessor } from '../src/assess/assess.ts';
import { incidentStore } from '../src/store/incidents.ts';
import type { Connection } from '../src/store/open.ts';
import { sealFinishedDays } from '../src/store/seal.ts';
import { verifySeals } from '../src/store/verify.ts';
import { keepUp } from '../src/upkeep.ts';
import {
  contract,
  ledgerOf,
  minute,
  pace,
  stored,
  strip,
  sumsAreTrue,
  tenant,
} from './assess/example.ts';
import { fastDatabase, write } from './store/example.ts';
import { type Outage, watch } from './support/simulation.ts';
import { showOn, type WrongClock, wallAt } from './support/wrong-clock.ts';

const start = Date.parse('2026-10-14T00:00:00Z');
const end = 45 * minute;
const steppedAt = 20 * minute;
/** After 20 minutes the clock goes back by 8: minutes 12 to 20 come twice. */
const clock: WrongClock = {
  steps: [{ at: steppedAt, by: -8 * minute }],
  slew: { from: 0, to: 0, ppm: 0 },
};
const outages: readonly Outage[] = [
  { protocol: 'imap', kind: 'refused', depth: 'connect', from: 310_000, to: 502_000 },
  { protocol: 'pop', kind: 'refused', depth: 'connect', from: 900_000, to: 1_100_000 },
  { protocol: 'imap', kind: 'refused', depth: 'connect', from: 2_010_000, to: 2_140_000 },
];
const world = { ...pace, outages };
const seen = watch(world, end);
const shown = showOn(clock, seen, world, end);
const results = shown.attempts.map((one) => stored(one, start));
const before = results.slice(0, seen.attempts.filter(({ endedAt }) => endedAt < steppedAt).length);
const now = start + wallAt(clock, end);

function recordBlindness(connection: Connection): void {
  const incidents = incidentStore(connection);
  for (const { from, to } of shown.blind)
    incidents.record({ kind: 'clock-step', from: start + from, to: start + to, detail: '' });
}

test('minutes that were closed before the clock went back are judged anew, as if judged all at once', async (t) => {
  const { connection } = fastDatabase(t);
  const assessor = openAssessor(connection);
  const watched = [{ tenant, contract }];
  const upkeep = keepUp(() => watched, connection, assessor, {
    clock: { wall: () => now, monotonic: () => 0 },
    logger: pino({ level: 'silent' }),
  });
  write(connection, ...before);
  assessor.close(tenant, contract, start + steppedAt);
  const closed = strip(connection);
  assert.match(closed, /U/);
  recordBlindness(connection);
  write(connection, ...results.slice(before.length));
  // While the clock shows what is closed already, nothing is closed, and nothing is opened again.
  assessor.close(tenant, contract, start + 13 * minute);
  assert.equal(strip(connection), closed);
  assessor.close(tenant, contract, now);
  upkeep.begin();
  await upkeep.settled();

  const { connection: straight } = fastDatabase(t);
  write(straight, ...results);
  recordBlindness(straight);
  openAssessor(straight).close(tenant, contract, now);
  assert.deepEqual(ledgerOf(connection).minutes, ledgerOf(straight).minutes);
  assert.ok(sumsAreTrue(connection));
  assert.equal(strip(connection).slice(12, 20), '?'.repeat(8));
  assert.match(strip(connection).slice(20), /U/);
});

test('results from a time when the clock was years ahead do not keep later days from being sealed', async (t) => {
  const { connection } = fastDatabase(t);
  const ahead = results.slice(0, 50).map((one) => {
    const years = 3 * 365 * 86_400_000;
    return { ...one, startedAt: one.startedAt + years, endedAt: one.endedAt + years };
  });
  write(connection, ...ahead, ...results.slice(50));
  const sealed = await sealFinishedDays(connection, start + 25 * 60 * minute, async () => {});
  assert.deepEqual(
    sealed.map(({ day }) => day),
    ['2026-10-14'],
  );
  assert.deepEqual(verifySeals(connection, { most: 100 }).faults, []);
  const count = connection
    .prepare("SELECT sum(row_count) FROM seal_part WHERE name = 'result'")
    .pluck();
  assert.equal(count.get(), results.length);
});
