import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { type Protocol, protocols } from '../../src/domain/protocol.ts';
import { Browser } from './browser.ts';
import { Dialogue, imapLogin, knock, popLogin, sendMail } from './dialogue.ts';

let tenant: EmbeddedTenant;
before(async () => {
  tenant = await startEmbeddedTenant();
});
after(() => tenant.close());
afterEach(async () => {
  for (const protocol of protocols) await tenant.faults.set(protocol, 'ok');
});

function portOf(protocol: Protocol): number {
  return protocol === 'webmail' ? Number(new URL(tenant.webmail.url).port) : tenant[protocol].port;
}

/** A first exchange of each protocol that shows that it works. */
async function greet(protocol: Protocol): Promise<Dialogue> {
  const dialogue = new Dialogue(portOf(protocol));
  if (protocol === 'webmail')
    await dialogue.say('GET / HTTP/1.1\r\nHost: x\r\n', /HTTP\/1\.1 200[\s\S]*<\/html>\n/);
  else await dialogue.until(/^(220|\* OK|\+OK).*\r\n/);
  return dialogue;
}

for (const protocol of protocols) {
  test(`${protocol} refuse: new connections are refused, open ones end, mending is on the same port`, async () => {
    const port = portOf(protocol);
    const open = await greet(protocol);
    await tenant.faults.set(protocol, 'refuse');
    await open.closed();
    assert.equal(await knock(port), 'ECONNREFUSED');
    await tenant.faults.set(protocol, 'ok');
    assert.equal(portOf(protocol), port);
    (await greet(protocol)).end();
  });

  test(`${protocol} hang: connects and hears nothing, open connections fall silent, mending drops them`, async () => {
    const open = await greet(protocol);
    await tenant.faults.set(protocol, 'hang');
    const late = new Dialogue(portOf(protocol));
    open.socket.write('NOOP\r\n');
    late.socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await pause(300);
    assert.equal(open.unread + late.unread, '');
    assert.equal(late.socket.readyState, 'open');
    assert.equal(open.socket.destroyed, false);
    await tenant.faults.set(protocol, 'ok');
    await Promise.all([open.closed(), late.closed()]);
    assert.equal(open.unread + late.unread, '');
    (await greet(protocol)).end();
  });
}

test('slow: the answer of every protocol comes, two seconds late', async () => {
  await Promise.all(
    protocols.map(async (protocol) => {
      await tenant.faults.set(protocol, 'slow');
      const started = performance.now();
      (await greet(protocol)).end();
      const waited = performance.now() - started;
      assert.ok(waited >= 1_990, `${protocol} waited ${waited} ms`);
    }),
  );
});

test('a fault of one protocol leaves the others alone', async () => {
  await tenant.faults.set('imap', 'refuse');
  for (const protocol of ['smtp', 'pop', 'webmail'] as const) (await greet(protocol)).end();
  assert.deepEqual(tenant.faults.get(), { smtp: 'ok', imap: 'refuse', pop: 'ok', webmail: 'ok' });
});

test('slow answers that wait while it is mended do not get overtaken', async () => {
  const imap = await imapLogin(tenant);
  await tenant.faults.set('imap', 'slow');
  imap.socket.write('c NOOP\r\n');
  await pause(200);
  await tenant.faults.set('imap', 'ok');
  const heard = await imap.say('d NOOP', /^d OK.*\r\n/m);
  assert.match(heard, /^c OK.*\r\nd OK/);
  imap.end();
});

test('error: every protocol answers with its temporary error, on open connections as well', async () => {
  const [smtp, imap, pop] = [await greet('smtp'), await imapLogin(tenant), await popLogin(tenant)];
  await smtp.say('EHLO x', /^250 .*\r\n/m);
  await smtp.say(`AUTH PLAIN ${plain()}`, /^235 .*\r\n/m);
  for (const protocol of protocols) await tenant.faults.set(protocol, 'error');
  await smtp.say(`MAIL FROM:<${tenant.address}>`, /^451 4\.3\.0 .*\r\n/m);
  await imap.say('c NOOP', /^c NO \[UNAVAILABLE\] .*\r\n/m);
  await pop.say('STAT', /^-ERR \[SYS\/TEMP\] .*\r\n/m);
  await new Dialogue(portOf('smtp')).until(/^421 .*\r\n/);
  const imapLate = await greet('imap');
  await imapLate.say(`a LOGIN ${tenant.username} ${tenant.password}`, /^a NO \[UNAVAILABLE\]/m);
  const popLate = await greet('pop');
  await popLate.say(`USER ${tenant.username}`, /^-ERR \[SYS\/TEMP\]/m);
  assert.equal((await new Browser(tenant).request('./')).status, 503);
  for (const dialogue of [smtp, imap, pop, imapLate, popLate]) dialogue.end();
});

test('auth: every protocol refuses the right password, and takes it again when mended', async () => {
  for (const protocol of protocols) await tenant.faults.set(protocol, 'auth');
  await assert.rejects(sendMail(tenant, 'x'), { responseCode: 535 });
  const imap = await greet('imap');
  await imap.say('a LOGIN probe@demo.example open-sesame', /^a NO \[AUTHENTICATIONFAILED\]/m);
  const pop = await greet('pop');
  await pop.say(`USER ${tenant.username}`, /^\+OK/m);
  await pop.say(`PASS ${tenant.password}`, /-ERR \[AUTH\]/);
  assert.match(await new Browser(tenant).logIn(), /id="login-error"/);
  imap.end();
  pop.end();
  for (const protocol of protocols) await tenant.faults.set(protocol, 'ok');
  await sendMail(tenant, 'after auth');
  (await imapLogin(tenant)).end();
  (await popLogin(tenant)).end();
  assert.match(await new Browser(tenant).logIn(), /id="messages"/);
});

test('hold: mail is accepted, stays invisible, and is there as soon as it is mended', async () => {
  await tenant.faults.set('smtp', 'hold');
  await sendMail(tenant, 'held back');
  const imap = await imapLogin(tenant);
  const search = 'c UID SEARCH SUBJECT "held back"';
  assert.match(await imap.say(search, /^c OK.*\r\n/m), /\* SEARCH\r/);
  await tenant.faults.set('smtp', 'ok');
  assert.match(await imap.say(search, /^c OK.*\r\n/m), /\* SEARCH \d+\r/);
  imap.end();
});

test('a fault that a protocol cannot have is refused and changes nothing', async () => {
  await assert.rejects(tenant.faults.set('imap', 'hold'), /imap has no fault hold/);
  assert.equal(tenant.faults.get().imap, 'ok');
});

test('changes that are ordered at the same time happen one after the other', async () => {
  const orders = (['refuse', 'ok', 'refuse', 'hang', 'refuse', 'ok'] as const).map((fault) =>
    tenant.faults.set('pop', fault),
  );
  await Promise.all(orders);
  (await greet('pop')).end();
});

function plain(): string {
  return Buffer.from(`\0${tenant.username}\0${tenant.password}`).toString('base64');
}
