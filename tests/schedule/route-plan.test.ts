import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startRouteRuns } from '../../src/schedule/route-plan.ts';

/** A clock that is moved by hand, and what is due on it. */
function byHand() {
  let now = 0;
  const due: { at: number; call: () => void }[] = [];
  return {
    clock: { wall: () => now, monotonic: () => now * 1000 },
    timer: (delay: number, call: () => void) => {
      const one = { at: now + delay, call };
      due.push(one);
      return () => void due.splice(due.indexOf(one), due.includes(one) ? 1 : 0);
    },
    waiting: () => due.length,
    async pass(until: number) {
      for (;;) {
        const next = due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        due.splice(due.indexOf(next), 1);
        now = next.at;
        next.call();
        await new Promise(setImmediate);
      }
      now = until;
    },
  };
}

const routed = { tenant: 'acme', route: 'outbound', interval: 300_000 } as const;

test('a route runs soon after the start, then at its interval, 10 % more or less', async () => {
  const hand = byHand();
  const runs: number[] = [];
  startRouteRuns([routed], {
    ...hand,
    random: () => 0.5,
    run: async () => void runs.push(hand.clock.wall()),
  });
  await hand.pass(1_000_000);
  assert.deepEqual(runs, [5_000, 305_000, 605_000, 905_000]);
});

test('a message that takes long is never joined by a second one', async () => {
  const hand = byHand();
  let open = 0;
  const ends: (() => void)[] = [];
  startRouteRuns([routed], {
    ...hand,
    random: () => 0,
    run: () => {
      open += 1;
      return new Promise((resolve) => ends.push(resolve));
    },
  });
  await hand.pass(2_000_000);
  assert.equal(open, 1);
  ends[0]?.();
  await new Promise(setImmediate);
  await hand.pass(2_002_000);
  assert.equal(open, 2);
});

test('after the stop nothing begins', async () => {
  const hand = byHand();
  const runs = startRouteRuns([routed], { ...hand, random: () => 0, run: () => assert.fail() });
  runs.stop();
  assert.equal(hand.waiting(), 0);
  await hand.pass(1_000_000);
});
