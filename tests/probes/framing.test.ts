import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Framing } from '../../probes/attempt/tap.ts';
import { Fault } from '../../probes/failure.ts';
import { imapFraming } from '../../probes/imap/framing.ts';
import { popFraming } from '../../probes/pop/framing.ts';
import { smtpFraming } from '../../probes/smtp/framing.ts';

/** What a library reads of this, and the replies in it. */
function heard(framing: Framing, text: string) {
  const gives: string[] = [];
  const replies: (readonly string[])[] = [];
  for (const line of text.match(/[^\n]*\n/g) ?? []) {
    const { give, reply } = framing.heard(Buffer.from(line));
    if (give !== null) gives.push(give.toString());
    if (reply !== null) replies.push(reply);
  }
  return { gives, replies };
}

const notOfTheProtocol = (error: unknown) =>
  error instanceof Fault && error.reason === 'protocol-error';

suite('SMTP', () => {
  const asRead: readonly (readonly [string, string, string[]])[] = [
    ['a reply is whole with its last line', '250-a\r\n250 b\r\n', ['250-a\r\n250 b\r\n']],
    ['LF alone ends a line', '250 ok\n', ['250 ok\r\n']],
    ['a bare code gets its blank', '334\r\n', ['334 \r\n']],
    [
      'a reply whose code changes is the last one’s',
      '220-hi\r\n521 no\r\n',
      ['521-hi\r\n521 no\r\n'],
    ],
    [
      'PIPELINING is kept back',
      '250-x\r\n250-PIPELINING\r\n250 SIZE\r\n',
      ['250-x\r\n250 SIZE\r\n'],
    ],
    ['PIPELINING is kept back at the end', '250-x\r\n250 PIPELINING\r\n', ['250-x\r\n250 OK\r\n']],
  ];
  for (const [name, said, read] of asRead)
    test(name, () => assert.deepEqual(heard(smtpFraming(), said).gives, read));

  for (const line of ['hello\r\n', '99 x\r\n', '\r\n', '2500 x\r\n'])
    test(`${JSON.stringify(line)} is no reply`, () =>
      assert.throws(() => heard(smtpFraming(), line), notOfTheProtocol));

  test('a reply without end is refused', () => {
    assert.throws(() => heard(smtpFraming(), '250-x\r\n'.repeat(200)), notOfTheProtocol);
  });

  test('what is said between AUTH and its end is masked, and the message is not told', () => {
    const framing = smtpFraming();
    assert.deepEqual(framing.sent('AUTH LOGIN\r\n'), ['AUTH LOGIN']);
    heard(framing, '334 VXNlcm5hbWU6\r\n');
    assert.deepEqual(framing.sent('c2VjcmV0\r\n'), ['[masked]']);
    heard(framing, '235 ok\r\n');
    assert.deepEqual(framing.sent('AUTH PLAIN AGEAYg==\r\n'), ['AUTH PLAIN [masked]']);
    heard(framing, '235 ok\r\n');
    assert.deepEqual(framing.sent('DATA\r\n'), ['DATA']);
    heard(framing, '354 go\r\n');
    assert.deepEqual(framing.sent('Subject: x\r\n\r\n.\r\n'), ['[message, 17 bytes]']);
    heard(framing, '250 ok\r\n');
    assert.deepEqual(framing.sent('QUIT\r\n'), ['QUIT']);
  });
});

suite('POP3', () => {
  test('a listing comes as a status line, lines, and a dot', () => {
    const framing = popFraming();
    framing.sent('UIDL\r\n');
    const { gives, replies } = heard(framing, '+OK 2\r\n1 a\n2 b\r\n.\r\n');
    assert.deepEqual(gives, ['+OK 2\r\n', '1 a\r\n', '2 b\r\n', '.\r\n']);
    assert.deepEqual(replies, [['+OK 2'], ['.']]);
  });

  test('commands sent at once are answered in their order', () => {
    const framing = popFraming();
    framing.sent('UIDL 1\r\nUIDL 2\r\n');
    assert.deepEqual(heard(framing, '+OK 1 a\r\n-ERR none\r\n').replies, [
      ['+OK 1 a'],
      ['-ERR none'],
    ]);
  });

  test('a refused listing is one line', () => {
    const framing = popFraming();
    framing.sent('CAPA\r\n');
    assert.deepEqual(heard(framing, '-ERR what\r\n').replies, [['-ERR what']]);
  });

  test('a secret is masked', () => {
    const framing = popFraming();
    assert.deepEqual(framing.sent('PASS x y\r\n'), ['PASS [masked]']);
    heard(framing, '+OK\r\n');
    assert.deepEqual(framing.sent('AUTH PLAIN\r\n'), ['AUTH PLAIN']);
    heard(framing, '+ \r\n');
    assert.deepEqual(framing.sent('AGEAYg==\r\n'), ['[masked]']);
  });

  test('what is neither +OK, -ERR nor a challenge is refused', () => {
    assert.throws(() => heard(popFraming(), 'hello\r\n'), notOfTheProtocol);
  });
});

