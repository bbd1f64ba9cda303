import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { stampsOf, tracedDelays } from '../../src/domain/trace.ts';

const at = (text: string) => Date.parse(text);

test('Received fields are read folded, with comments and zones, the first hop first', () => {
  const fields = [
    'from a (a [10.0.0.1])\r\n\tby mx.example (Postfix; v3) with LMTP id 1\r\n\tfor <x@y>; Sun, 22 Nov 2026 06:00:02 +0800 (CST)',
    'from b by relay.example; 21 Nov 2026 22:00:01 GMT',
    'by MX.example with ESMTPSA id 1; Sat, 21 Nov 2026 17:00:00 -0500 (a (nested) comment)',
  ];
  assert.deepEqual(stampsOf(fields), [
    { host: 'mx.example', at: at('2026-11-21T22:00:00Z'), submission: true },
    { host: 'relay.example', at: at('2026-11-21T22:00:01Z'), submission: false },
    { host: 'mx.example', at: at('2026-11-21T22:00:02Z'), submission: false },
  ]);
});

test('what is no date is left out, and rubbish costs nothing', () => {
  const rubbish = [
    '',
    ';',
    'by x; yesterday',
    'by x; 31 Feb 2026 10:00:00 +0000',
    'by x; 1 Jan 2026 25:00:00 +0000',
    'by x; 1 Jan 2026 10:00:00 +9999',
    `by x; ${'('.repeat(1_000_000)}`,
    `by ${'x'.repeat(1_000_000)}; 1 Jan 2026 10:00:00 +0000`,
  ];
  assert.deepEqual(stampsOf(rubbish), []);
  const many = Array.from({ length: 10_000 }, () => 'by x; 1 Jan 2026 10:00:00 +0000');
  assert.equal(stampsOf(many).length, 50);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      for (const stamp of stampsOf(texts)) assert.ok(Number.isSafeInteger(stamp.at));
    }),
  );
});

const step = fc.integer({ min: 0, max: 200_000 });
const skews = fc.record({
  mx: fc.integer({ min: -1e7, max: 1e7 }),
  relay: fc.integer({ min: -1e7, max: 1e7 }),
});

test('whatever the clocks: the truth lies within the bounds, which lie within what we know', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 4, maxLength: 8 }),
      skews,
      fc.boolean(),
      (steps, skew, one) => {
        // sent, first hop, its 250, the further hops, seen.
        const times: number[] = [];
        for (const length of steps) times.push((times.at(-1) ?? 1_800_000_000_000) + length);
        const [sentAt = 0, received = 0, acceptedAt = 0, ...rest] = times;
        const seenAt = rest.at(-1) ?? 0;
        const hops = [received, ...rest.slice(0, -1)];
        const stamps = hops.map((time, index) => {
          const host = one || index % 2 === 0 ? 'mx' : 'relay';
          const submission = index === 0;
          return { host, at: Math.floor((time + skew[host]) / 1000) * 1000, submission };
        });
        const traced = tracedDelays({ sentAt, acceptedAt, seenAt, stamps });
        assert.ok(traced !== null);
        const handed = Math.max(0, (hops.at(-1) ?? 0) - acceptedAt);
        const truths = { send: handed, receive: seenAt - acceptedAt - handed };
        for (const direction of ['send', 'receive'] as const) {
          const { least, most } = traced[direction];
          assert.ok(0 <= least && least <= truths[direction] && truths[direction] <= most);
          assert.ok(most <= seenAt - acceptedAt);
        }
        const host = stamps.at(-1)?.host === 'mx' ? skew.mx : skew.relay;
        assert.ok(traced.skew.least <= host && host <= traced.skew.most);
      },
    ),
  );
});

test('stamps that cannot be true never lead out of what our own clock knows', () => {
  const any = fc.record({
    host: fc.constantFrom('a', 'b'),
    at: fc.integer({ min: -1e15, max: 1e15 }),
    submission: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(any, { minLength: 1 }), step, step, (stamps, one, other) => {
      const journey = {
        sentAt: 1_000_000,
        acceptedAt: 1_000_000 + one,
        seenAt: 1_000_000 + one + other,
      };
      const traced = tracedDelays({ ...journey, stamps });
      assert.ok(traced !== null);
      for (const { least, most } of [traced.send, traced.receive])
        assert.ok(0 <= least && least <= most && most <= other, `${least} ${most} of ${other}`);
    }),
  );
  assert.equal(tracedDelays({ sentAt: 0, acceptedAt: 1, seenAt: 2, stamps: [] }), null);
});

test('one clock on the whole way: the delay is known to about two seconds', () => {
  const sentAt = at('2026-11-22T06:00:00Z');
  const stamps = [sentAt, sentAt + 60_000].map((time) => ({
    host: 'mx',
    at: time + 3_600_000,
    submission: true,
  }));
  const traced = tracedDelays({
    sentAt,
    acceptedAt: sentAt + 100,
    seenAt: sentAt + 60_200,
    stamps,
  });
  const { least = 0, most = 0 } = traced?.send ?? {};
  assert.ok(least >= 57_000 && most <= 61_000 && most - least <= 2_500, `${least} to ${most}`);
});
