import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { watchedFor } from '../../src/domain/delay-sums.ts';
import {
  bounceClassOf,
  doubtfulFor,
  fateOf,
  fates,
  lookPause,
  type MessageEvidence,
} from '../../src/domain/message.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const sentAt = 500 * hour;
const acceptedAt = sentAt + 200;

const message = (change: Partial<MessageEvidence> = {}): MessageEvidence => ({
  sentAt,
  acceptedAt,
  refusedAt: null,
  sightings: [],
  failedReports: 0,
  copies: 1,
  ...change,
});
const seen = (notSeen: number | null, firstSeen: number, folder: 'inbox' | 'junk' = 'inbox') => ({
  folder,
  lastNotSeen: notSeen === null ? null : acceptedAt + notSeen,
  firstSeen: acceptedAt + firstSeen,
});
const fate = (change: Partial<MessageEvidence>, age = hour) =>
  fateOf(message(change), acceptedAt + age, minute).fate;

test('a message seen within the allowance is on time, whoever saw it first', () => {
  assert.equal(fate({ sightings: [seen(null, second)] }), 'on-time');
  assert.equal(fate({ sightings: [seen(80 * second, 90 * second), seen(null, 5_000)] }), 'on-time');
});

test('it is late only if it was proven not to be there when the allowance was over', () => {
  assert.equal(fate({ sightings: [seen(88 * second, 90 * second)] }), 'late');
  assert.equal(fate({ sightings: [seen(minute, 62 * second)] }), 'on-time');
  assert.equal(fate({ sightings: [seen(minute + 1, 62 * second)] }), 'late');
  // Nobody looked for an hour: it may have been there all the time.
  assert.equal(fate({ sightings: [seen(null, hour)] }), 'on-time');
});

test('a message is pending for 24 hours and lost from then on, even if it comes later', () => {
  const at = (age: number, change = {}) => fateOf(message(change), acceptedAt + age, minute);
  assert.deepEqual(at(watchedFor - 1), { fate: 'pending', until: acceptedAt + watchedFor });
  assert.deepEqual(at(watchedFor), { fate: 'lost', until: null });
  const late = { sightings: [seen(watchedFor, watchedFor + second)] };
  assert.equal(at(2 * watchedFor, late).fate, 'lost');
  const inTime = { sightings: [seen(watchedFor - second, watchedFor + second)] };
  assert.equal(at(2 * watchedFor, inTime).fate, 'late');
});

test('what is found in Junk has arrived, and is marked', () => {
  assert.equal(fate({ sightings: [seen(null, second, 'junk')] }), 'junk');
  assert.equal(
    fate({ sightings: [seen(null, second, 'junk'), seen(hour, 2 * hour)] }),
    'junk',
    'moved to the inbox by a person',
  );
});

test('two copies are a duplicate; a copy that nobody saw arrive is none', () => {
  assert.equal(fate({ sightings: [seen(null, second)], copies: 2 }), 'duplicate');
  assert.equal(fate({ copies: 2 }), 'pending');
});

test('a failed delivery report makes it bounced, unless it was seen all the same', () => {
  assert.equal(fate({ failedReports: 1 }), 'bounced');
  assert.equal(fate({ failedReports: 1 }, 2 * watchedFor), 'bounced');
  assert.equal(fate({ failedReports: 1, sightings: [seen(null, second)] }), 'on-time');
});

test('a message that was refused, or whose 250 never came and that is nowhere, is refused', () => {
  assert.equal(fate({ acceptedAt: null, refusedAt: sentAt + 50 }, 0), 'refused');
  const unanswered = message({ acceptedAt: null });
  assert.deepEqual(fateOf(unanswered, sentAt + doubtfulFor - 1, minute), {
    fate: 'pending',
    until: sentAt + doubtfulFor,
  });
  assert.equal(fateOf(unanswered, sentAt + doubtfulFor, minute).fate, 'refused');
  assert.equal(fate({ acceptedAt: null, sightings: [seen(null, second)] }), 'on-time');
});

test('every message has exactly one fate at any time, and only time or evidence changes it', () => {
  const instant = fc.integer({ min: 0, max: 2 * watchedFor });
  const evidence = fc.record({
    acceptedAt: fc.constantFrom(null, acceptedAt),
    refusedAt: fc.constantFrom(null, acceptedAt),
    failedReports: fc.nat(2),
    copies: fc.nat(3),
    sightings: fc.array(
      fc
        .record({ one: instant, other: instant, folder: fc.constantFrom('inbox', 'junk') })
        .map(({ one, other, folder }) => seen(Math.min(one, other), Math.max(one, other), folder)),
      { maxLength: 3 },
    ),
  });
  fc.assert(
    fc.property(evidence, instant, instant, (change, one, other) => {
      const [early, late] = [Math.min(one, other), Math.max(one, other)];
      const first = fateOf(message(change), sentAt + early, minute);
      assert.ok(fates.includes(first.fate));
      assert.equal(first.until === null, first.fate !== 'pending');
      const then = fateOf(message(change), sentAt + late, minute);
      if (first.until === null || sentAt + late < first.until) assert.deepEqual(then, first);
      else assert.notEqual(then.fate, 'pending');
    }),
  );
});

test('looks come every 5 s, 15 s, 60 s and 10 min, and end after 24 hours', () => {
  const pausesAt = [0, 2, 10, 75].flatMap((minutes) => [
    lookPause(minutes * minute - 1),
    lookPause(minutes * minute),
  ]);
  assert.deepEqual(pausesAt, [5_000, 5_000, 5_000, 15_000, 15_000, 60_000, 60_000, 600_000]);
  assert.equal(lookPause(watchedFor - 1), 600_000);
  assert.equal(lookPause(watchedFor), null);
});

test('the class of a bounce follows its enhanced status', () => {
  const classes = {
    '5.1.1': 'hard',
    '5.1.10': 'hard',
    '5.7.1': 'policy',
    '4.7.0': 'policy',
    '5.2.2': 'full',
    '4.2.2': 'full',
    '4.4.1': 'soft',
    '4.1.1': 'soft',
    '5.2.1': 'other',
    '5.4.4': 'other',
    '5.1': 'other',
    '': 'other',
  } as const;
  for (const [status, expected] of Object.entries(classes))
    assert.equal(bounceClassOf(status), expected, status);
  assert.equal(bounceClassOf(null), 'other');
});
