import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anchorMessage, probeMessage } from '../../probes/message.ts';
import { recognise } from '../../probes/recognise.ts';

const letter = { address: 'probe@acme.example', at: Date.UTC(2026, 10, 22, 1, 2, 3) };
const message = probeMessage({ ...letter, token: 'abc123' });

test('a probe message is ASCII with CRLF line ends of at most 78 characters', () => {
  assert.match(message, /^[\x20-\x7e\r\n]*$/);
  assert.ok(message.split('\r\n').every((line) => line.length <= 78 && !line.includes('\n')));
  assert.match(message, /^Date: Sun, 22 Nov 2026 01:02:03 \+0000\r\n/);
  assert.match(message, /\r\nMessage-ID: <abc123@acme\.example>\r\n/);
  assert.match(message, /\r\nAuto-Submitted: auto-generated\r\n/);
});

test('it recognises itself, also folded, with LF, or with one of its marks taken away', () => {
  const header = message.slice(0, message.indexOf('\r\n\r\n'));
  const variants = [
    header,
    header.replaceAll('\r\n', '\n'),
    header.replace('Message-ID: ', 'Message-ID:\r\n\t'),
    header.replace(/Message-ID:.*\r\n/, 'Message-ID: <rewritten@elsewhere>\r\n'),
    header.replace(/X-Mailminute-Token:.*\r\n/, ''),
  ];
  for (const variant of variants) assert.equal(recognise(variant, letter.address).token, 'abc123');
});

test('a reply, a report and a stranger’s subject are not it', () => {
  const header = message.slice(0, message.indexOf('\r\n\r\n'));
  const others = [
    `Return-Path: <>\r\n${header}`,
    `Content-Type: multipart/report; report-type=delivery-status\r\n${header}`,
    header.replace('auto-generated', 'auto-replied'),
    'Subject: mailminute probe abc123\r\nMessage-ID: <abc123@evil.example>',
    'Subject: Re: mailminute probe abc123\r\nIn-Reply-To: <abc123@acme.example>',
  ];
  for (const other of others) assert.equal(recognise(other, letter.address).token, null);
});

test('the anchor is known as the anchor, and has no token', () => {
  const anchor = anchorMessage(letter);
  assert.deepEqual(recognise(anchor, letter.address), {
    token: null,
    anchor: true,
    report: false,
  });
  assert.match(anchor, /please keep/);
});

test('no token and no address can break a header', () => {
  for (const token of ['a\r\nBcc: x@y', 'a b', '', 'a>'])
    assert.throws(() => probeMessage({ ...letter, token }));
  for (const address of ['a\r\n@b', 'a@b>', 'a b@c', 'a'])
    assert.throws(() => anchorMessage({ ...letter, address }));
});
