import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import { readersOf } from '../../src/assess/case.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { minuteStates } from '../../src/domain/ledger.ts';
import { openDatabase } from '../../src/store/open.ts';
import { fastDatabase, write } from '../store/example.ts';
import { endpointAt, tenantWith } from '../support/probing.ts';
import { contract, ledgerOf, minute, noMinutes, resultsOf, tenant } from './example.ts';

const zone = 'Asia/Shanghai';
/** 15 minutes before October ends in Shanghai. */
const start = monthPeriod('2026-10', zone).to - 15 * minute;
const length = 30 * minute;
const outage = {
  protocol: 'imap',
  kind: 'refused',
  depth: 'connect',
  from: 300_000,
  to: 700_000,
} as const;

const sum = (minutes: Readonly<Record<string, number>>) =>
  minuteStates.reduce((total, state) => total + (minutes[state] ?? 0), 0);

test('minutes go to the month of the tenant’s own zone', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, []));
  const assessor = openAssessor(connection);
  assessor.close(tenant, contract, start + length);
  const counts = ledgerOf(connection).counts.map(({ month, state, minutes }) => [
    month,
    state,
    minutes,
  ]);
  const closed = ledgerOf(connection).minutes.length;
  assert.deepEqual(counts, [
    ['2026-10', 'available', 14],
    ['2026-10', 'unknown', 1],
    ['2026-11', 'available', closed - 15],
  ]);
});

test('at any time, the states of a month and what is ahead add up to its minutes', (t) => {
  const { connection } = fastDatabase(t);
  const results = resultsOf(start, length, [outage]);
  const assessor = openAssessor(connection);
  let next = 0;
  for (let now = start; now <= start + length; now += 17_000) {
    for (let one = results[next]; one && one.endedAt <= now; one = results[++next])
      write(connection, one);
    if (next % 3 === 0) assessor.close(tenant, contract, now);
    for (const month of ['2026-09', '2026-10', '2026-11', '2026-12']) {
      const { figures } = assessor.snapshot(tenant, contract, month, now);
      const { from, to } = monthPeriod(month, zone);
      const judged = sum(figures.minutes);
      assert.equal(judged + figures.ahead, (to - from) / minute);
      const passed = Math.floor((Math.min(Math.max(now, from), to) - from) / minute);
      assert.equal(judged, passed, `${month} at ${now - start}`);
    }
  }
});

test('closed or provisional, a minute has the same state and figure', (t) => {
  const { connection } = fastDatabase(t);
  const now = start + length;
  write(connection, ...resultsOf(start, length, [outage]));
  const assessor = openAssessor(connection);
  const before = assessor.snapshot(tenant, contract, '2026-10', now);
  const within = { from: start, to: now };
  const minutes = assessor.minutes(tenant, contract, within, now);
  assert.equal(before.closedUntil, start);
  assert.equal(sum(before.closedMinutes), 0);
  assessor.close(tenant, contract, now);
  const after = assessor.snapshot(tenant, contract, '2026-10', now);
  assert.deepEqual(after.figures, before.figures);
  assert.deepEqual(assessor.minutes(tenant, contract, within, now), minutes);
  assert.equal(sum(after.closedMinutes), ((after.closedUntil ?? 0) - start) / minute);
  assert.deepEqual(after.runs, before.runs);
});

test('before the first result nobody watched: those minutes are unknown', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, []));
  const assessor = openAssessor(connection);
  const { from, to } = monthPeriod('2026-10', zone);
  const at = start + length;
  const { figures, unwatched } = assessor.snapshot(tenant, contract, '2026-10', at);
  // The first minute was not watched from its start.
  assert.equal(figures.minutes.unknown, (to - from) / minute - 14);
  assert.equal(figures.minutes.available, 14);
  assert.equal(figures.verdict, 'indeterminate');
  assert.equal(unwatched, (start - from) / minute);
  // Closed or not; and no minute of a month that the ledger was there for.
  assessor.close(tenant, contract, at);
  assert.equal(assessor.snapshot(tenant, contract, '2026-10', at).unwatched, unwatched);
  assert.equal(assessor.snapshot(tenant, contract, '2026-11', to + length).unwatched, 0);
});

