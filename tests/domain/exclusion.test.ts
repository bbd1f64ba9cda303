import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { MaintenanceRule } from '../../src/domain/contract.ts';
import {
  announcedMinutes,
  changedTime,
  countedExclusions,
  type Exclusion,
} from '../../src/domain/exclusion.ts';

const hour = 3_600_000;
const zone = 'Asia/Shanghai';
const at = (text: string) => Date.parse(`${text}+08:00`);
const until = at('2027-06-01T00:00');

const notified: MaintenanceRule = { rule: 'notified', notice: 0, yearlyCap: null };
const approved: MaintenanceRule = { rule: 'approved', notice: 0, yearlyCap: null };

let id = 0;
function window(from: string, to: string | null, given: Partial<Exclusion> = {}): Exclusion {
  id++;
  return {
    id,
    tenant: 'acme',
    author: 'operator',
    enteredAt: at(from),
    note: null,
    evidence: null,
    withdrawn: null,
    kind: 'maintenance',
    from: at(from),
    to: to === null ? null : at(to),
    notifiedAt: at(from) - hour,
    approvedBy: null,
    source: 'mail',
    ends: [],
    ...given,
  };
}

const rulingOf = (rule: MaintenanceRule, ...exclusions: Exclusion[]) =>
  countedExclusions(rule, exclusions, zone, until);
const whyOf = (rule: MaintenanceRule, exclusion: Exclusion) =>
  rulingOf(rule, exclusion).refused.map(({ why }) => why);

const start = '2026-10-03T02:00';
const end = '2026-10-03T04:00';

test('maintenance notified at its very start is not notified before it', () => {
  assert.deepEqual(whyOf(notified, window(start, end, { notifiedAt: at(start) })), [
    'notified-late',
  ]);
  const early = window(start, end, { notifiedAt: at(start) - 1 });
  assert.deepEqual(rulingOf(notified, early).counted, [{ from: at(start), to: at(end) }]);
  assert.deepEqual(whyOf(notified, early), []);
});

test('maintenance that nobody told of is refused and stays visible', () => {
  const silent = window(start, end, { notifiedAt: null });
  const { counted, refused } = rulingOf(notified, silent);
  assert.deepEqual(counted, []);
  assert.deepEqual(refused, [
    { exclusion: silent, intervals: [{ from: at(start), to: at(end) }], why: 'not-notified' },
  ]);
});

test('notice of exactly the agreed length is enough, a millisecond less is not', () => {
  const rule: MaintenanceRule = { rule: 'notified', notice: 24 * hour, yearlyCap: null };
  const told = (ahead: number) => window(start, end, { notifiedAt: at(start) - ahead });
  assert.deepEqual(whyOf(rule, told(24 * hour)), []);
  assert.deepEqual(whyOf(rule, told(24 * hour - 1)), ['notice-too-short']);
});

test('where approval is asked for, notice alone does not count', () => {
  assert.deepEqual(whyOf(approved, window(start, end)), ['not-approved']);
  const agreed = { approvedBy: 'head of IT', notifiedAt: null };
  assert.deepEqual(whyOf(approved, window(start, end, agreed)), []);
  const ahead: MaintenanceRule = { rule: 'approved', notice: hour, yearlyCap: null };
  assert.deepEqual(whyOf(ahead, window(start, end, agreed)), ['not-notified']);
});

test('a contract that leaves out no maintenance still leaves out what the provider did not cause', () => {
  const none: MaintenanceRule = { rule: 'none', notice: 0, yearlyCap: null };
  assert.deepEqual(whyOf(none, window(start, end)), ['not-provided-for']);
  const storm = window(start, end, { kind: 'force-majeure', evidence: 'storm.pdf' });
  assert.deepEqual(rulingOf(none, storm).counted, [{ from: at(start), to: at(end) }]);
});

test('a cause other than maintenance needs evidence, and no notice', () => {
  for (const kind of ['customer', 'force-majeure', 'attack', 'carrier', 'other'] as const) {
    assert.deepEqual(whyOf(notified, window(start, end, { kind, notifiedAt: null })), [
      'no-evidence',
    ]);
    const proven = { kind, notifiedAt: null, evidence: 'log.txt' };
    assert.deepEqual(whyOf(notified, window(start, end, proven)), []);
  }
});

test('what is withdrawn is not counted and stays visible as withdrawn', () => {
  const withdrawn = { id: 900, author: 'operator', why: 'wrong day', enteredAt: until };
  const { counted, refused } = rulingOf(notified, window(start, end, { withdrawn }));
  assert.deepEqual(counted, []);
  assert.equal(refused[0]?.why, 'withdrawn');
  assert.equal(refused[0]?.exclusion.withdrawn?.why, 'wrong day');
});

test('an open exclusion reaches to the time of judging', () => {
  const { counted } = rulingOf(notified, window(start, null));
  assert.deepEqual(counted, [{ from: at(start), to: until }]);
});

