import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryMailbox } from '../../src/demo/mailbox.ts';

const plain = (subject: string): string => `Subject: ${subject}\r\n\r\nbody\r\n`;

test('a full mailbox drops the oldest message of other people, and keeps the probe’s own', () => {
  const mailbox = new MemoryMailbox(() => 1_000);
  mailbox.append(`X-Mailminute-Anchor: 1\r\n${plain('own')}`, new Set());
  for (let i = 0; i < 1_000; i++) mailbox.append(plain(String(i)), new Set());
  const kept = mailbox.list();
  assert.equal(kept.length, 1_000);
  assert.match(kept[0]?.text ?? '', /Subject: own/);
  assert.match(kept[1]?.text ?? '', /Subject: 1\r/);
});

test('a mailbox full of own messages drops the oldest of them', () => {
  const mailbox = new MemoryMailbox(() => 1_000);
  for (let i = 0; i < 1_001; i++) mailbox.append(`X-Mailminute: ${i}\r\n\r\n`, new Set());
  assert.equal(mailbox.get(1), null);
  assert.equal(mailbox.list().length, 1_000);
});

test('all messages together stay below 64 MiB', () => {
  const mailbox = new MemoryMailbox(() => 1_000);
  const text = `Subject: large\r\n\r\n${'x'.repeat(1_000_000)}`;
  for (let i = 0; i < 100; i++) mailbox.append(text, new Set());
  const total = mailbox.list().reduce((sum, message) => sum + message.text.length, 0);
  assert.ok(total <= 64 * 1024 * 1024);
  assert.equal(mailbox.list().at(-1)?.uid, 100);
});

test('held mail is bounded too: beyond it the sender is told', () => {
  const mailbox = new MemoryMailbox(() => 1_000);
  mailbox.hold();
  for (let i = 0; i < 1_000; i++) assert.equal(mailbox.deliver(plain(String(i))), true);
  assert.equal(mailbox.deliver(plain('too much')), false);
  assert.equal(mailbox.list().length, 0);
  mailbox.release();
  assert.equal(mailbox.list().length, 1_000);
});
