import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import type { Clock } from '../src/domain/clock.ts';
import { Secret } from '../src/domain/secret.ts';
import type { PushAccount, Tenant } from '../src/domain/tenant.ts';
import { pushSender } from '../src/push.ts';
import { messageStore } from '../src/store/messages.ts';
import { pushStore } from '../src/store/push.ts';
import { newDatabase } from './store/example.ts';
import * as act from './support/hostile.ts';
import { endpointAt, password, realClock, tenantWith } from './support/probing.ts';
import { type Overrides, smtpServer } from './support/scripted.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
/** Noon in Shanghai. */
const noon = Date.parse('2026-10-16T12:00:00+08:00');

interface Given {
  readonly overrides?: Overrides;
  readonly push?: Partial<PushAccount>;
  readonly signal?: AbortSignal;
}

/** A sender and its push service; `pass` lets time go by, `send` is its turn. */
async function given(context: TestContext, { overrides = {}, push = {}, signal }: Given = {}) {
  const server = await act.hostile(smtpServer(overrides));
  context.after(() => server.close());
  const { connection } = newDatabase(context);
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const outcomes: string[] = [];
  const pushes = pushStore(connection);
  const sender = () =>
    pushSender({
      logger,
      metrics: { routeSent: (_tenant, _route, outcome) => void outcomes.push(outcome) },
      messages: messageStore(connection),
      pushes,
      journal: { keep: (write) => write() },
    });
  const account: PushAccount = {
    endpoint: endpointAt(server.port),
    account: {
      address: 'notice@push.example',
      username: 'pusher',
      credential: { kind: 'password', secret: new Secret(() => password) },
    },
    to: ['probe@acme.example'],
    interval: 5 * minute,
    budget: 3,
    judged: true,
    ...push,
  };
  const tenant: Tenant = {
    ...tenantWith({ zone: 'Asia/Shanghai', attemptDeadline: 5_000 }),
    push: account,
  };
  const began = realClock.monotonic();
  let passed = 0;
  const clock: Clock = {
    wall: () => noon + passed + Math.floor((realClock.monotonic() - began) / 1000),
    monotonic: () => realClock.monotonic() + passed * 1000,
  };
  let send = sender();
  return {
    server,
    pushes,
    connection,
    lines,
    outcomes,
    tenant,
    pass(milliseconds: number): void {
      passed += milliseconds;
    },
    restart(): void {
      send = sender();
    },
    send: (to = account) =>
      send(tenant, to, {
        clock,
        signal: signal ?? new AbortController().signal,
        memory: () => ({ anchor: null }),
      }),
    today: () => pushes.sent('acme', noon - day / 2, noon + day / 2),
  };
}

test('a message goes from the push account to the tenant’s mailbox, and is written down first', async (t) => {
  const all = await given(t);
  await all.send();
  const { lines } = all.server;
  assert.ok(lines.includes('MAIL FROM:<notice@push.example>'));
  assert.ok(lines.includes('RCPT TO:<probe@acme.example>'));
  assert.deepEqual(all.outcomes, ['accepted']);
  const [row] = all.connection
    .prepare('SELECT route, sender, mailbox, accepted_at IS NOT NULL AS accepted FROM message')
    .all();
  assert.deepEqual(row, {
    route: 'push',
    sender: 'notice@push.example',
    mailbox: 'probe@acme.example',
    accepted: 1,
  });
  all.connection.exec('DROP TABLE push_event');
  all.pass(5 * minute);
  await assert.rejects(all.send());
  assert.equal(lines.filter((line) => line.startsWith('MAIL')).length, 1);
});

test('the budget holds for a day of the tenant’s zone, over restarts, and is told once a day', async (t) => {
  const all = await given(t);
  const messages = () => all.server.lines.filter((line) => line.startsWith('MAIL')).length;
  for (let turn = 0; turn < 6; turn += 1) {
    await all.send();
    all.restart();
    all.pass(5 * minute);
  }
  assert.equal(messages(), 3);
  const told = () => all.lines.filter((line) => line.includes('budget of this day is used up'));
  assert.equal(told().length, 1);
  // 23:55 and 00:05 in Shanghai, where UTC is still on the same day.
  all.pass(12 * 60 * minute - 35 * minute);
  await all.send();
  assert.equal(messages(), 3);
  all.pass(10 * minute);
  await all.send();
  assert.equal(messages(), 4);
});

test('nothing is sent early after a restart, and no turn is missed at its pace', async (t) => {
  const all = await given(t, { push: { budget: 100 } });
  await all.send();
  all.restart();
  all.pass(3 * minute);
  await all.send();
  assert.equal(all.outcomes.length, 1);
  // The plan's pauses are up to 10 % shorter.
  all.pass(1.5 * minute);
  await all.send();
  assert.equal(all.outcomes.length, 2);
});

test('an address that is no mailbox of the tenant is not written to, whatever the settings say', async (t) => {
  const all = await given(t, { push: { to: ['stranger@elsewhere.example'] } });
  await all.send();
  assert.deepEqual(all.server.lines, []);
  assert.equal(all.today(), 0);
  assert.match(all.lines.join(''), /no mailbox of the tenant: not sent/);
  assert.doesNotMatch(all.lines.join(''), /stranger/);
});

test('what never left does not count against the budget, nor what we were told to stop', async (t) => {
  const all = await given(t, { overrides: { AUTH: act.say('454 4.7.0 try later\r\n') } });
  await all.send();
  assert.equal(all.today(), 0);
  assert.deepEqual(all.pushes.notSentBy('acme', 0, Infinity), [
    { reason: 'temporary-error', messages: 1 },
  ]);
  const stopped = await given(t, { signal: AbortSignal.abort() });
  await stopped.send();
  assert.equal(stopped.today(), 0);
  assert.deepEqual(stopped.pushes.notSentBy('acme', 0, Infinity), [{ reason: null, messages: 1 }]);
  assert.deepEqual(stopped.outcomes, []);
});

for (const [verb, answer, left] of [
  ['RCPT', '450 4.7.1 Daily sending quota exceeded', 1],
  ['AUTH', '421 4.7.0 too many messages, rate limit', 0],
  ['AUTH', '535 5.7.8 wrong', 0],
] as const)
  test(`after «${answer}» to ${verb} the service is left alone, longer each time`, async (t) => {
    const all = await given(t, {
      overrides: { [verb]: act.say(`${answer}\r\n`) },
      push: { budget: 100 },
    });
    const tries = () => all.outcomes.length;
    await all.send();
    all.pass(14 * minute);
    await all.send();
    assert.equal(tries(), 1);
    all.pass(2 * minute);
    await all.send();
    assert.equal(tries(), 2);
    all.pass(29 * minute);
    await all.send();
    assert.equal(tries(), 2);
    all.pass(2 * minute);
    await all.send();
    assert.equal(tries(), 3);
    assert.equal(all.today(), 3 * left);
  });

test('recipients take turns', async (t) => {
  const all = await given(t, { push: { budget: 100 } });
  const mailboxes = ['probe@acme.example', 'second@acme.example'].map((address) => ({
    ...all.tenant.mailbox,
    address,
  }));
  Object.assign(all.tenant, { mailboxes });
  const account = { ...(all.tenant.push as PushAccount), to: mailboxes.map((one) => one.address) };
  for (let turn = 0; turn < 3; turn += 1) {
    await all.send(account);
    all.pass(5 * minute);
  }
  assert.deepEqual(
    all.server.lines.filter((line) => line.startsWith('RCPT')).map((line) => line.slice(9, -1)),
    ['probe@acme.example', 'second@acme.example', 'probe@acme.example'],
  );
});
