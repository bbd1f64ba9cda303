import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ProvenFailure, Success } from '../../src/domain/evidence.ts';
import type { Depth, Phase } from '../../src/domain/protocol.ts';
import { depthOf } from '../../src/domain/protocol.ts';
import type { Reason } from '../../src/domain/reason.ts';
import { failureRuns, type RunRules } from '../../src/domain/runs.ts';
import { s } from './case.ts';

/** Times in these tests are seconds. */
function failure(
  from: number,
  change: { to?: number; began?: number; phase?: Phase; reason?: Reason } = {},
): ProvenFailure {
  const phase = change.phase ?? 'tcp';
  return {
    protocol: 'imap',
    depth: depthOf(phase),
    phase,
    reason: change.reason ?? 'connection-refused',
    code: null,
    attemptedAt: s(change.began ?? from),
    from: s(from),
    to: s(change.to ?? from),
  };
}

const success = (
  at: number,
  depth: Depth = 'roundtrip',
  protocol: Success['protocol'] = 'imap',
) => ({
  protocol,
  depth,
  at: s(at),
});

function runs(
  failures: readonly ProvenFailure[],
  successes: readonly Success[],
  change: Partial<RunRules> = {},
) {
  const rules = {
    requiredDepth: 'login',
    deliveryAllowance: 60_000,
    now: s(1_000),
    blind: [],
    ...change,
  } as const;
  return failureRuns('imap', failures, { successes, ways: [], domainChanges: [] }, rules).map(
    (run) => ({
      ...run,
      certain: run.certain.map(({ from, to }) => [from / 1_000, to / 1_000]),
      possible: [run.possible.from / 1_000, run.possible.to / 1_000],
    }),
  );
}

test('a run is certain from its first failure to its last, possible from success to success', () => {
  const [run, ...others] = runs(
    [failure(20), failure(25), failure(30)],
    [success(10), success(33)],
  );
  assert.deepEqual(others, []);
  assert.deepEqual(run?.certain, [[20, 30]]);
  assert.deepEqual(run?.possible, [10, 33]);
  assert.equal(run?.attempts, 3);
  assert.equal(run?.open, false);
});

test('without a success after it a run is open, and possible until now', () => {
  const [run] = runs([failure(20)], [success(10)]);
  assert.equal(run?.open, true);
  assert.deepEqual(run?.possible, [10, 1_000]);
});

test('without a success before it a run may have begun at any time', () => {
  const [run] = runs([failure(20)], [success(30)]);
  assert.deepEqual(run?.possible, [-Infinity, 30]);
});

test('a failure beyond the contract’s depth reaches back to the last proof of that depth, within 25 hours', () => {
  const hour = 3_600;
  const deep = [failure(30 * hour, { phase: 'rcpt', reason: 'rejected' })];
  const logins = [success(29 * hour, 'login'), success(30 * hour - 60, 'login')];
  const since = (at: number) =>
    runs(deep, [success(at), ...logins], { now: s(31 * hour) })[0]?.possible[0];
  assert.equal(since(6 * hour), 6 * hour);
  assert.equal(since(4 * hour), 30 * hour - 60);
  // What the contract itself asks for is never forgotten.
  const [run] = runs(deep, [success(4 * hour), ...logins], {
    now: s(31 * hour),
    requiredDepth: 'roundtrip',
  });
  assert.equal(run?.possible[0], 4 * hour);
});

test('a success divides two runs', () => {
  const found = runs([failure(20), failure(40)], [success(10), success(30), success(50)]);
  assert.deepEqual(
    found.map(({ possible }) => possible),
    [
      [10, 30],
      [30, 50],
    ],
  );
});

test('a connect that succeeds does not break a run of failed logins', () => {
  const login = { phase: 'auth' } as const;
  const found = runs(
    [failure(20, login), failure(40, login)],
    [success(10), success(30, 'connect'), success(50, 'connect'), success(60, 'login')],
  );
  assert.equal(found.length, 1);
  assert.deepEqual(found[0]?.certain, [[20, 40]]);
  assert.deepEqual(found[0]?.possible, [10, 60]);
});