test('one that begins after the time of judging is accepted and takes no time yet', () => {
  const ahead = window('2027-07-01T00:00', null);
  const { counted, accepted, refused } = rulingOf(notified, ahead);
  assert.deepEqual(counted, []);
  assert.deepEqual(accepted, [{ exclusion: ahead, intervals: [] }]);
  assert.deepEqual(refused, []);
});

test('the yearly cap counts whole minutes in the order of start, and shows what is beyond it', () => {
  const capped: MaintenanceRule = { rule: 'notified', notice: 0, yearlyCap: 90 };
  const later = window('2026-05-01T02:00', '2026-05-01T03:00');
  const earlier = window('2026-03-01T02:00', '2026-03-01T03:00');
  const { counted, refused, accepted } = rulingOf(capped, later, earlier);
  assert.deepEqual(counted, [
    { from: at('2026-03-01T02:00'), to: at('2026-03-01T03:00') },
    { from: at('2026-05-01T02:00'), to: at('2026-05-01T02:30') },
  ]);
  assert.deepEqual(
    accepted.map(({ exclusion }) => exclusion.id),
    [earlier.id, later.id],
  );
  assert.deepEqual(refused, [
    {
      exclusion: later,
      intervals: [{ from: at('2026-05-01T02:30'), to: at('2026-05-01T03:00') }],
      why: 'beyond-yearly-cap',
    },
  ]);
});

test('a minute that is touched at all is charged whole, and once for two windows', () => {
  const capped: MaintenanceRule = { rule: 'notified', notice: 0, yearlyCap: 3 };
  const { counted } = rulingOf(
    capped,
    window('2026-05-01T02:00:30', '2026-05-01T02:01:30'),
    window('2026-05-01T02:00:40', '2026-05-01T02:01:10'),
    window('2026-05-01T05:00:00', '2026-05-01T05:02:00'),
  );
  assert.deepEqual(counted, [
    { from: at('2026-05-01T02:00:30'), to: at('2026-05-01T02:01:30') },
    { from: at('2026-05-01T05:00:00'), to: at('2026-05-01T05:01:00') },
  ]);
});

test('a window over New Year is charged to both years, in the contract’s zone', () => {
  const capped: MaintenanceRule = { rule: 'notified', notice: 0, yearlyCap: 40 };
  const { counted } = rulingOf(
    capped,
    window('2026-06-01T00:00', '2026-06-01T00:30'),
    window('2026-12-31T23:00', '2027-01-01T01:00'),
  );
  assert.deepEqual(counted, [
    { from: at('2026-06-01T00:00'), to: at('2026-06-01T00:30') },
    { from: at('2026-12-31T23:00'), to: at('2026-12-31T23:10') },
    { from: at('2027-01-01T00:00'), to: at('2027-01-01T00:40') },
  ]);
});

test('an open window of years has each year’s cap and no more', () => {
  const capped: MaintenanceRule = { rule: 'notified', notice: 0, yearlyCap: 60 };
  const { counted } = rulingOf(capped, window('2024-12-31T23:30', null));
  assert.deepEqual(counted, [
    { from: at('2024-12-31T23:30'), to: at('2025-01-01T01:00') },
    { from: at('2026-01-01T00:00'), to: at('2026-01-01T01:00') },
    { from: at('2027-01-01T00:00'), to: at('2027-01-01T01:00') },
  ]);
});

test('the cap is for maintenance only', () => {
  const capped: MaintenanceRule = { rule: 'notified', notice: 0, yearlyCap: 0 };
  assert.deepEqual(whyOf(capped, window(start, end)), ['beyond-yearly-cap']);
  assert.deepEqual(rulingOf(capped, window(start, end)).accepted, []);
  const carrier = window(start, end, { kind: 'carrier', evidence: 'x' });
  assert.equal(rulingOf(capped, carrier).counted.length, 1);
});

test('the time between two rulings is what only one of them leaves out', () => {
  const one = rulingOf(notified, window(start, end));
  const other = rulingOf(notified, window('2026-10-03T03:00', '2026-10-03T05:00'));
  assert.deepEqual(changedTime(one, other), [
    { from: at('2026-10-03T02:00'), to: at('2026-10-03T03:00') },
    { from: at('2026-10-03T04:00'), to: at('2026-10-03T05:00') },
  ]);
  assert.deepEqual(changedTime(one, one), []);
});

test('announced minutes are those of the period that notified maintenance touches', () => {
  const period = { from: at('2026-10-01T00:00'), to: at('2026-11-01T00:00') };
  const minutes = (...exclusions: Exclusion[]) => announcedMinutes(exclusions, period, until);
  assert.equal(minutes(window('2026-09-30T23:00', '2026-10-01T00:40')), 40);
  assert.equal(minutes(window('2026-10-05T01:00:30', '2026-10-05T01:01:30')), 2);
  assert.equal(minutes(window(start, end), window(start, end)), 120);
  assert.equal(minutes(window(start, end, { notifiedAt: at(start) })), 0);
  assert.equal(minutes(window('2026-10-31T23:30', null)), 30);
  const ahead = announcedMinutes([window(start, end)], period, at('2026-10-03T03:00'));
  assert.equal(ahead, 60, 'what lies ahead has not been used yet');
});
