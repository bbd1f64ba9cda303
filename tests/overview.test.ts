import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAssessor, type Snapshot } from '../src/assess/assess.ts';
import { createOverview } from '../src/overview.ts';
import { contract, minute, resultsOf, tenant } from './assess/example.ts';
import { failureOf, fastDatabase, resultOf, write } from './store/example.ts';

const start = Date.parse('2026-10-14T00:00:00Z');

function newOverview(now = start) {
  const clock = { wall: () => now, monotonic: () => 0 };
  return createOverview([{ tenant, contract }], clock, '1.2.3');
}

const stateOf = (overview: ReturnType<typeof newOverview>) => {
  const [state] = overview.state([]).tenants;
  assert.ok(state);
  return state;
};

test('before anything is known, every protocol and minute is there, and empty', () => {
  const overview = newOverview();
  const { notices, version, now } = overview.state(['a notice']);
  assert.deepEqual([notices, version, now], [['a notice'], '1.2.3', start]);
  const state = stateOf(overview);
  assert.deepEqual(
    state.protocols.map(({ protocol, last, delay, run }) => [protocol, last, delay, run]),
    [
      ['smtp', [], null, null],
      ['imap', [], null, null],
      ['pop', [], null, null],
    ],
  );
  assert.equal(state.figures, null);
  assert.equal(state.unavailable, false);
  assert.equal(state.minutes.length, 60);
  assert.equal(state.minutes.at(-1)?.minute, start);
  assert.equal(state.minutes[0]?.minute, start - 59 * minute);
  assert.ok(state.minutes.every((cell) => cell.state === null));
});

test('the last attempt of each depth stands, the shallow ones first', () => {
  const overview = newOverview();
  const failure = failureOf();
  overview.observe(resultOf({ endedAt: 1 }));
  overview.observe(resultOf({ endedAt: 2, depth: 'connect' }));
  overview.observe(resultOf({ endedAt: 3, depth: 'connect', failure }));
  overview.observe(resultOf({ endedAt: 4, tenant: 'other' }));
  overview.delay('acme', 'imap', 1_500);
  const imap = stateOf(overview).protocols[1];
  assert.deepEqual(imap?.last, [
    { depth: 'connect', endedAt: 3, failure },
    { depth: 'roundtrip', endedAt: 1, failure: null },
  ]);
  assert.equal(imap?.delay, 1_500);
});

test('an open run is shown with its protocol: since when, and how many minutes it took', (t) => {
  const { connection } = fastDatabase(t);
  const outage = { kind: 'refused', depth: 'connect', from: 300_000, to: 9_000_000 } as const;
  write(connection, ...resultsOf(start, 12 * minute, [{ protocol: 'imap', ...outage }]));
  const now = start + 12 * minute;
  const overview = newOverview(now);
  const snapshot = openAssessor(connection).snapshot(tenant, contract, '2026-10', now);
  overview.judged('acme', snapshot);
  const state = stateOf(overview);
  assert.equal(state.unavailable, true);
  assert.equal(state.month, '2026-10');
  assert.deepEqual(state.figures, snapshot.figures);
  assert.equal(state.promises, snapshot.verdicts.promises);
  const [smtp, imap] = state.protocols;
  assert.equal(smtp?.run, null);
  assert.ok(imap?.run);
  assert.ok(imap.run.since >= start + 300_000 && imap.run.since < start + 325_000);
  assert.equal(imap.run.counted, snapshot.figures.proven);
  assert.ok(imap.run.counted >= 6);
  assert.equal(imap.run.confirmed, true);
  assert.equal(
    state.minutes.filter((cell) => cell.state === 'unavailable').length,
    imap.run.counted,
  );
});

test('a run that has ended is not shown', (t) => {
  const { connection } = fastDatabase(t);
  const outage = { kind: 'refused', depth: 'connect', from: 300_000, to: 400_000 } as const;
  write(connection, ...resultsOf(start, 12 * minute, [{ protocol: 'imap', ...outage }]));
  const now = start + 12 * minute;
  const overview = newOverview(now);
  const snapshot: Snapshot = openAssessor(connection).snapshot(tenant, contract, '2026-10', now);
  assert.equal(snapshot.runs.length, 1);
  overview.judged('acme', snapshot);
  assert.equal(stateOf(overview).protocols[1]?.run, null);
});