test('a run that came to a deeper failure is ended only at that depth', () => {
  const found = runs(
    [failure(20), failure(30, { phase: 'auth' })],
    [success(10), success(25, 'connect'), success(35, 'connect'), success(40, 'login')],
  );
  assert.deepEqual(found.at(-1)?.possible.at(-1), 40);
  assert.equal(found.at(-1)?.depth, 'login');
});

test('a run at connect is over when the depth that the contract asks for is proven', () => {
  const [run] = runs([failure(20)], [success(10), success(30, 'connect'), success(35, 'login')]);
  assert.deepEqual(run?.possible, [10, 35]);
  const shallow = runs([failure(20)], [success(10), success(30, 'connect')], {
    requiredDepth: 'connect',
  });
  assert.deepEqual(shallow[0]?.possible, [10, 30]);
});

test('what another protocol proves ends nothing', () => {
  const [run] = runs([failure(20)], [success(10), success(30, 'roundtrip', 'pop')]);
  assert.equal(run?.open, true);
});

test('a silence adds nothing after a success that came while it lasted', () => {
  const [run] = runs(
    [failure(20, { to: 50, reason: 'timeout' }), failure(25, { to: 55, reason: 'timeout' })],
    [success(10), success(40)],
  );
  assert.deepEqual(run?.certain, [[20, 40]]);
  assert.deepEqual(run?.possible, [10, 40]);
});

test('a refusal that is seen after a success, by an attempt begun before it, says nothing', () => {
  assert.deepEqual(runs([failure(45, { began: 20 })], [success(10), success(40)]), []);
});

test('nothing is proven in between when the next attempt began more than 30 s later', () => {
  const certain = (next: number) => runs([failure(20), failure(next)], [success(10)])[0]?.certain;
  assert.deepEqual(certain(50), [[20, 50]]);
  assert.deepEqual(certain(50.001), [
    [20, 20],
    [50.001, 50.001],
  ]);
});

test('attempts that overlap prove the time that they cover together', () => {
  const hang = (from: number) => failure(from, { to: from + 30, reason: 'timeout' });
  assert.deepEqual(runs([hang(20), hang(25), hang(45)], [success(10)])[0]?.certain, [[20, 75]]);
});

test('two attempts at least 5 s apart confirm a run', () => {
  const confirmed = (...at: number[]) =>
    runs(
      at.map((from) => failure(from)),
      [success(10)],
    )[0]?.confirmed;
  assert.equal(confirmed(20), false);
  assert.equal(confirmed(20, 24.9), false);
  assert.equal(confirmed(20, 25), true);
});

test('an undelivered message says nothing of the time before its acceptance', () => {
  const missed = failure(160, { to: 200, began: 199, phase: 'visible', reason: 'not-delivered' });
  const [run] = runs([missed], [success(10), success(150, 'login'), success(210)]);
  assert.deepEqual(run?.certain, [[160, 200]]);
  assert.deepEqual(run?.possible, [100, 210]);
});

test('the first failure names phase, reason and code of the run', () => {
  const [run] = runs(
    [failure(20, { phase: 'greeting', reason: 'timeout' }), failure(30)],
    [success(10)],
  );
  assert.equal(run?.phase, 'greeting');
  assert.equal(run?.reason, 'timeout');
});

test('a failure that lasts for a day is judged in time that grows with it, not with its square', () => {
  let reads = 0;
  const connect = (at: number): Success => ({
    protocol: 'imap',
    at: s(at),
    get depth() {
      reads++;
      return 'connect' as const;
    },
  });
  const count = 2_000;
  const each = Array.from({ length: count }, (_, index) => index * 20);
  const failures = each.map((at) => failure(at + 10, { phase: 'auth' }));
  const [run] = runs(failures, each.map(connect));
  assert.equal(run?.attempts, count);
  assert.ok(reads < 20 * count, `${reads} reads of ${count} successes`);
});
