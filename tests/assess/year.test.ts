import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { exclusionStore } from '../../src/store/exclusions.ts';
import { fastDatabase, write } from '../store/example.ts';
import { minute, contract as plain, resultsOf, tenant } from './example.ts';

const hour = 60 * minute;
const contract: Contract = {
  ...plain,
  maintenance: { rule: 'notified', notice: 0, yearlyCap: null },
  promises: [
    {
      clause: 'T4.14',
      measure: 'fault-free-days',
      comparison: 'at-least',
      limit: { numerator: 360, denominator: 1 },
      denominator: { kind: 'calendar' },
      excused: 0,
    },
  ],
};
/** The service began on 1 October at 22:00 and was watched from then on; IMAP failed at 22:30. */
const from = monthPeriod('2026-10', tenant.zone).from + 22 * hour;
const rented = { ...tenant, service: { from, until: null } };
const outage = {
  protocol: 'imap',
  kind: 'refused',
  depth: 'connect',
  from: 31 * minute,
  to: 35 * minute,
} as const;

function given(context: TestContext) {
  const { connection } = fastDatabase(context);
  write(connection, ...resultsOf(from - minute, 3 * hour, [outage]));
  const daemon = openAssessor(connection);
  const yearBy = (assessor: ReturnType<typeof openAssessor>, now: number) =>
    assessor.snapshot(rented, contract, '2026-10', now).measured.year;
  return {
    connection,
    daemon,
    known: (now: number) => yearBy(daemon, now),
    fresh: (now: number) => yearBy(openAssessor(connection), now),
  };
}

test('the days of the year come with the snapshot, closed or open the same', (t) => {
  const { daemon, known, fresh } = given(t);
  const now = from + 2 * hour + 20 * minute;
  // 273 days before the service, 1 October with its fault; the 2nd is not over, and 90 are still to come.
  const expected = { year: 2026, days: 365, clear: 273, doubtful: 91, faulty: 1, ahead: 91 };
  assert.deepEqual(known(now), expected);
  daemon.close(rented, contract, now);
  assert.deepEqual(known(now), expected);
  assert.deepEqual(fresh(now), expected);
});

test('a remembered day is counted again when a revision touches it', async (t) => {
  const { connection, daemon, known, fresh } = given(t);
  const now = from + 2.5 * hour;
  daemon.close(rented, contract, now);
  assert.equal(known(now)?.faulty, 1);
  exclusionStore(connection).add({
    tenant: tenant.name,
    author: 'Li Wei',
    enteredAt: now,
    note: null,
    evidence: null,
    kind: 'maintenance',
    from: from + 20 * minute,
    to: from + 40 * minute,
    notifiedAt: from,
    approvedBy: null,
    source: null,
  });
  assert.equal(known(now)?.faulty, 1);
  await daemon.rejudge(
    rented,
    contract,
    { from, to: from + hour },
    { now, cause: 'exclusion', turn: async () => {} },
  );
  assert.deepEqual(known(now), {
    year: 2026,
    days: 365,
    clear: 274,
    doubtful: 91,
    faulty: 0,
    ahead: 91,
  });
  assert.deepEqual(known(now), fresh(now));
});

test('a closed day is not counted again without a revision', (t) => {
  const { connection, daemon, known, fresh } = given(t);
  const now = from + 2.5 * hour;
  daemon.close(rented, contract, now);
  known(now);
  connection.exec("UPDATE minute SET state = 'available'");
  assert.equal(known(now)?.faulty, 1);
  assert.equal(fresh(now)?.faulty, 0);
});
