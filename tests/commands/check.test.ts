import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCheck, hasPassed, judgeCheck } from '../../src/commands/check.ts';
import { tenantOf } from '../schedule/example.ts';
import { failureOf, resultOf } from '../store/example.ts';
import { endpointAt, tenantWith } from '../support/probing.ts';

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
