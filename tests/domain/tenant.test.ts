import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../src/domain/secret.ts';
import { deepestDepth } from '../../src/domain/tenant.ts';
import { tenantOf } from '../schedule/example.ts';
import { shippedFlow } from '../support/webmail-attempt.ts';

const withWebmail = (
  flow: string,
  kind: 'password' | 'access-token',
  change: { consent?: string | null; sendInterval?: number | null } = {},
) => {
  const secret = new Secret(() => 'x');
  return tenantOf({
    mailbox: { address: 'a@b.example', username: 'a', credential: { kind, secret } },
    webmail: {
      url: 'https://b.example/',
      ca: null,
      flow: shippedFlow(flow),
      consent: 'the tests',
      sendInterval: 600_000,
      ...change,
    },
  });
};

test('a webmail is probed as deep as its flow goes', () => {
  assert.equal(deepestDepth(withWebmail('page', 'password'), 'webmail'), 'connect');
  const depth = (change = {}) =>
    deepestDepth(withWebmail('roundcube', 'password', change), 'webmail');
  assert.equal(depth(), 'send');
  assert.equal(depth({ sendInterval: null }), 'roundtrip');
  assert.equal(depth({ consent: null }), 'connect');
});

test('with an access token a webmail is only connected to, and the other protocols as deep as ever', () => {
  const tenant = withWebmail('roundcube', 'access-token');
  assert.equal(deepestDepth(tenant, 'webmail'), 'connect');
  assert.equal(deepestDepth(tenant, 'imap'), 'roundtrip');
});
