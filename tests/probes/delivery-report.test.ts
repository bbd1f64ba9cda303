import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readDeliveryReport, reportLimit } from '../../probes/delivery-report.ts';
import { probeMessage } from '../../probes/message.ts';
import { recognise } from '../../probes/recognise.ts';

const address = 'probe@acme.example';
const token = 'a1b2c3d4e5f6a1b2c3d4e5f6';
const original = probeMessage({ token, address, at: 0 });
const [originalHeader = ''] = original.split('\r\n\r\n');

interface Parts {
  readonly status?: string;
  readonly returned?: string;
  readonly type?: string;
}

function report({
  status = 'Final-Recipient: rfc822; x@acme.example\r\nAction: failed\r\nStatus: 5.1.1\r\n',
  returned = original,
  type = 'message/rfc822',
}: Parts = {}): string {
  return [
    'Return-Path: <>',
    'From: MAILER-DAEMON@acme.example',
    'Subject: Undelivered Mail Returned to Sender',
    'Auto-Submitted: auto-replied',
    'MIME-Version: 1.0',
    'Content-Type: multipart/report; report-type=delivery-status;',
    ' boundary="B/1"',
    '',
    'This is a MIME-encapsulated message.',
    '',
    '--B/1',
    'Content-Type: text/plain; charset=us-ascii',
    '',
    `I am sorry: mailminute probe ${token}`,
    '',
    '--B/1',
    'Content-Type: message/delivery-status',
    '',
    'Reporting-MTA: dns; mail.acme.example',
    '',
    status,
    '--B/1',
    `Content-Type: ${type}`,
    '',
    returned,
    '--B/1--',
    '',
  ].join('\r\n');
}

const read = (text: string) => readDeliveryReport(Buffer.from(text), address, 7);

test('a report is tied to its message by the header that it returns', async () => {
  const expected = { token, action: 'failed', status: '5.1.1', class: 'hard', seenAt: 7 };
  assert.deepEqual(await read(report()), expected);
  const header = { returned: originalHeader, type: 'text/rfc822-headers' };
  assert.deepEqual(await read(report(header)), expected);
});

test('the classes are kept apart, also where only the other server names the cause', async () => {
  const classOf = async (fields: string) => {
    const found = await read(report({ status: `Action: failed\r\n${fields}\r\n` }));
    return `${found?.status} ${found?.class}`;
  };
  assert.equal(await classOf('Status: 5.2.2'), '5.2.2 full');
  assert.equal(await classOf('Status: 5.7.1 (denied)'), '5.7.1 policy');
  assert.equal(await classOf('Status: 4.4.7'), '4.4.7 soft');
  const diagnostic = 'Diagnostic-Code: smtp; 552\r\n 5.2.2 Mailbox is full';
  assert.equal(await classOf(`Status: 5.0.0\r\n${diagnostic}`), '5.2.2 full');
  assert.equal(await classOf(diagnostic), '5.2.2 full');
  assert.equal(await classOf('X-Other: 1'), 'null other');
  assert.equal(await classOf('Status: 5.1.1234'), 'null other');
});

test('only a failure is a bounce; of several recipients the worst counts', async () => {
  const delayed = await read(report({ status: 'Action: delayed\r\nStatus: 4.4.1\r\n' }));
  assert.deepEqual([delayed?.action, delayed?.class], ['delayed', null]);
  const groups = 'Action: delivered\r\nStatus: 2.0.0\r\n\r\nAction: FAILED\r\nStatus: 5.1.1\r\n';
  assert.equal((await read(report({ status: groups })))?.action, 'failed');
  assert.equal(await read(report({ status: 'Action: exploded\r\n' })), null);
});

test('the token in the text alone, or in another’s message, ties nothing', async () => {
  assert.equal(await read(report({ returned: 'Subject: hello\r\n\r\nbody' })), null);
  assert.equal(await read(report({ type: 'text/plain' })), null);
  assert.equal(await read(original), null);
});

test('a report is no arrival, whatever it quotes in its own header', () => {
  const [header = ''] = report().split('\r\n\r\n');
  const forged = `X-Mailminute-Token: ${token}\r\n${header}`;
  assert.deepEqual(recognise(forged, address), { token: null, anchor: false, report: true });
});

test('a report that is cut off still says what it got to', async () => {
  const text = report({ returned: `${originalHeader}\r\n\r\n${'x'.repeat(2 * reportLimit)}` });
  assert.equal((await read(text))?.token, token);
  assert.equal(await read(text.slice(0, 300)), null);
});

test('hostile reports end in null or in a bounded report, and never throw', async () => {
  const deep = 'Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\r\n'.repeat(500);
  const hostile = [
    '',
    '\0'.repeat(5000),
    deep,
    report({ returned: deep }),
    report({ status: 'Action: failed\r\n\r\n'.repeat(5000) }),
    report({ status: `Status: ${'5.'.repeat(20_000)}\r\nAction: failed` }),
    report({ returned: report() }),
    `X: ${'a'.repeat(reportLimit)}`,
  ];
  for (const text of hostile) {
    const found = await read(text);
    assert.ok(found === null || found.token === token);
  }
  await fc.assert(
    fc.asyncProperty(
      fc.nat(report().length),
      fc.nat(400),
      fc.string({ unit: 'binary', maxLength: 40 }),
      async (at, length, junk) => {
        const text = report();
        await read(text.slice(0, at) + junk + text.slice(at + length));
      },
    ),
    { numRuns: 200 },
  );
});
