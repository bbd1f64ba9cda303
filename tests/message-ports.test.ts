import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { messagePorts } from '../src/message-ports.ts';
import { messageStore } from '../src/store/messages.ts';
import { tenantOf } from './schedule/example.ts';
import { newDatabase, resultOf } from './store/example.ts';
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
    ports.pending(tenant, 'imap', true).map(({ token, excused }) => [token, excused]),
    [
      ['late', false],
      ['lost', true],
    ],
  );
  // POP has seen none of them: nothing is excused.
  assert.deepEqual(
    ports.pending(tenant, 'pop', true).map(({ excused }) => excused),
    [false, false, false],
  );
});

test('what is lost for a day is not looked for, and never more than 50 at once', (t) => {
  const { messages, ports, now } = given(t, 3_000 * minute);
  messages.sent('acme', 'ancient', now - 1_441 * minute, now - 1_441 * minute);
  assert.deepEqual(ports.pending(tenant, 'imap', true), []);
  for (let index = 0; index < 60; index++)
    messages.sent('acme', `m${index}`, now - minute, now - minute + index);
  assert.equal(ports.pending(tenant, 'imap', true).length, 50);
});

test('a message that every reader has seen is removed, one that a reader misses is kept 75 minutes', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'both', now - 2 * minute, now - 2 * minute);
  messages.sent('acme', 'one', now - 75 * minute, now - 75 * minute);
  messages.sent('acme', 'old', now - 75 * minute - 1, now - 75 * minute);
  for (const token of ['both', 'one', 'old']) messages.seen('imap', seen(token));
  messages.seen('pop', seen('both'));
  assert.deepEqual(ports.removable(tenant, false, []).toSorted(), ['both', 'old']);
  ports.removed(tenant, ['both']);
  assert.deepEqual(ports.removable(tenant, false, []), ['old']);
});

test('a message whose 250 never came is looked for for 10 minutes, and nobody is blamed', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'given-up', now - 11 * minute, null);
  messages.sent('acme', 'refused', now - minute, null, { refusedAt: now - minute });
  messages.sent('acme', 'doubtful', now - minute, null);
  assert.deepEqual(ports.pending(tenant, 'imap', false), [
    { token: 'doubtful', acceptedAt: now - minute, excused: true },
  ]);
  assert.deepEqual(ports.removable(tenant, false, []), []);
  messages.seen('imap', seen('doubtful'));
  assert.deepEqual(ports.removable(tenant, false, []), ['doubtful']);
});

test('what was never seen is not removed: it is still to come', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'missing', now - 500 * minute, now - 500 * minute);
  assert.deepEqual(ports.removable(tenant, false, []), []);
  assert.deepEqual(
    ports.pending(tenant, 'imap', true).map(({ token }) => token),
    ['missing'],
  );
});

test('a round looks for a lost message only when a look for it is due', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'lost', now - 30 * minute, now - 30 * minute);
  messages.sent('acme', 'seen', now - 20 * minute, now - 20 * minute);
  messages.seen('imap', seen('seen'));
  const asked = (watch: boolean) => ports.pending(tenant, 'imap', watch).map(({ token }) => token);
  assert.deepEqual(asked(false), ['lost']);
  const look = { folder: 'inbox', acceptedSince: 0 } as const;
  messages.looked('acme', 'imap', { ...look, lookedAt: now - 59_000 });
  assert.deepEqual(asked(false), []);
  assert.deepEqual(asked(true), ['lost']);
});

test('what came in Junk, or came back as a report, is not missed, and is for the watch to remove', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'junked', now - 5 * minute, now - 5 * minute);
  messages.sent('acme', 'bounced', now - 4 * minute, now - 4 * minute);
  messages.sent('acme', 'delayed', now - 3 * minute, now - 3 * minute);
  messages.seen('imap', { ...seen('junked'), folder: 'junk' });
  const report = { status: '5.2.2', seenAt: now } as const;
  messages.reported({ ...report, token: 'bounced', action: 'failed', class: 'full' });
  messages.reported({ ...report, token: 'delayed', action: 'delayed', class: null });
  for (const protocol of ['imap', 'pop'] as const)
    assert.deepEqual(
      ports.pending(tenant, protocol, false).map(({ token }) => token),
      ['delayed'],
    );
  assert.deepEqual(ports.removable(tenant, false, []), []);
  assert.deepEqual(ports.removable(tenant, true, []), ['junked', 'bounced']);
});

test('what is there though it was removed is removed again', (t) => {
  const { messages, ports, now } = given(t);
  messages.sent('acme', 'twice', now - 5 * minute, now - 5 * minute);
  messages.removed('twice', now - 4 * minute);
  assert.deepEqual(ports.removable(tenant, false, ['twice', 'unknown']), ['twice']);
});

test('a mailbox is full from one reading of its quota to the next', (t) => {
  const { ports } = given(t);
  const reading = (used: number) =>
    resultOf({
      mailbox: tenant.mailbox.address,
      quota: [{ resource: 'storage', used, limit: 1_000 }],
    });
  ports.observe(reading(998));
  assert.equal(ports.full(tenant), true);
  ports.observe(resultOf());
  assert.equal(ports.full(tenant), true);
  ports.observe(reading(900));
  assert.equal(ports.full(tenant), false);
});

test('lost messages do not keep those that are there from being removed', (t) => {
  const { messages, ports, now } = given(t);
  for (let index = 0; index < 60; index++)
    messages.sent('acme', `lost${index}`, now - 500 * minute + index, now - 500 * minute);
  messages.sent('acme', 'there', now - minute, now - minute);
  for (const protocol of ['imap', 'pop'] as const) messages.seen(protocol, seen('there'));
  assert.ok(ports.removable(tenant, false, []).includes('there'));
  assert.equal(ports.removable(tenant, false, []).length, 1);
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
  assert.deepEqual(ports.pending(pageOnly, 'webmail', true), []);
  messages.seen('imap', seen('a'));
  assert.deepEqual(ports.removable(pageOnly, false, []), ['a']);
});
