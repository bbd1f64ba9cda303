import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import pino from 'pino';
import type { ProbePorts } from '../probes/ports.ts';
import type { Clock } from '../src/domain/clock.ts';
import type { InboundRoute } from '../src/domain/route.ts';
import { createMailSink } from '../src/mail-sink.ts';
import { routeMessages } from '../src/route-messages.ts';
import { fateStore } from '../src/store/fates.ts';
import { openJournal } from '../src/store/journal.ts';
import { messageStore } from '../src/store/messages.ts';
import { metricsOf } from './metrics/scrape.ts';
import { fastDatabase } from './store/example.ts';
import * as act from './support/hostile.ts';
import { realClock, tenantWith } from './support/probing.ts';
import { smtpServer } from './support/scripted.ts';

const minute = 60_000;
const never = () => assert.fail('no mailbox is read here');

/** Our own sender and an MX that answers RCPT in this way, one after the other; time passes when waited for. */
async function given(t: TestContext, answers: readonly string[]) {
  let tries = 0;
  let ahead = 0;
  const rcpt: act.Act = (...given) => {
    const answer = answers[Math.min(tries, answers.length - 1)] ?? '';
    tries += 1;
    return act.say(`${answer}\r\n`)(...given);
  };
  const server = await act.hostile(smtpServer({ RCPT: rcpt }));
  t.after(() => server.close());
  const { connection } = fastDatabase(t);
  const clock: Clock = {
    wall: () => realClock.wall() + ahead,
    monotonic: () => realClock.monotonic() + ahead * 1000,
  };
  const messages = messageStore(connection);
  const journal = openJournal(connection, () => {});
  const tenant = tenantWith({ attemptDeadline: 5_000 });
  const lines: string[] = [];
  const logger = pino({ base: null }, { write: (line: string) => void lines.push(line) });
  const metrics = metricsOf();
  const sink = createMailSink({
    clock,
    logger,
    journal,
    messages,
    metrics,
    tenants: () => [tenant],
  });
  const { sendIn } = routeMessages({ logger, metrics, messages, journal, sink, may: () => true });
  const probing: ProbePorts = {
    probes: { smtp: never, imap: never, pop: never, webmail: never },
    clock,
    signal: new AbortController().signal,
    memory: () => ({ anchor: null }),
    pending: () => [],
    posting: { due: () => false, done: () => {} },
    removable: () => [],
    full: () => false,
    removed: () => {},
    began: () => {},
    ended: () => {},
    report: never,
  };
  const route: InboundRoute = {
    from: 'probe@sink.example',
    reports: true,
    helo: 'mx.sink.example',
    mx: { host: '127.0.0.1', port: server.port },
    interval: 5 * minute,
    dkim: null,
  };
  const pauses: number[] = [];
  const send = (until = Infinity) =>
    sendIn(tenant, route, probing, async (pause) => {
      pauses.push(pause);
      ahead += pause;
      return pauses.length <= until;
    });
  const stored = () =>
    connection
      .prepare('SELECT token, sent_at AS sentAt, accepted_at AS acceptedAt FROM message')
      .all() as { token: string; sentAt: number; acceptedAt: number | null }[];
  const fates = () => {
    fateStore(connection).settle(tenant.name, clock.wall(), minute);
    return fateStore(connection).counts(tenant.name, 0, Infinity);
  };
  return { send, pauses, stored, fates, messages, clock, lines, tries: () => tries };
}

const greylisted = '451 4.7.1 Greylisted, please try again in 60 seconds';
const taken = '250 2.1.5 ok';

test('what was greylisted is taken at the second try, and its delay begins at the 250', async (t) => {
  const { send, pauses, stored, fates, messages, clock } = await given(t, [greylisted, taken]);
  const begun = clock.wall();
  await send();
  assert.deepEqual(pauses, [minute]);
  const [message, ...others] = stored();
  assert.deepEqual(others, []);
  const { token = '', acceptedAt = null } = message ?? {};
  assert.ok(acceptedAt !== null && acceptedAt >= begun + minute);
  // Seen two seconds after the 250: on time, though a minute and two seconds after the first try.
  const firstSeen = acceptedAt + 2_000;
  messages.seen('imap', { token, lastNotSeen: firstSeen - 10, firstSeen });
  assert.deepEqual(fates(), [{ route: 'inbound', fate: 'on-time', messages: 1 }]);
});

test('one and the same message is tried after 1, 3 and 8 minutes, and is refused then', async (t) => {
  const { send, pauses, stored, fates, tries } = await given(t, [greylisted]);
  await send();
  assert.deepEqual(pauses, [minute, 2 * minute, 5 * minute]);
  assert.equal(tries(), 4);
  assert.equal(stored().length, 1);
  assert.deepEqual(fates(), [{ route: 'inbound', fate: 'refused', messages: 1 }]);
});

test('a refusal for good is not tried again', async (t) => {
  const { send, pauses, fates } = await given(t, ['550 5.1.1 no such user']);
  await send();
  assert.deepEqual(pauses, []);
  assert.deepEqual(fates(), [{ route: 'inbound', fate: 'refused', messages: 1 }]);
});

test('told to end while it waits, it sends no more, and nothing is held against the server', async (t) => {
  const { send, tries, stored } = await given(t, [greylisted, taken]);
  await send(0);
  assert.equal(tries(), 1);
  assert.deepEqual(stored(), []);
});

test('the log says where it was refused and that it is tried again, in none of the server’s words', async (t) => {
  const { send, lines } = await given(t, [greylisted]);
  await send();
  const [first, ...others] = lines.map((line) => JSON.parse(line));
  assert.match(first.address, /^127\.0\.0\.1:\d+$/);
  const { level, phase, reason, code, milliseconds } = first;
  assert.deepEqual(
    [level, phase, reason, code, milliseconds],
    [30, 'rcpt', 'throttled', '451 4.7.1', minute],
  );
  assert.deepEqual(
    others.map((one) => one.level),
    [30, 30, 40],
  );
  assert.ok(!lines.join().includes('Greylisted'));
});