test('an empty database gives a month of which nothing is known so far', (t) => {
  const { connection } = fastDatabase(t);
  const { from } = monthPeriod('2026-11', zone);
  const snapshot = openAssessor(connection).snapshot(tenant, contract, '2026-11', from + 90_000);
  assert.deepEqual(snapshot.figures.minutes, { ...noMinutes, unknown: 1 });
  assert.equal(snapshot.unwatched, 1);
  assert.equal(snapshot.closedUntil, null);
  assert.deepEqual(snapshot.runs, []);
  assert.equal(snapshot.unavailable, false);
});

test('an open run is shown, and counts as unavailable once a minute of it is proven', (t) => {
  const { connection } = fastDatabase(t);
  const results = resultsOf(start, 12 * minute, [{ ...outage, to: 3_600_000 }]);
  const assessor = openAssessor(connection);
  const early = start + 330_000;
  write(connection, ...results.filter(({ endedAt }) => endedAt <= early));
  assert.equal(assessor.snapshot(tenant, contract, '2026-10', early).unavailable, false);
  write(connection, ...results.filter(({ endedAt }) => endedAt > early));
  const snapshot = assessor.snapshot(tenant, contract, '2026-10', start + 12 * minute);
  assert.equal(snapshot.unavailable, true);
  assert.equal(snapshot.runs.length, 1);
  assert.equal(snapshot.runs[0]?.open, true);
  const states = [...snapshot.recent.values()];
  assert.ok(states.filter((state) => state === 'unavailable').length >= 5);
});

test('a run stands with the month that it touches, and once only', (t) => {
  const { connection } = fastDatabase(t);
  const across = { ...outage, from: 13 * minute, to: 18 * minute };
  write(connection, ...resultsOf(start, length, [across]));
  const assessor = openAssessor(connection);
  for (const close of [false, true]) {
    if (close) assessor.close(tenant, contract, start + length);
    const found = ['2026-10', '2026-11', '2026-12'].map(
      (month) => assessor.snapshot(tenant, contract, month, start + length).runs.length,
    );
    assert.deepEqual(found, [1, 1, 0]);
  }
});

test('reading writes nothing', (t) => {
  const { connection } = fastDatabase(t);
  write(connection, ...resultsOf(start, length, [outage]));
  connection.pragma('query_only = ON');
  const assessor = openAssessor(connection);
  assessor.snapshot(tenant, contract, '2026-10', start + length);
  assessor.minutes(tenant, contract, { from: start, to: start + length }, start + length);
});

test('a daemon that closes minutes while a report reads does not have them found twice', (t) => {
  const { path, connection } = fastDatabase(t);
  const now = start + length;
  write(connection, ...resultsOf(start, length, [outage]));
  const daemon = openAssessor(connection);
  const expected = daemon.snapshot(tenant, contract, '2026-10', now).figures;
  const reader = openDatabase(path);
  t.after(() => reader.close());
  // The daemon closes at the very moment when the report has read the ledger's end.
  const meddling: Contract = {
    ...contract,
    get protocols() {
      daemon.close(tenant, contract, now);
      return contract.protocols;
    },
  };
  const { figures } = openAssessor(reader).snapshot(tenant, meddling, '2026-10', now);
  assert.ok(ledgerOf(connection).minutes.length > 0);
  assert.deepEqual(figures.minutes, expected.minutes);
});

test('readers are the protocols that can see a message', () => {
  const url = 'http://127.0.0.1/';
  const step = { phase: 'visible', repeat: true } as never;
  const endpoint = endpointAt(1);
  const page = tenantWith({
    smtp: endpoint,
    imap: endpoint,
    webmail: {
      url,
      ca: null,
      flow: { name: 'page', steps: [] },
      consent: 'the tests',
      sendInterval: null,
    },
  });
  assert.deepEqual(readersOf(page), ['imap']);
  const full = tenantWith({
    webmail: {
      url,
      ca: null,
      flow: { name: 'full', steps: [step] },
      consent: 'the tests',
      sendInterval: null,
    },
  });
  assert.deepEqual(readersOf(full), ['webmail']);
});
