import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { messagePorts } from '../src/message-ports.ts';
import { messageStore } from '../src/store/messages.ts';
import { tenantOf } from './schedule/example.ts';
import { newDatabase } from './store/example.ts';
import { endpointAt, tenantWith } from './support/probing.ts';

const minute = 60_000;
const tenant = tenantOf();

function given(context: TestContext, now = 1_000 * minute) {
  const messages = messageStore(newDatabase(context).connection);
  const ports = messagePorts(messages, { wall: () => now, monotonic: () => 0 });
  return { messages, ports, now };
}

const seen = (token: string) => ({ token, lastNotSeen: null, firstSeen: 1 });

test('a protocol keeps its own memory, tenant by tenant', (t) => {
  const { ports } = given(t);
  ports.memory(tenant, 'imap').anchor = '17';
  assert.equal(ports.memory(tenant, 'imap').anchor, '17');
  assert.equal(ports.memory(tenant, 'pop').anchor, null);
  assert.equal(ports.memory(tenantOf({ name: 'other' }), 'imap').anchor, null);
});

test('only what a newer message has not overtaken can be missed', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'lost', now - 30 * minute, now - 30 * minute);
  messages.sent('acme', 'seen', now - 20 * minute, now - 20 * minute);
  messages.sent('acme', 'late', now - 10 * minute, now - 10 * minute);
  messages.seen('imap', seen('seen'));
  assert.deepEqual(
    ports.pending(tenant, 'imap').map(({ token, excused }) => [token, excused]),
    [
      ['late', false],
      ['lost', true],
    ],
  );
  // POP has seen none of them: nothing is excused.
  assert.deepEqual(
    ports.pending(tenant, 'pop').map(({ excused }) => excused),
    [false, false, false],
  );
});

test('what is lost for a day is not looked for, and never more than 50 at once', (t) => {
  const { messages, ports, now } = given(t, 3_000 * minute);
  messages.sent('acme', 'ancient', now - 1_441 * minute, now - 1_441 * minute);
  assert.deepEqual(ports.pending(tenant, 'imap'), []);
  for (let index = 0; index < 60; index++)
    messages.sent('acme', `m${index}`, now - minute, now - minute + index);
  assert.equal(ports.pending(tenant, 'imap').length, 50);
});

test('a message that every reader has seen is removed, one that a reader misses is kept 75 minutes', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'both', now - 2 * minute, now - 2 * minute);
  messages.sent('acme', 'one', now - 75 * minute, now - 75 * minute);
  messages.sent('acme', 'old', now - 75 * minute - 1, now - 75 * minute);
  for (const token of ['both', 'one', 'old']) messages.seen('imap', seen(token));
  messages.seen('pop', seen('both'));
  assert.deepEqual(ports.removable(tenant).toSorted(), ['both', 'old']);
  ports.removed(tenant, ['both']);
  assert.deepEqual(ports.removable(tenant), ['old']);
});

test('a message whose 250 never came is looked for from 1 to 10 minutes after its sending', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'young', now - minute, null);
  messages.sent('acme', 'doubtful', now - 2 * minute, null);
  messages.sent('acme', 'given-up', now - 10 * minute, null);
  assert.deepEqual(ports.removable(tenant), ['doubtful']);
});

test('lost messages do not keep those that are there from being removed', (t) => {
  const { messages, ports, now } = given(t);
  for (let index = 0; index < 60; index++)
    messages.sent('acme', `lost${index}`, now - 500 * minute + index, now - 500 * minute);
  messages.sent('acme', 'there', now - minute, now - minute);
  for (const protocol of ['imap', 'pop'] as const) messages.seen(protocol, seen('there'));
  assert.ok(ports.removable(tenant).includes('there'));
  assert.equal(ports.removable(tenant).length, 50);
});

test('a webmail that only shows its page is no reader', (t) => {
  const { messages, ports, now } = given(t);
  const pageOnly = tenantWith({
    imap: endpointAt(1),
    webmail: {
      url: 'http://127.0.0.1/',
      ca: null,
      flow: { name: 'page', steps: [] },
      consent: 'the tests',
      sendInterval: null,
    },
  });
  messages.sent('acme', 'a', now - minute, now - minute);
  assert.deepEqual(ports.pending(pageOnly, 'webmail'), []);
  messages.seen('imap', seen('a'));
  assert.deepEqual(ports.removable(pageOnly), ['a']);
});
