import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { watchedFor } from '../../src/domain/delay-sums.ts';
import { doubtfulFor } from '../../src/domain/message.ts';
import { pushBooks } from '../../src/domain/push.ts';
import { fateStore } from '../../src/store/fates.ts';
import { messageStore } from '../../src/store/messages.ts';
import { pushStore } from '../../src/store/push.ts';
import { fastDatabase } from './example.ts';

const start = 1_790_000_000_000;
const way = {
  route: 'push',
  sender: 'notice@push.example',
  mailbox: 'probe@acme.example',
} as const;

/** What may befall a message, in any order and number. */
const events = [
  'not-sent',
  'accepted',
  'refused',
  'unanswered',
  'seen',
  'junk',
  'bounced',
  'relayed',
  'copied',
] as const;

const story = fc.record({
  at: fc.nat({ max: 3 * watchedFor }),
  events: fc.array(fc.constantFrom(...events), { maxLength: 4 }),
  refusal: fc.constantFrom('hard', 'policy', 'full', 'throttled', 'soft', 'other'),
  class: fc.constantFrom('hard', 'policy', 'full', 'soft', 'other'),
});

test('the books balance for any series of events, at any time', (context) => {
  const { connection } = fastDatabase(context);
  let run = 0;
  fc.assert(
    fc.property(
      fc.array(story, { maxLength: 25 }),
      fc.nat({ max: 4 * watchedFor }),
      (stories, later) => {
        run += 1;
        const tenant = `tenant-${run}`;
        const pushes = pushStore(connection);
        const messages = messageStore(connection);
        stories.forEach((one, index) => {
          const token = `${run}-${index}`;
          const at = start + one.at;
          pushes.begun(tenant, token, way.mailbox, at);
          const seen = (folder: 'inbox' | 'junk') =>
            messages.seen('imap', { token, folder, lastNotSeen: null, firstSeen: at + 9_000 });
          let told = false;
          for (const event of one.events) {
            if (event === 'not-sent' && !told) pushes.notSent(tenant, token, 'timeout', at + 1);
            if (event === 'not-sent') told = true;
            const { refusal } = one;
            if (event === 'accepted') messages.sent(tenant, token, at, at + 1, way);
            if (event === 'refused')
              messages.sent(tenant, token, at, null, { ...way, refusedAt: at + 1, refusal });
            if (event === 'unanswered') messages.sent(tenant, token, at, null, way);
            if (event === 'seen') seen('inbox');
            if (event === 'junk') seen('junk');
            const report = { token, status: null, seenAt: at + 5_000 } as const;
            if (event === 'bounced')
              messages.reported({ ...report, action: 'failed', class: one.class });
            if (event === 'relayed')
              messages.reported({ ...report, action: 'relayed', class: null });
            if (event === 'copied')
              messages.copied({ token, folder: 'inbox', copies: 2, seenAt: at + 9_500 });
          }
        });
        const now = start + later;
        while (fateStore(connection).settle(tenant, now, 60_000).more);
        const [from, to] = [start + watchedFor, start + 2 * watchedFor];
        const sent = pushes.sent(tenant, from, to);
        const books = pushBooks(sent, pushes.outcomes(tenant, from, to, now));
        assert.equal(books.unexplained, 0);
        const { delivered, hard, soft, pending, residue } = books;
        assert.equal(sent, delivered + hard + soft + pending + residue);
        const unsent = pushes.notSentBy(tenant, from, to);
        const begun = stories.filter(({ at }) => at >= watchedFor && at < 2 * watchedFor).length;
        assert.equal(sent + unsent.reduce((sum, one) => sum + one.messages, 0), begun);
      },
    ),
    { numRuns: 60 },
  );
});

test('a message counts against the day from before it leaves, and no more when it never left', (context) => {
  const { connection } = fastDatabase(context);
  const pushes = pushStore(connection);
  const day = { from: start, to: start + 86_400_000 };
  pushes.begun('acme', 'a', way.mailbox, start);
  pushes.begun('acme', 'b', way.mailbox, start + 1);
  pushes.begun('acme', 'c', way.mailbox, day.to);
  pushes.begun('other', 'd', way.mailbox, start);
  assert.equal(pushes.sent('acme', day.from, day.to), 2);
  pushes.notSent('acme', 'b', 'throttled', start + 2);
  assert.equal(pushes.sent('acme', day.from, day.to), 1);
  assert.deepEqual(pushes.notSentBy('acme', day.from, day.to), [
    { reason: 'throttled', messages: 1 },
  ]);
  assert.equal(pushes.lastBegun('acme'), day.to);
  assert.deepEqual(
    [true, false],
    [pushes.usedUp('acme', day, start + 3), pushes.usedUp('acme', day, start + 4)],
  );
  assert.equal(pushes.daysUsedUp('acme', day.from, day.to), 1);
  assert.deepEqual(pushes.recipients('acme', day.from, day.to), [way.mailbox]);
});

test('what was begun and never heard of again is pending, then interrupted', (context) => {
  const { connection } = fastDatabase(context);
  const pushes = pushStore(connection);
  pushes.begun('acme', 'a', way.mailbox, start);
  const at = (now: number) => pushes.outcomes('acme', start, start + 1, now);
  assert.equal(at(start + doubtfulFor).pending, 1);
  assert.equal(at(start + doubtfulFor + 1).interrupted, 1);
});

test('evidence of a push is never edited and never removed', (context) => {
  const { connection } = fastDatabase(context);
  pushStore(connection).begun('acme', 'a', way.mailbox, start);
  assert.throws(() => connection.exec('UPDATE push_event SET at = 0'), /never edited/);
  assert.throws(() => connection.exec('DELETE FROM push_event'), /never removed/);
});
