import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ImapFlow } from 'imapflow';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { Browser } from './browser.ts';
import { imapLogin, popLogin, sendMail } from './dialogue.ts';

let tenant: EmbeddedTenant;
before(async () => {
  tenant = await startEmbeddedTenant();
});
after(() => tenant.close());

async function flow(): Promise<ImapFlow> {
  const client = new ImapFlow({
    host: tenant.imap.host,
    port: tenant.imap.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: tenant.username, pass: tenant.password },
    logger: false,
  });
  client.on('error', () => {});
  await client.connect();
  return client;
}

test('a message sent by SMTP is seen by IMAP, by POP and in the webmail', async () => {
  await sendMail(tenant, 'token-everywhere', { text: '.leading dot\nünïcode' });
  const client = await flow();
  const lock = await client.getMailboxLock('INBOX');
  const uids = await client.search({ header: { subject: 'token-everywhere' } }, { uid: true });
  assert.ok(uids);
  assert.equal(uids.length, 1);
  const message = await client.fetchOne(
    String(uids[0]),
    { uid: true, envelope: true, source: true, internalDate: true, size: true, flags: true },
    { uid: true },
  );
  assert.ok(message);
  assert.equal(message.envelope?.subject, 'token-everywhere');
  assert.equal(message.envelope?.from?.[0]?.address, tenant.address);
  assert.equal(message.source?.length, message.size);
  assert.match(message.source?.toString() ?? '', /^Received: /m);
  lock.release();
  await client.logout();

  const pop = await popLogin(tenant);
  const count = /(\d+) \d+\r\n/.exec(await pop.say('STAT', /^\+OK.*\r\n/))?.[1];
  const text = await pop.say(`RETR ${count}`, /\r\n\.\r\n/);
  assert.match(text, /^Subject: token-everywhere\r$/m);
  assert.match(text, /^\.\.leading dot/m, 'a leading dot is stuffed');
  pop.end();

  const browser = new Browser(tenant);
  assert.match(await browser.logIn(), />token-everywhere<\/a>/);
});

test('an IMAP client that idles is told of a message that arrives', async () => {
  const client = await flow();
  await client.mailboxOpen('INBOX');
  const heard = new Promise<number>((resolve) => {
    client.on('exists', ({ count }) => resolve(count));
  });
  const idling = client.idle();
  const known = client.mailbox === false ? -1 : client.mailbox.exists;
  await sendMail(tenant, 'while idle');
  assert.equal(await heard, known + 1);
  await client.noop();
  await idling;
  await client.logout();
});

test('an appended message has the UID that was promised and keeps its flags', async () => {
  const client = await flow();
  const lock = await client.getMailboxLock('INBOX');
  const put = await client.append('INBOX', 'Subject: anchor\r\nX-A: 1\r\n\r\nbody\r\n', ['\\Seen']);
  assert.ok(put);
  const found = await client.search({ header: { subject: 'anchor' } }, { uid: true });
  assert.deepEqual(found, [put.uid]);
  const fetched = await client.fetchOne(
    String(put.uid),
    { uid: true, flags: true, headers: ['x-a', 'subject'] },
    { uid: true },
  );
  assert.ok(fetched);
  assert.deepEqual([...(fetched.flags ?? [])], ['\\Seen']);
  assert.equal(fetched.headers?.toString(), 'Subject: anchor\r\nX-A: 1\r\n\r\n');
  lock.release();
  await client.logout();
});

test('what UID EXPUNGE removes is gone for the next POP session, and nothing else is', async () => {
  await sendMail(tenant, 'goes');
  await sendMail(tenant, 'marked but stays');
  const before = await popLogin(tenant);
  const listed = await before.say('UIDL', /\r\n\.\r\n/);
  before.end();
  const client = await flow();
  const lock = await client.getMailboxLock('INBOX');
  const goes = await client.search({ header: { subject: 'goes' } }, { uid: true });
  const stays = await client.search({ header: { subject: 'marked but stays' } }, { uid: true });
  assert.ok(goes && stays);
  await client.messageFlagsAdd(stays, ['\\Deleted'], { uid: true });
  await client.messageDelete(goes, { uid: true });
  lock.release();
  await client.logout();
  const pop = await popLogin(tenant);
  const left = await pop.say('UIDL', /\r\n\.\r\n/);
  pop.end();
  const uidls = (text: string): string[] =>
    [...text.matchAll(/ (\d+\.\d+)\r/g)].map((m) => m[1] ?? '');
  const gone = uidls(listed).filter((uidl) => !uidls(left).includes(uidl));
  assert.deepEqual(
    gone.map((uidl) => Number(uidl.split('.')[1])),
    goes,
  );
});

test('a POP deletion takes effect at QUIT, not when the session breaks off', async () => {
  await sendMail(tenant, 'pop deletes this');
  const imap = await imapLogin(tenant);
  const broken = await popLogin(tenant);
  const count = /\+OK (\d+) /.exec(await broken.say('STAT', /^\+OK.*\r\n/))?.[1];
  await broken.say(`DELE ${count}`, /^\+OK.*\r\n/);
  broken.end();
  await broken.closed();
  const search = 'c UID SEARCH SUBJECT "pop deletes this"';
  assert.match(await imap.say(search, /^c OK.*\r\n/m), /\* SEARCH \d+\r/);
  const pop = await popLogin(tenant);
  await pop.say(`DELE ${count}`, /^\+OK.*\r\n/);
  await pop.say('QUIT', /^\+OK.*\r\n/);
  assert.match(await imap.say('d NOOP', /^d OK.*\r\n/m), /\* \d+ EXPUNGE\r\n/);
  assert.match(await imap.say(search, /^c OK.*\r\n/m), /\* SEARCH\r/);
  imap.end();
});

test('mail to anybody else is refused, and so is a wrong password', async () => {
  await assert.rejects(sendMail(tenant, 'x', { to: 'other@demo.example' }), { responseCode: 550 });
  await assert.rejects(sendMail(tenant, 'x', { password: 'wrong' }), { responseCode: 535 });
});

test('a message over the limit is refused and not stored', async () => {
  const imap = await imapLogin(tenant);
  const text = 'x'.repeat(70).concat('\n').repeat(16_000);
  await assert.rejects(sendMail(tenant, 'too large', { text }), { responseCode: 552 });
  const answer = await imap.say('c UID SEARCH SUBJECT "too large"', /^c OK.*\r\n/m);
  assert.match(answer, /\* SEARCH\r/);
  imap.end();
});
