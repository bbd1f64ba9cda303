import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Alarm, planControls, startControls } from '../../src/schedule/control-plan.ts';

const even = () => 0.5;
const s = (seconds: number) => seconds * 1000;

function failure(protocol: Alarm['protocol'] = 'imap', phase: 'tcp' | 'auth' = 'tcp'): Alarm {
  return {
    tenant: 'acme',
    protocol,
    vouches: null,
    failure: {
      phase,
      reason: 'timeout',
      kind: 'silence',
      code: null,
      message: '',
      provenFrom: 0,
      provenTo: 1,
    },
  };
}
const success = (vouches: Alarm['vouches'] = 'login'): Alarm => ({
  tenant: 'acme',
  protocol: 'imap',
  vouches,
  failure: null,
});

/** The seconds at which rounds begin, each lasting 5 s, until `end`. */
function starts(events: readonly (readonly [number, Alarm])[], end: number): number[] {
  const plan = planControls(0, even);
  const begun: number[] = [];
  let ending = Infinity;
  for (let at = 0; at < end; at++) {
    if (at === ending) plan.ended(s(at));
    for (const [when, alarm] of events) if (when === at) plan.observe(alarm, s(at));
    if (!plan.begin(s(at))) continue;
    begun.push(at);
    ending = at + 5;
  }
  return begun;
}

test('when all is well a round begins at once and then every minute', () => {
  assert.deepEqual(starts([], 200), [0, 60, 120, 180]);
});

test('the pace is spread by a tenth, so that it beats in step with nothing', () => {
  const pause = (draw: number) => {
    const plan = planControls(0, () => draw);
    plan.begin(0);
    plan.ended(20);
    return plan.next();
  };
  assert.deepEqual([pause(0), pause(1)], [s(54), s(66)]);
});

test('a failure brings a round at once, and every 10 s while it lasts', () => {
  const failures = [30, 35, 40, 45, 50, 55, 60].map((at) => [at, failure()] as const);
  assert.deepEqual(starts([...failures, [62, success()]], 130), [0, 30, 40, 50, 60, 120]);
});

test('every failure has a round that begins within 10 s after it', () => {
  const failures = [30, 34, 38, 51, 69, 77, 90].map((at) => [at, failure()] as const);
  const begun = starts(failures, 200);
  for (const [at] of failures)
    assert.ok(
      begun.some((round) => round >= at && round <= at + 10),
      `${at}: ${begun}`,
    );
});

test('a failure that is not repeated for a minute no longer alarms', () => {
  const begun = starts([[30, failure()]], 300);
  assert.deepEqual(begun, [0, 30, 40, 50, 60, 70, 80, 90, 150, 210, 270]);
});

test('a success that does not reach the failing depth does not calm', () => {
  const shallow = starts(
    [
      [30, failure('imap', 'auth')],
      [32, success('connect')],
    ],
    60,
  );
  assert.deepEqual(shallow, [0, 30, 40, 50]);
});

test('there is never more than one round under way', () => {
  const plan = planControls(0, even);
  assert.equal(plan.begin(0), true);
  plan.observe(failure(), s(3));
  assert.equal(plan.begin(s(4)), false);
  assert.equal(plan.next(), Infinity);
  plan.ended(s(5));
  assert.equal(plan.begin(s(5)), true);
});

test('however many protocols begin to fail, rounds begin 2 s apart at least', () => {
  const plan = planControls(0, even);
  plan.begin(0);
  plan.ended(20);
  plan.observe(failure('smtp'), 100);
  plan.observe(failure('imap'), 150);
  assert.equal(plan.next(), s(2));
});

test('rounds go on until stopped, and begin at once on an alarm', async () => {
  let monotonic = 0;
  let turns = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const controls = startControls({
    clock: { wall: () => monotonic, monotonic: () => monotonic * 1000 },
    timer: (delay, call) => {
      const timer = { at: monotonic + delay, call };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    random: even,
    round: async (turn) => {
      turns = turn;
    },
  });
  const advance = async (to: number) => {
    for (let steps = 0; steps < 100; steps++) {
      const due = [...timers].filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      timers.delete(due);
      monotonic = Math.max(monotonic, due.at);
      due.call();
      await new Promise((resolve) => setImmediate(resolve));
    }
    monotonic = to;
  };
  await advance(s(130));
  assert.equal(turns, 3);
  controls.observe(failure());
  await advance(s(151));
  assert.equal(turns, 6);
  controls.stop();
  await advance(s(1000));
  assert.equal(turns, 6);
});
