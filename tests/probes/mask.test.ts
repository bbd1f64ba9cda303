import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { maskOf } from '../../probes/mask.ts';
import { safeLine, Transcript } from '../../probes/transcript.ts';

const printable = fc.string({ minLength: 6, maxLength: 40 }).filter((text) => text.trim() !== '');

test('a secret is never found in a masked text, whatever surrounds it', () => {
  fc.assert(
    fc.property(printable, fc.string(), fc.string(), (secret, before, after) => {
      const safe = safeLine(`${before}${secret}${after}`, maskOf(secret));
      assert.ok(!safe.includes(secret) || '[masked]'.includes(secret));
    }),
  );
});

test('base64 of a text that holds the secret gives no part of the secret back', () => {
  fc.assert(
    fc.property(printable, fc.string(), fc.string(), (secret, before, after) => {
      const blob = Buffer.from(`${before}${secret}${after}`).toString('base64');
      const masked = maskOf(secret)(`535 ${blob} refused`);
      assert.match(masked, /\[masked\]/);
    }),
  );
});

test('quoted, escaped, percent-encoded and upper-case echoes are masked', () => {
  const secret = `pa"ss\\w<o>r&d 'x'`;
  const mask = maskOf(secret);
  const echoes = [
    secret.toUpperCase(),
    "pa\\\"ss\\\\w<o>r&d 'x'",
    "pa&quot;ss\\w&lt;o&gt;r&amp;d 'x'",
    encodeURIComponent(secret),
    new URLSearchParams({ a: secret }).toString().slice(2),
  ];
  for (const echo of echoes) assert.equal(mask(`no ${echo}!`), 'no [masked]!');
});

test('an empty secret masks nothing, and a secret of one letter does not hang', () => {
  assert.equal(maskOf('')('as it is'), 'as it is');
  assert.ok(!maskOf('a')('banana').includes('anana'));
});

test('control and bidirectional characters are escaped, so that no line can be forged', () => {
  const safe = safeLine('a\r\nb\x1b[31m\u202ec\u2028d', maskOf(''));
  assert.equal(safe, 'a\\x0d\\x0ab\\x1b[31m\\u{202e}c\\u{2028}d');
});

test('a transcript keeps its first and last lines within 8 KiB and says what it left out', () => {
  const transcript = new Transcript(maskOf(''));
  for (let line = 0; line < 10_000; line += 1)
    transcript.theirs(`line ${line} ${'x'.repeat(line % 900)}`);
  const lines = transcript.toString().split('\n');
  assert.ok(transcript.toString().length <= 8192);
  assert.equal(lines[0], '< line 0 ');
  assert.ok(lines.at(-1)?.startsWith('< line 9999 '));
  const note = lines.find((line) => line.startsWith('# '));
  assert.equal(note, `# ${10_000 - (lines.length - 1)} lines left out`);
  assert.ok(lines.every((line) => line.length <= 512));
});

test('a secret that straddles the cut of a long line leaves no piece behind', () => {
  const transcript = new Transcript(maskOf('correct-horse'));
  transcript.theirs(`${'x'.repeat(503)}correct-horse`);
  assert.doesNotMatch(transcript.toString(), /corr/);
});
