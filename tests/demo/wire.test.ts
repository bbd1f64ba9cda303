import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { Dialogue, imapLogin, popLogin } from './dialogue.ts';

let tenant: EmbeddedTenant;
before(async () => {
  tenant = await startEmbeddedTenant();
});
after(() => tenant.close());

test('IMAP announces what it can do', async () => {
  const imap = new Dialogue(tenant.imap.port);
  await imap.until(/^\* OK.*\r\n/);
  const answer = await imap.say('a CAPABILITY', /^a OK.*\r\n/m);
  for (const name of ['IMAP4rev1', 'IDLE', 'UIDPLUS', 'ID', 'SASL-IR', 'AUTH=PLAIN']) {
    assert.match(answer, new RegExp(` ${name}[ \r]`));
  }
  await imap.say('b ID NIL', /^\* ID .*\r\nb OK.*\r\n/m);
  await imap.say('c LOGOUT', /^\* BYE.*\r\nc OK.*\r\n/m);
  await imap.closed();
});

test('AUTHENTICATE PLAIN works with and without an initial response, and can be cancelled', async () => {
  const secret = Buffer.from(`\0${tenant.username}\0${tenant.password}`).toString('base64');
  const imap = new Dialogue(tenant.imap.port);
  await imap.say('a AUTHENTICATE PLAIN', /^\+ \r\n/m);
  await imap.say('*', /^a BAD.*\r\n/m);
  await imap.say('b SELECT INBOX', /^b BAD.*\r\n/m);
  await imap.say('c AUTHENTICATE PLAIN', /^\+ \r\n/m);
  await imap.say(secret, /^c OK.*\r\n/m);
  const other = new Dialogue(tenant.imap.port);
  await other.say(`a AUTHENTICATE PLAIN ${secret}`, /^a OK.*\r\n/m);
  imap.end();
  other.end();
});

test('arguments may be literals, waited for or sent unasked', async () => {
  const imap = new Dialogue(tenant.imap.port);
  await imap.say(`a LOGIN {${tenant.username.length}}`, /^\+ .*\r\n/m);
  await imap.say(
    `${tenant.username} {${tenant.password.length}+}\r\n${tenant.password}`,
    /^a OK.*\r\n/m,
  );
  imap.end();
});

test('STATUS, LIST and EXAMINE describe the one mailbox', async () => {
  const imap = await imapLogin(tenant);
  await imap.say('c LIST "" ""', /\* LIST \(\\Noselect\) "\/" ""\r\nc OK/);
  await imap.say(
    'd LIST "" "*"',
    /\* LIST \(\\HasNoChildren\) "\/" INBOX\r\n.*\r\nd OK|INBOX\r\nd OK/,
  );
  assert.doesNotMatch(await imap.say('e LIST "" "X*"', /^e OK.*\r\n/m), /INBOX/);
  await imap.say(
    'f STATUS INBOX (MESSAGES UIDNEXT)',
    /\* STATUS INBOX \(MESSAGES \d+ UIDNEXT \d+\)/,
  );
  await imap.say('g EXAMINE INBOX', /^g OK \[READ-ONLY\]/m);
  await imap.say('h STORE 1:* +FLAGS (\\Deleted)', /^h NO \[READ-ONLY\]/m);
  await imap.say('i SELECT Sent', /^i NO \[NONEXISTENT\]/m);
  imap.end();
});

test('sequence numbers do not shift until the client may be told', async () => {
  const [one, other] = [await imapLogin(tenant), await imapLogin(tenant)];
  for (const name of ['first', 'second']) {
    await one.say(
      `c APPEND INBOX {${name.length + 13}+}\r\nSubject: ${name}\r\n\r\n`,
      /^c OK.*\r\n/m,
    );
  }
  await other.say('d NOOP', /\* 2 EXISTS\r\nd OK.*\r\n/);
  await one.say(
    'e STORE 1 +FLAGS (\\Deleted)',
    /^\* 1 FETCH \(FLAGS \(\\Deleted\)\)\r\ne OK.*\r\n/m,
  );
  await one.say('f EXPUNGE', /\* 1 EXPUNGE\r\nf OK.*\r\n/);
  const fetched = await other.say('g FETCH 2 BODY.PEEK[HEADER.FIELDS (SUBJECT)]', /^g OK.*\r\n/m);
  assert.match(
    fetched,
    /^\* 2 FETCH \(BODY\[HEADER\.FIELDS \(SUBJECT\)\] \{\d+\}\r\nSubject: second/,
  );
  assert.doesNotMatch(fetched, /EXPUNGE/);
  await other.say('h NOOP', /\* 1 EXPUNGE\r\nh OK.*\r\n/);
  await other.say('i FETCH 1 BODY[]', /Subject: second[\s\S]* FLAGS \(\\Seen\)\)\r\ni OK/);
  await other.say('j SEARCH UNSEEN', /\* SEARCH\r\nj OK/);
  await other.say('k SEARCH NOT UNSEEN HEADER subject SECOND', /\* SEARCH 1\r\nk OK/);
  await other.say('l SEARCH OR DELETED UID 1:*', /\* SEARCH 1\r\nl OK/);
  one.end();
  other.end();
});

