import assert from 'node:assert/strict';
import { test } from 'node:test';
import { smtp as smtpProbe } from '../../probes/smtp.ts';
import { checkedOf, formatCheck, hasPassed, judgeCheck } from '../../src/commands/check.ts';
import { deepestDepth } from '../../src/domain/tenant.ts';
import { tenantOf } from '../schedule/example.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { hostile } from '../support/hostile.ts';
import { asking, contextWith, endpointAt, tenantWith } from '../support/probing.ts';
import { smtpServer } from '../support/scripted.ts';

const tenant = tenantOf();
const saw = [{ token: 'a', lastNotSeen: null, firstSeen: 1 }];
const smtp = resultOf({ protocol: 'smtp', token: 'a', acceptedAt: 5 });
const imap = resultOf({ sightings: saw });
const pop = resultOf({ protocol: 'pop', sightings: saw });

const verdicts = (...results: Parameters<typeof judgeCheck>[1]) =>
  judgeCheck(tenant, results).map(({ ok, verdict }) => [ok, verdict]);

test('a message that was sent and seen by every reader is ok', () => {
  assert.deepEqual(verdicts(smtp, imap, pop), [
    [true, 'ok'],
    [true, 'ok'],
    [true, 'ok'],
  ]);
});

test('a reader that did not see the message has failed', () => {
  assert.deepEqual(verdicts(smtp, { ...imap, sightings: [] }, pop)[1], [false, 'message not seen']);
});

test('a failure is told by its reason', () => {
  const failed = resultOf({ failure: failureOf() });
  assert.deepEqual(verdicts(smtp, failed, pop)[1], [false, 'connection-refused']);
});

test('when nothing was sent, a reader is ok, and the row says so', () => {
  const unsent = resultOf({ protocol: 'smtp', failure: failureOf(), acceptedAt: null });
  assert.deepEqual(verdicts(unsent, { ...imap, sightings: [] })[1], [
    true,
    'ok (nothing was sent)',
  ]);
});

test('a webmail that only shows its page is not asked for the message', () => {
  const page = tenantWith({
    smtp: endpointAt(1),
    webmail: {
      url: 'http://127.0.0.1/',
      ca: null,
      flow: { name: 'page', steps: [] },
      consent: 'the tests',
      sendInterval: null,
    },
  });
  const [, row] = judgeCheck(page, [smtp, resultOf({ protocol: 'webmail', depth: 'connect' })]);
  assert.equal(row?.verdict, 'ok (page only)');
});

test('a push service beside smtp is checked by a login of its own, and sends nothing', async (t) => {
  const servers = await Promise.all([hostile(smtpServer()), hostile(smtpServer())]);
  t.after(() => Promise.all(servers.map((server) => server.close())));
  const [own, pushing] = servers.map(({ port }) => endpointAt(port));
  assert.ok(own && pushing);
  const { mailbox } = tenantWith({});
  const account = { ...mailbox, address: 'notice@push.example', username: 'pusher' };
  const to = [mailbox.address];
  const push = { endpoint: pushing, account, to, interval: 1, budget: 1, judged: false };
  const [first, second, ...more] = checkedOf(tenantWith({ smtp: own, push }));
  assert.ok(first && second);
  assert.deepEqual(more, []);
  assert.equal(first.smtp, own);
  assert.deepEqual(
    [second.mailbox.address, deepestDepth(second, 'smtp')],
    ['notice@push.example', 'login'],
  );
  const { result } = await smtpProbe(second, asking({ depth: 'login' }), contextWith());
  assert.equal(result.failure, null);
  assert.ok(servers[1]?.lines.some((line) => line.startsWith('AUTH')));
  assert.ok(!servers[1]?.lines.some((line) => line.startsWith('MAIL')));
  assert.deepEqual(servers[0]?.lines, []);
  assert.equal(checkedOf(tenantWith({ smtp: own, push: { ...push, judged: true } })).length, 1);
});

test('a check has passed when every protocol was probed and is ok', () => {
  assert.ok(hasPassed(tenant, judgeCheck(tenant, [smtp, imap, pop])));
  assert.ok(!hasPassed(tenant, judgeCheck(tenant, [smtp, imap])));
  assert.ok(!hasPassed(tenant, []));
  const failed = resultOf({ protocol: 'pop', failure: failureOf() });
  assert.ok(!hasPassed(tenant, judgeCheck(tenant, [smtp, imap, failed])));
});

test('the table has a line a protocol with its total and phases in ms', () => {
  assert.equal(
    formatCheck(tenant, judgeCheck(tenant, [smtp, imap])),
    [
      'acme (probe@acme.example)',
      '  protocol result  total ms  phases (ms)',
      '  smtp     ok         100.0  tcp 0.4  auth 99.6',
      '  imap     ok         100.0  tcp 0.4  auth 99.6',
    ].join('\n'),
  );
});

test('a failure comes with phase, address, message, code and the last lines of the dialogue', () => {
  const transcript = Array.from({ length: 12 }, (_, index) => `> line ${index}`).join('\n');
  const failed = resultOf({ failure: failureOf({ phase: 'auth' }), transcript });
  const lines = formatCheck(tenant, judgeCheck(tenant, [failed])).split('\n');
  assert.deepEqual(lines.slice(3, 6), [
    '',
    '  imap: failed in auth at 127.0.0.1:993: connection refused [ECONNREFUSED]',
    '    > line 4',
  ]);
  assert.equal(lines.length, 13);
});

test('a check that found nothing out is still a table', () => {
  assert.equal(formatCheck(tenant, []).split('\n').length, 2);
});
