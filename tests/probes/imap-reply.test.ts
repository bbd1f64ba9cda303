import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseReply } from '../../probes/imap/reply.ts';
import { announcedLiteral, MalformedReply, type Part } from '../../probes/imap/values.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

const table: readonly (readonly [string, readonly Part[], Readonly<Record<string, unknown>>])[] = [
  [
    'a tagged OK with a code',
    ['A1 OK [READ-WRITE] Select completed'],
    {
      kind: 'status',
      tag: 'A1',
      status: 'OK',
      code: 'READ-WRITE',
      codeWords: [],
      text: 'Select completed',
    },
  ],
  [
    'a code with words',
    ['A2 OK [APPENDUID 38505 3955] done'],
    { code: 'APPENDUID', codeWords: ['38505', '3955'] },
  ],
  [
    'small letters',
    ['* bye [unavailable] later'],
    { kind: 'status', tag: null, status: 'BYE', code: 'UNAVAILABLE', text: 'later' },
  ],
  ['a status without text', ['A3 OK'], { status: 'OK', code: null, text: '' }],
  [
    'a code whose bracket is never closed',
    ['A3 NO [LIMIT too many'],
    { status: 'NO', code: 'LIMIT', codeWords: ['too', 'many'] },
  ],
  ['an empty code', ['A3 NO [] no'], { status: 'NO', code: null, text: 'no' }],
  ['a word that only begins like a status', ['* OKAY 1'], { kind: 'data', name: 'OKAY' }],
  ['a continuation', ['+ idling'], { kind: 'continuation', text: 'idling' }],
  ['a bare continuation', ['+'], { kind: 'continuation', text: '' }],
  ['a count', ['* 23 EXISTS'], { kind: 'data', name: 'EXISTS', number: 23, values: [] }],
  [
    'capabilities',
    ['* CAPABILITY IMAP4rev1 AUTH=PLAIN'],
    { name: 'CAPABILITY', number: null, values: ['IMAP4rev1', 'AUTH=PLAIN'] },
  ],
  ['an empty search', ['* SEARCH'], { name: 'SEARCH', values: [] }],
  ['a search that ends in blanks', ['* SEARCH 1 2 '], { name: 'SEARCH', values: ['1', '2'] }],
  ['flags', ['* FLAGS (\\Answered \\Seen)'], { name: 'FLAGS', values: [['\\Answered', '\\Seen']] }],
  [
    'nil, quoted strings, escapes and lists in lists',
    ['* ENVELOPE (nil "a \\"b\\" \\\\c" ((x) ()))'],
    { values: [[null, 'a "b" \\c', [['x'], []]]] },
  ],
  [
    'a fetch with a literal in the middle',
    [
      '* 5 FETCH (UID 9 BODY[HEADER.FIELDS (MESSAGE-ID)] {6}',
      bytes('a: b\r\n'),
      ' FLAGS (\\Seen))',
    ],
    {
      name: 'FETCH',
      number: 5,
      values: [['UID', '9', 'BODY[HEADER.FIELDS (MESSAGE-ID)]', 'a: b\r\n', 'FLAGS', ['\\Seen']]],
    },
  ],
  [
    'a literal of no octets, and two literals in a row',
    ['* 5 FETCH (A {0}', bytes(''), ' B {1}', bytes('x'), ')'],
    { values: [['A', '', 'B', 'x']] },
  ],
  [
    'a section with quoted names and an origin',
    ['* 5 FETCH (BODY[HEADER.FIELDS ("MESSAGE-ID" "X")]<0> "v")'],
    { values: [['BODY[HEADER.FIELDS ("MESSAGE-ID" "X")]<0>', 'v']] },
  ],
  [
    'a section whose name of a field is a literal',
    ['* 5 FETCH (BODY[HEADER.FIELDS ({1}', bytes('X'), ')] NIL)'],
    { values: [['BODY[HEADER.FIELDS ({1})]', null]] },
  ],
  ['a list that is never closed', ['* X (a (b'], { values: [['a', ['b']]] }],
  ['a closing bracket too many', ['* X a) b'], { values: ['a', 'b'] }],
  ['a string that is never closed', ['* X "abc'], { values: ['abc'] }],
];

for (const [name, parts, expected] of table) {
  test(`the parser reads ${name}`, () => {
    const reply = parseReply(parts);
    for (const [key, value] of Object.entries(expected)) {
      assert.deepEqual(Reflect.get(reply, key), value, key);
    }
  });
}

for (const line of ['', 'hello', '220', 'A1 MAYBE done', '* ', '* 5', '* (x)']) {
  test(`what is not IMAP is refused: ${JSON.stringify(line)}`, () => {
    assert.throws(() => parseReply([line]), MalformedReply);
  });
}

test('a refusal of the parser never repeats what came', () => {
  assert.throws(
    () => parseReply(['A1 secret']),
    (error: Error) => !error.message.includes('secret'),
  );
});

test('lists nested without end are refused', () => {
  assert.throws(() => parseReply([`* X ${'('.repeat(1000)}`]), MalformedReply);
});

test('values without end are refused', () => {
  assert.throws(() => parseReply([`* SEARCH ${'1 '.repeat(60_000)}`]), MalformedReply);
});

test('a literal is announced at the end of a line only, and never by a text for people', () => {
  assert.equal(announcedLiteral('* 1 FETCH (BODY[] {12}', true), 12);
  assert.equal(announcedLiteral('* 1 FETCH (BODY[] ~{12+}', true), 12);
  assert.equal(announcedLiteral(' BODY[TEXT] {3}', false), 3);
  assert.equal(announcedLiteral('* 1 FETCH (BODY[] {12} x', true), null);
  assert.equal(announcedLiteral('* OK ready {5}', true), null);
  assert.equal(announcedLiteral('A1 NO no {5}', true), null);
  assert.equal(announcedLiteral('+ {5}', true), null);
});