test('what is not IMAP is answered with BAD and the session goes on', async () => {
  const imap = await imapLogin(tenant);
  for (const line of [
    'c',
    'c FETCH',
    'c FETCH x FLAGS',
    'c FETCH 1 (FLAGS',
    'c SEARCH',
    'c NONSENSE',
    'c FETCH 1 toString',
    'c constructor',
    'c UID NOOP',
    'c SEARCH __proto__',
    'c STORE 1 FLAGS (a b)c)',
  ]) {
    await imap.say(line, /^c BAD.*\r\n/m);
  }
  await imap.say('', /^\* BAD.*\r\n/m);
  await imap.say(`c SEARCH ${'('.repeat(50)}ALL${')'.repeat(50)}`, /^c BAD.*\r\n/m);
  await imap.say('c NOOP', /^c OK.*\r\n/m);
  imap.end();
});

test('an endless line ends the session, of IMAP and of POP', async () => {
  for (const protocol of ['imap', 'pop'] as const) {
    const dialogue = new Dialogue(tenant[protocol].port);
    dialogue.socket.write('x'.repeat(100_000));
    await dialogue.until(/too long\r\n/);
    await dialogue.closed();
  }
});

test('a literal over the limit is refused before it is sent', async () => {
  const imap = await imapLogin(tenant);
  await imap.say('c APPEND INBOX {99999999}', /^c NO \[TOOBIG\].*\r\n/m);
  await imap.say('d NOOP', /^d OK.*\r\n/m);
  await imap.say('e APPEND INBOX {99999999+}', /^\* BYE.*\r\n/m);
  await imap.closed();
});

test('POP tells what it can do, counts, lists and shows tops', async () => {
  const imap = await imapLogin(tenant);
  const text = 'Subject: pop\r\n\r\none\r\n.two\r\nthree';
  await imap.say(`c APPEND INBOX {${text.length}+}\r\n${text}`, /^c OK.*\r\n/m);
  imap.end();
  const pop = await popLogin(tenant);
  assert.match(await pop.say('CAPA', /\r\n\.\r\n/), /\r\nTOP\r\nUIDL\r\n/);
  const count = Number(/\+OK (\d+) /.exec(await pop.say('STAT', /^\+OK.*\r\n/))?.[1]);
  await pop.say(`LIST ${count}`, new RegExp(`^\\+OK ${count} ${text.length}\r\n`, 'm'));
  assert.match(
    await pop.say(`TOP ${count} 2`, /\r\n\.\r\n/),
    /^\+OK.*\r\nSubject: pop\r\n\r\none\r\n\.\.two\r\n\.\r\n$/,
  );
  assert.match(await pop.say(`RETR ${count}`, /\r\n\.\r\n/), /\.\.two\r\nthree\r\n\.\r\n$/);
  await pop.say(`DELE ${count}`, /^\+OK.*\r\n/m);
  await pop.say(`RETR ${count}`, /^-ERR.*\r\n/m);
  await pop.say('RSET', /^\+OK.*\r\n/m);
  await pop.say(`UIDL ${count}`, new RegExp(`^\\+OK ${count} \\d+\\.\\d+\r\n`, 'm'));
  await pop.say('LIST 999', /^-ERR.*\r\n/m);
  await pop.say('QUIT', /^\+OK.*\r\n/m);
  await pop.closed();
});

test('POP asks for a login first', async () => {
  const pop = new Dialogue(tenant.pop.port);
  await pop.say('STAT', /^-ERR.*\r\n/m);
  await pop.say('USER nobody', /^\+OK\r\n/m);
  await pop.say(`PASS ${tenant.password}`, /^-ERR \[AUTH\].*\r\n/m);
  pop.end();
});
