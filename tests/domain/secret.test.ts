import assert from 'node:assert/strict';
import { test } from 'node:test';
import { format, inspect } from 'node:util';
import { Secret } from '../../src/domain/secret.ts';

const value = 'hunter2';

test('no way of printing shows the value', () => {
  const secret = new Secret(() => value);
  const holder = { mailbox: { secret, list: [secret] } };
  const printed = [
    String(secret),
    `${secret}`,
    JSON.stringify(holder),
    inspect(holder, { depth: null, showHidden: true, getters: true }),
    format('%s %o %O %j', secret, secret, holder, holder),
    Object.entries(secret).join(),
    Object.getOwnPropertyNames(secret).join(),
  ].join('\n');
  assert.ok(!printed.includes(value), printed);
  assert.match(printed, /\[secret\]/);
});

test('a copy of it reveals nothing', () => {
  const copy = { ...new Secret(() => value) };
  assert.deepEqual(copy, {});
});

test('it is read anew each time, so that a rotated one is picked up', () => {
  const values = ['old', 'new'];
  const secret = new Secret(() => values.shift() ?? '');
  assert.equal(secret.reveal(), 'old');
  assert.equal(secret.reveal(), 'new');
});

test('what the reader throws is thrown on', () => {
  const secret = new Secret(() => {
    throw new Error('no such file');
  });
  assert.throws(() => secret.reveal(), /no such file/);
});
