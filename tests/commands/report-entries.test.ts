import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { openAssessor } from '../../src/assess/assess.ts';
import { readReport } from '../../src/commands/month-report.ts';
import { monthPeriod } from '../../src/domain/calendar.ts';
import type { Contract } from '../../src/domain/contract.ts';
import { notesOf } from '../../src/report/notes.ts';
import { exclusionStore } from '../../src/store/exclusions.ts';
import { messageStore } from '../../src/store/messages.ts';
import type { Connection } from '../../src/store/open.ts';
import { reattributionStore } from '../../src/store/reattributions.ts';
import { tenant as example, minute, contract as plain, resultsOf } from '../assess/example.ts';
import { fastDatabase, write } from '../store/example.ts';

const contract: Contract = {
  ...plain,
  maintenance: { rule: 'notified', notice: 0, yearlyCap: null },
};
const tenant = { ...example, contract: contract.name };
const { from } = monthPeriod('2026-10', tenant.zone);
/** Watched from 00:10 on; IMAP fails from 00:15 on for 4 minutes. */
const start = from + 10 * minute;
const outage = {
  protocol: 'imap',
  kind: 'refused',
  depth: 'connect',
  from: 300_000,
  to: 540_000,
} as const;
const now = start + 30 * minute;
const by = { tenant: tenant.name, author: 'Li Wei', enteredAt: start, note: 'why', evidence: 'e' };

function given(context: TestContext): Connection {
  const { connection } = fastDatabase(context);
  write(connection, ...resultsOf(start, 30 * minute, [outage]));
  return connection;
}

/** A contract that speaks of delays: only then are they measured. */
const punctual: Contract = {
  ...contract,
  promises: [
    {
      clause: 'T4.6-7',
      measure: 'send-delay-mean',
      comparison: 'at-most',
      limit: { numerator: 60_000, denominator: 1 },
      denominator: { kind: 'calendar' },
      excused: 0,
    },
  ],
};

const close = (connection: Connection) => openAssessor(connection).close(tenant, contract, now);
const read = (connection: Connection, by: Contract = contract) =>
  readReport(connection, tenant, by, '2026-10', now);

test('an outage names the stored failed results that prove it', (t) => {
  const connection = given(t);
  close(connection);
  const [run] = read(connection).runs;
  const failed = connection
    .prepare("SELECT id FROM result WHERE protocol = 'imap' AND reason IS NOT NULL ORDER BY id")
    .pluck()
    .all() as number[];
  assert.deepEqual(run?.results, {
    first: failed[0],
    last: failed.at(-1),
    count: failed.length,
  });
  assert.equal(run?.results?.count, run?.attempts);
});

test('who laid an outage to whom, when and why stands with it, withdrawn words too', (t) => {
  const connection = given(t);
  const store = reattributionStore(connection);
  const word = { ...by, protocol: 'imap', instant: start + 400_000 } as const;
  const first = store.add({ ...word, attribution: 'local' });
  const second = store.add({ ...word, attribution: 'customer' });
  store.withdraw(first, { ...by, note: 'wrong' });
  close(connection);
  const report = read(connection);
  const [run] = report.runs;
  assert.equal(run?.attribution, 'customer');
  assert.equal(run?.evident, 'provider');
  assert.deepEqual(
    run?.said.map(({ id, withdrawn }) => [id, withdrawn?.why ?? null]),
    [
      [first, 'wrong'],
      [second, null],
    ],
  );
  assert.equal(report.verdicts.figures.proven, 0);
  assert.deepEqual(
    notesOf(report).filter(({ kind }) => kind === 'not-judged-yet'),
    [],
  );
});

test('what was excluded stands beside the figure without exclusions, and by whom', (t) => {
  const connection = given(t);
  const store = exclusionStore(connection);
  const window = { from: start + 5 * minute, to: start + 9 * minute };
  const maintenance = {
    ...by,
    kind: 'maintenance',
    ...window,
    approvedBy: null,
    source: null,
  } as const;
  const counted = store.add({ ...maintenance, notifiedAt: start });
  const late = store.add({ ...maintenance, notifiedAt: window.from });
  close(connection);
  const report = read(connection);
  assert.equal(report.verdicts.figures.minutes.excluded, 4);
  assert.equal(report.verdicts.figures.proven, 0);
  assert.equal(report.verdicts.withoutExclusions?.proven, 3);
  assert.equal(report.measured.maintenance, 4);
  assert.deepEqual(
    report.exclusions.map((one) => [
      one.exclusion.id,
      one.counted,
      one.refused.map(({ why }) => why),
    ]),
    [
      [counted, [window], []],
      [late, [], ['notified-late']],
    ],
  );
  const bare = [...(report.bareStates ?? [])].filter(([, state]) => state === 'unavailable');
  assert.equal(bare.length, 3);
  assert.ok(bare.every(([minute]) => report.states.get(minute) === 'excluded'));
});

