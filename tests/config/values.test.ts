import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatDuration, parseDuration } from '../../src/config/duration.ts';
import { parseSource } from '../../src/config/source.ts';
import { nearest } from '../../src/config/suggest.ts';
import { load } from './loading.ts';

test('a duration is read as Prometheus writes it', () => {
  assert.equal(parseDuration('20s'), 20_000);
  assert.equal(parseDuration('1m30s'), 90_000);
  assert.equal(parseDuration('1d2h3m4s5ms'), 93_784_005);
  for (const wrong of ['', '20', '30s1m', '1.5s', '-1s', ' 1s', '1S', '1s ', '٣s']) {
    assert.equal(parseDuration(wrong), null, wrong);
  }
});

test('every duration survives being written and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e12 }), (milliseconds) => {
      assert.equal(parseDuration(formatDuration(milliseconds)), milliseconds);
    }),
  );
});

test('a slip of the keyboard finds its word, another word finds none', () => {
  const keys = ['name', 'username', 'password', 'port', 'pop', 'servername'];
  assert.equal(nearest('prot', keys), 'port');
  assert.equal(nearest('passwort', keys), 'password');
  assert.equal(nearest('user', keys), 'username');
  assert.equal(nearest('Name', keys), 'name');
  assert.equal(nearest('colour', keys), null);
  assert.equal(nearest('', keys), null);
});

test('no text makes the reader throw, and a fault is always one line', () => {
  const piece = fc.constantFrom(
    ...[
      'tenants:',
      '- ',
      '\n',
      '  ',
      'a: ',
      '&a ',
      '*a',
      '<<: ',
      '{',
      '}',
      '[',
      ']',
      ',',
      '"',
      "'",
    ],
    ...[
      '!t ',
      '|',
      '>',
      '? ',
      ': ',
      '#',
      '---\n',
      '\t',
      '%',
      '\u0000',
      '\ufeff',
      '😀',
      '1e999',
      '~',
    ],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      for (const fault of load(pieces.join('')).faults) {
        assert.match(fault, /^mailminute\.yaml(:\d+:\d+)?( .+)?: .+$/);
      }
    }),
    { numRuns: 500 },
  );
});

test('thousands of open brackets are refused, whatever they would do to the stack', () => {
  for (const bracket of ['[', '{', '- ', '? ', '{a: ']) {
    const { source, faults } = parseSource(bracket.repeat(20_000), 'f');
    assert.equal(source === null, faults.length > 0);
  }
});
