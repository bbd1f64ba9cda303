import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultRate } from '../../src/domain/access.ts';
import { createLimits, networkOf } from '../../src/web/limits.ts';

test('a burst is served, what comes beyond waits for the interval, and is told how long', () => {
  let now = 0;
  const admit = createLimits(() => now);
  const rate = { interval: 1_500, burst: 3 };
  const statusOf = () => {
    const outcome = admit('192.0.2.1', rate);
    if (typeof outcome !== 'function') return outcome;
    outcome();
    return 'served';
  };
  assert.deepEqual([statusOf(), statusOf(), statusOf()], ['served', 'served', 'served']);
  assert.deepEqual(statusOf(), { status: 429, retryAfter: 2 });
  now = 1_500;
  assert.equal(statusOf(), 'served');
  assert.deepEqual(statusOf(), { status: 429, retryAfter: 2 });
  assert.equal(typeof admit('192.0.2.2', rate), 'function');
});

test('a scrape every second and six people with the page open never meet the default', () => {
  let now = 0;
  const admit = createLimits(() => now);
  for (let second = 0; second < 3_600; second++) {
    now = second * 1_000;
    for (let count = 0; count < 1 + 6 * 3; count++) {
      const outcome = admit('127.0.0.1', defaultRate);
      assert.equal(typeof outcome, 'function');
      if (typeof outcome === 'function') outcome();
    }
  }
});

test('so many requests are under way at once, of one client and of all', () => {
  const admit = createLimits(() => 0);
  const taken = (address: string, count: number) =>
    Array.from({ length: count }, () => admit(address, null));
  const own = taken('192.0.2.1', 33);
  assert.deepEqual(own[32], { status: 429, retryAfter: 1 });
  taken('192.0.2.2', 32);
  assert.deepEqual(admit('192.0.2.3', null), { status: 503, retryAfter: 1 });
  const [first] = own;
  if (typeof first === 'function') first();
  assert.equal(typeof admit('192.0.2.3', null), 'function');
});

test('an IPv6 client is its /64, an IPv4 client its address however it is written', () => {
  assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2::9'));
  assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
  assert.equal(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
});
