import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../src/domain/secret.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { startDomainLooks } from '../../src/schedule/domain-plan.ts';

function tenant(name: string, address: string): Tenant {
  return {
    name,
    contract: 'one-minute',
    zone: 'UTC',
    mailbox: {
      address,
      username: address,
      credential: { kind: 'password', secret: new Secret(() => 'x') },
    },
    smtp: null,
    imap: null,
    pop: null,
    webmail: null,
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 30_000,
    deliveryAllowance: 60_000,
  };
}

/** A clock that moves only when told, and the looks that begin, as `second tenant domain`. */
function world(tenants: readonly Tenant[], lookLasts = 0) {
  let now = 0;
  const timers = new Set<{ at: number; call: () => void }>();
  const timer = (delay: number, call: () => void) => {
    const one = { at: now + delay, call };
    timers.add(one);
    return () => void timers.delete(one);
  };
  const looks: string[] = [];
  const plan = startDomainLooks(tenants, {
    clock: { wall: () => now, monotonic: () => now * 1000 },
    timer,
    look: (name, domain) => {
      looks.push(`${now / 1000} ${name} ${domain}`);
      return new Promise((resolve) => void timer(lookLasts, resolve));
    },
  });
  return {
    looks,
    stop: plan.stop,
    async advance(to: number): Promise<void> {
      for (let steps = 0; steps < 1_000; steps++) {
        await new Promise((resolve) => setImmediate(resolve));
        const due = [...timers].filter(({ at }) => at <= to).sort((a, b) => a.at - b.at)[0];
        if (due === undefined) break;
        timers.delete(due);
        now = Math.max(now, due.at);
        due.call();
      }
      now = to;
    },
  };
}

test('every tenant’s mail domain is looked at soon after the start and then every 5 minutes', async () => {
  const { looks, advance } = world([
    tenant('one', 'probe@one.example'),
    tenant('two', 'probe@Two.Example.'),
  ]);
  await advance(650_000);
  assert.deepEqual(looks, [
    '0 one one.example',
    '2 two two.example',
    '300 one one.example',
    '302 two two.example',
    '600 one one.example',
    '602 two two.example',
  ]);
});

test('a mailbox whose domain the DNS does not know is not looked up', async () => {
  const { looks, advance } = world([
    tenant('literal', 'probe@[192.0.2.1]'),
    tenant('bare', 'probe@192.0.2.1'),
    tenant('label', 'probe@localhost'),
    tenant('local', 'probe@mail.localhost'),
    tenant('none', 'probe@mail.invalid'),
  ]);
  await advance(650_000);
  assert.deepEqual(looks, []);
});

test('a look that takes long is not joined by a second one, and missed beats are not made up for', async () => {
  const { looks, advance } = world([tenant('one', 'probe@one.example')], 700_000);
  await advance(1_600_000);
  assert.deepEqual(looks, ['0 one one.example', '900 one one.example']);
});

test('after the stop nothing is looked up any more, not even after a look that was under way', async () => {
  const { looks, advance, stop } = world([tenant('one', 'probe@one.example')], 1_000);
  await advance(500);
  stop();
  await advance(1_000_000);
  assert.deepEqual(looks, ['0 one one.example']);
});