suite('IMAP', () => {
  const asRead: readonly (readonly [string, string, string])[] = [
    ['LF alone, and CRCRLF, end a line', '* 1 EXISTS\r\r\n', '* 1 EXISTS\r\n'],
    ['blanks are single in front', '*  3   EXISTS\r\n', '* 3 EXISTS\r\n'],
    ['a code that is never closed', 'a NO [LIMIT too many\r\n', 'a NO [LIMIT too many]\r\n'],
    ['a text never announces a literal', '* OK ready {5}\r\n', '* OK ready {5} \r\n'],
    ['a bare continuation', '+\r\n', '+ \r\n'],
    [
      'a field list without its blank',
      '* 1 FETCH (BODY[HEADER.FIELDS(X)] "")\r\n',
      '* 1 FETCH (BODY[HEADER.FIELDS (X)] "")\r\n',
    ],
    ['a literal with a sign', '* 1 FETCH (BODY[] ~{3+}\r\n', '* 1 FETCH (BODY[] {3}\r\n'],
  ];
  for (const [name, said, read] of asRead)
    test(name, () => {
      const framing = imapFraming();
      framing.sent('a NOOP\r\n');
      assert.equal(heard(framing, said).gives.join(''), read);
    });

  for (const line of [
    '',
    'hello',
    '220',
    'A1 MAYBE done',
    '* ',
    '* 5',
    '* (x)',
    `* X ${'('.repeat(99)}`,
  ])
    test(`${JSON.stringify(line.slice(0, 20))} is no response`, () =>
      assert.throws(() => heard(imapFraming(), `${line}\r\n`), notOfTheProtocol));

  test('a refusal never repeats what came', () => {
    assert.throws(
      () => heard(imapFraming(), 'A1 secret\r\n'),
      (error: Error) => !error.message.includes('secret'),
    );
  });

  test('only the answer to our own command is a reply, and the library never sees another', () => {
    const framing = imapFraming();
    framing.sent('5 NOOP\r\n');
    const { gives, replies } = heard(framing, '9 OK no\r\n* 2 EXISTS\r\n5 OK yes\r\n');
    assert.deepEqual(gives, ['* 2 EXISTS\r\n', '5 OK yes\r\n']);
    assert.deepEqual(replies, [['5 OK yes']]);
  });

  test('a refusal of the login that lacks its tag gets it', () => {
    const framing = imapFraming();
    framing.sent('5 LOGIN "a" "b"\r\n');
    const { gives } = heard(framing, '* NO [AUTHENTICATIONFAILED] no\r\n');
    assert.deepEqual(gives, ['5 NO [AUTHENTICATIONFAILED] no\r\n']);
  });

  test('a password is hidden, also one that looks like a command', () => {
    const framing = imapFraming();
    assert.deepEqual(framing.sent('5 LOGIN {5}\r\n'), ['5 LOGIN [credentials]']);
    heard(framing, '+ go\r\n');
    assert.deepEqual(framing.sent('abc DEFG {4}\r\n'), ['[credentials]']);
    heard(framing, '+ go\r\n');
    assert.deepEqual(framing.sent('abc DEFG\r\n'), ['[credentials]']);
    assert.deepEqual(heard(framing, '5 OK in\r\n').replies, [['5 OK in']]);
    assert.deepEqual(framing.sent('6 NOOP\r\n'), ['6 NOOP']);
  });

  test('BYE ends the dialogue by its code', () => {
    assert.throws(
      () => heard(imapFraming(), '* BYE [UNAVAILABLE] later\r\n'),
      (error: unknown) => error instanceof Fault && error.reason === 'temporary-error',
    );
  });

  for (const [name, said] of [
    ['responses', '* 1 FETCH (UID 1)\r\n'.repeat(20_001)],
    ['invitations to go on', '+ go\r\n'.repeat(20_001)],
    ['answers to nothing', 'x9 OK\r\n'.repeat(100_001)],
    ['literals in one response', '* 1 FETCH (A {1}\r\n'.repeat(1).concat(' B {1}\r\n'.repeat(65))],
    ['bytes in a literal', '* 1 FETCH (A {9999999}\r\n'],
    ['a literal whose size is beyond all numbers', `* 1 FETCH (A {${'9'.repeat(20)}}\r\n`],
  ] as const)
    test(`${name} without end are refused`, () => {
      const framing = imapFraming();
      framing.sent('5 NOOP\r\n');
      assert.throws(() => heard(framing, said), notOfTheProtocol);
    });
});