test('minutes that are still open stand in both figures too, with exclusions and without', (t) => {
  const connection = given(t);
  const window = { from: start + 5 * minute, to: start + 9 * minute };
  const more = { approvedBy: null, source: null, notifiedAt: start } as const;
  exclusionStore(connection).add({ ...by, kind: 'maintenance', ...window, ...more });
  // Nothing is closed yet.
  const open = read(connection);
  assert.equal(open.verdicts.figures.minutes.excluded, 4);
  assert.equal(open.verdicts.withoutExclusions?.proven, 3);
  assert.equal(open.bareStates?.size, open.states.size);
  close(connection);
  const closed = read(connection);
  assert.deepEqual(open.bareStates, closed.bareStates);
  const down = [...(open.bareStates ?? [])].filter(([, state]) => state === 'unavailable');
  assert.equal(down.length, 3);
});

test('an entry that the ledger was not judged by yet is announced', (t) => {
  const connection = given(t);
  close(connection);
  const kinds = () => notesOf(read(connection)).map(({ kind }) => kind);
  assert.ok(!kinds().includes('not-judged-yet'));
  exclusionStore(connection).add({
    ...by,
    kind: 'maintenance',
    from: start + 5 * minute,
    to: start + 9 * minute,
    notifiedAt: start,
    approvedBy: null,
    source: null,
  });
  assert.ok(kinds().includes('not-judged-yet'));
});

test('the delay of mail to itself bounds both directions from above, the undelivered included', (t) => {
  const connection = given(t);
  const messages = messageStore(connection);
  const send = (token: string, at: number) => messages.sent(tenant.name, token, at - 500, at);
  send('a', start + minute);
  messages.seen('imap', {
    token: 'a',
    lastNotSeen: start + minute,
    firstSeen: start + minute + 2000,
  });
  send('b', start + 2 * minute);
  // Of the month before, and never accepted: no message of this month.
  send('c', from - minute);
  messages.sent(tenant.name, 'd', start, null);
  assert.equal(read(connection).measured.send, null);
  const { send: sending, receive } = read(connection, punctual).measured;
  assert.equal(sending, receive);
  const imap = sending?.find((figures) => figures.undelivered === 1);
  assert.equal(imap?.messages, 2);
  assert.deepEqual(imap?.mean.least, { numerator: 0, denominator: 1 });
  // 2 s and, at most, the 24 h that it is watched for.
  assert.deepEqual(imap?.mean.most, { numerator: 2000 + 86_400_000, denominator: 2 });
});

test('mail that was sent before a reader was first seen to work is not held against it', (t) => {
  const connection = given(t);
  messageStore(connection).sent(tenant.name, 'early', start - minute, start - minute);
  assert.deepEqual(read(connection, punctual).measured.receive, []);
});

test('the days of the year are counted where the contract asks for them', (t) => {
  const connection = given(t);
  close(connection);
  assert.equal(read(connection).measured.year, null);
  const promise = {
    clause: 'T4.14',
    measure: 'fault-free-days',
    comparison: 'at-least',
    limit: { numerator: 360, denominator: 1 },
    denominator: { kind: 'calendar' },
    excused: 0,
  } as const;
  const { year } = read(connection, { ...contract, promises: [promise] }).measured;
  // 1 October has a proven fault; nobody watched on the other days.
  assert.deepEqual(year, {
    year: 2026,
    days: 365,
    clear: 0,
    doubtful: 364,
    faulty: 1,
    // 2 October to 31 December.
    ahead: 91,
  });
});

test('the newest seal and the changes of the mail domain are told, or that there are none', (t) => {
  const connection = given(t);
  assert.equal(read(connection).seal, null);
  assert.equal(read(connection).domainChanges, null);
  const seal = connection.prepare("INSERT INTO seal VALUES (?, 1, 2, 'before', ?, 0, 2)");
  seal.run('2026-10-02', 'second');
  seal.run('2026-10-01', 'first');
  assert.deepEqual(read(connection).seal, { day: '2026-10-02', hash: 'second' });
});

test('a service that was rented for a part of the month is reported for that part', (t) => {
  const connection = given(t);
  const rented = { from: start + 10 * minute, until: start + 20 * minute };
  const report = readReport(connection, { ...tenant, service: rented }, contract, '2026-10', now);
  assert.equal(report.verdicts.figures.total, 10);
  assert.deepEqual(report.verdicts.figures.period, { from: rented.from, to: rented.until });
  assert.deepEqual(report.period, monthPeriod('2026-10', tenant.zone));
});
