import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf } from '../src/change.ts';
import { Secret } from '../src/domain/secret.ts';
import type { Tenant } from '../src/domain/tenant.ts';

const secretAt = (reference: string) => new Secret(() => 'x', reference);

function tenant(change: Partial<Tenant> = {}, reference = 'file /run/secrets/acme'): Tenant {
  return {
    name: 'acme',
    contract: 'one-minute',
    zone: 'UTC',
    mailbox: {
      address: 'probe@acme.example',
      username: 'probe',
      credential: { kind: 'password', secret: secretAt(reference) },
    },
    smtp: null,
    imap: { host: 'imap.acme.example', port: 993, tls: 'implicit', ca: null, servername: null },
    pop: null,
    webmail: null,
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 30_000,
    deliveryAllowance: 60_000,
    ...change,
  };
}

test('a tenant that is read again the same is the same object as before', () => {
  const before = [tenant()];
  const { ended, begun, tenants } = changeOf(before, [tenant()]);
  assert.deepEqual([ended, begun], [[], []]);
  assert.equal(tenants[0], before[0]);
});

test('contract, zone and rented time are not the probes’ business', () => {
  const before = tenant();
  for (const change of [
    { contract: 'other' },
    { zone: 'Asia/Tokyo' },
    { service: { from: 0, until: null } },
  ])
    assert.equal(changeOf([before], [tenant(change)]).tenants[0], before);
});

test('another endpoint, pace, user or place of the secret ends the old tenant and begins the new', () => {
  const before = tenant();
  for (const after of [
    tenant({ connectInterval: 5_000 }),
    tenant({ imap: null }),
    tenant({ tripwires: false }),
    tenant({ deliveryAllowance: 10_000 }),
    tenant({}, 'file /run/secrets/other'),
  ]) {
    const change = changeOf([before], [after]);
    assert.deepEqual([change.ended[0] === before, change.begun[0] === after], [true, true]);
  }
});

test('another mailbox, or another place of the secret of one of several, begins the tenant anew', () => {
  const { mailbox } = tenant();
  const of = (...references: readonly string[]) =>
    tenant({
      mailboxes: references.map((reference, index) => ({
        ...mailbox,
        address: `${index}@acme.example`,
        credential: { kind: 'password', secret: new Secret(() => 'one', reference) },
      })),
    });
  const before = of('a', 'b');
  assert.equal(changeOf([before], [of('a', 'b')]).tenants[0], before);
  for (const after of [of('a', 'c'), of('a'), of('a', 'b', 'c'), tenant()])
    assert.equal(changeOf([before], [after]).tenants[0], after);
});

test('tenants come and go by their names', () => {
  const [acme, bravo, charlie] = ['acme', 'bravo', 'charlie'].map((name) => tenant({ name }));
  assert.ok(acme && bravo && charlie);
  const change = changeOf([acme, bravo], [charlie, acme]);
  assert.deepEqual(change, { ended: [bravo], begun: [charlie], tenants: [charlie, acme] });
});
