import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { loadSettings } from '../../src/config/load.ts';
import { Browser } from './browser.ts';
import {
  arrival,
  authenticated,
  dial,
  imapLogin,
  person,
  plainCredentials,
  send,
} from './sessions.ts';
import { isAvailable, type RealTenant, startTenant } from './tenant.ts';

const skip = isAvailable() ?? false;

test('where checks must be complete, nothing is missing for the real tenant', {
  skip: process.env.CI === 'true' ? false : 'only with CI=true',
}, () => {
  assert.equal(isAvailable(), null);
});

let tenant: RealTenant;

describe('the real tenant', { skip, timeout: 240_000 }, () => {
  before(async () => {
    tenant = await startTenant();
  });
  after(() => tenant?.close());

  for (const name of ['submission', 'smtps'] as const) {
    test(`${name} takes mail after a login and it arrives`, async () => {
      const smtp = await authenticated(tenant, name);
      await send(smtp, tenant.probe, tenant.probe.address, `${name}@probe.example`);
      smtp.close();
      await arrival(tenant, `${name}@probe.example`, tenant.probe);
    });
  }

  test('submission refuses AUTH before TLS, and a wrong password', async () => {
    const smtp = await dial(tenant, 'submission');
    await smtp.expect(/^220 /);
    assert.doesNotMatch(await smtp.ask('EHLO probe.example', /^250 .*\r\n$/m), /AUTH/);
    smtp.close();
    const secured = await dial(tenant, 'smtps');
    await secured.expect(/^220 /);
    await secured.ask('EHLO probe.example', /^250 .*\r\n$/m);
    const wrong = plainCredentials({ ...tenant.probe, password: 'wrong' });
    await secured.ask(`AUTH PLAIN ${wrong}`, /^535 /);
    secured.close();
  });

  test('the MX takes mail for its own people only, and relays nothing', async () => {
    const smtp = await dial(tenant, 'mx');
    await smtp.expect(/^220 /);
    await smtp.ask('EHLO sender.example', /^250 .*\r\n$/m);
    await smtp.ask('MAIL FROM:<somebody@elsewhere.example>', /^250 /);
    await smtp.ask('RCPT TO:<somebody@elsewhere.example>', /^554 5\.7\.1 /);
    await smtp.ask(`RCPT TO:<nobody@${tenant.domain}>`, /^550 5\.1\.1 /);
    await smtp.ask(`RCPT TO:<${tenant.probe.address}>`, /^250 /);
    await smtp.ask('DATA', /^354 /);
    await smtp.ask('Message-ID: <mx@elsewhere.example>\r\n\r\ntext\r\n.', /^250 /);
    smtp.close();
    await arrival(tenant, 'mx@elsewhere.example', tenant.probe);
  });

  test('a new user can log in by IMAP and POP and sees the same message', async () => {
    const user = await person(tenant);
    const [id] = await tenant.deliver(1, { user });
    const imap = await imapLogin(tenant, user);
    assert.match(await imap.ask('b SELECT INBOX', /^b OK /m), /\* 1 EXISTS/);
    assert.ok((await imap.ask('c FETCH 1 BODY[]', /^c OK /m)).includes(`Message-ID: ${id}`));
    imap.close();
    const pop = await dial(tenant, 'pop3s');
    await pop.expect(/^\+OK /);
    await pop.ask(`USER ${user.address}`, /^\+OK/);
    await pop.ask(`PASS ${user.password}`, /^\+OK/);
    assert.ok((await pop.ask('RETR 1', /\r\n\.\r\n$/)).includes(`Message-ID: ${id}`));
    pop.close();
  });

  test('IMAP and POP upgrade by STARTTLS and refuse a login in the clear', async () => {
    const imap = await dial(tenant, 'imap');
    await imap.expect(/^\* OK .*LOGINDISABLED/);
    await imap.ask('a STARTTLS', /^a OK /);
    await imap.secure(tenant.ca.text);
    await imap.ask(`b LOGIN ${tenant.probe.address} ${tenant.probe.password}`, /^b OK /m);
    imap.close();
    const pop = await dial(tenant, 'pop3');
    await pop.expect(/^\+OK /);
    await pop.ask(`USER ${tenant.probe.address}`, /^-ERR/);
    await pop.ask('STLS', /^\+OK/);
    await pop.secure(tenant.ca.text);
    await pop.ask(`USER ${tenant.probe.address}`, /^\+OK/);
    pop.close();
  });

  test('a mailbox is filled with many messages, in order', async () => {
    const user = await person(tenant);
    const ids = await tenant.deliver(1000, { user });
    assert.deepEqual(await tenant.list('INBOX', user), ids);
  });

  test('marked spam goes to Junk, and a script of the user’s own is obeyed', async () => {
    const user = await person(tenant);
    const smtp = await authenticated(tenant, 'smtps');
    await send(smtp, tenant.probe, user.address, 'spam@probe.example', 'X-Spam-Flag: YES\r\n');
    await arrival(tenant, 'spam@probe.example', user, 'Junk');
    tenant.setSieve(user, 'require ["fileinto"]; fileinto "Trash";\n');
    await send(smtp, tenant.probe, user.address, 'filed@probe.example');
    await arrival(tenant, 'filed@probe.example', user, 'Trash');
    smtp.close();
  });

  test('with delivery stopped mail is accepted and waits; it arrives after the start', async () => {
    const user = await person(tenant);
    await tenant.service('dovecot-lmtp').stop();
    const smtp = await authenticated(tenant, 'smtps');
    await send(smtp, tenant.probe, user.address, 'waiting@probe.example');
    smtp.close();
    const waiting = (await tenant.queue()).filter(({ recipients }) =>
      recipients.includes(user.address),
    );
    assert.equal(waiting.length, 1);
    await tenant.superviseQueue('hold', waiting[0]?.id ?? '');
    await tenant.service('dovecot-lmtp').start();
    await tenant.flushQueue();
    assert.deepEqual(await tenant.list('INBOX', user), []);
    assert.equal((await tenant.queue())[0]?.queue, 'hold');
    await tenant.superviseQueue('release', 'ALL');
    await tenant.flushQueue();
    await arrival(tenant, 'waiting@probe.example', user);
  });

  test('the webmail shows its login page, logs the probe in and lists the inbox', async () => {
    const browser = new Browser(tenant);
    const page = await browser.fetch('/');
    assert.equal(page.status, 200);
    assert.match(page.body, /name="_user"/);
    const user = await person(tenant);
    await tenant.deliver(1, { user });
    assert.equal((await browser.login(user)).status, 302);
    const inbox = await browser.inbox();
    assert.equal(inbox.status, 200);
    const { env, exec } = JSON.parse(inbox.body);
    assert.equal(env.messagecount, 1);
    assert.match(exec, /add_message_row\(1,\{"subject":"foreign message /);
    assert.doesNotMatch(exec, /display_message/);
  });

  test('the webmail refuses a wrong password by 401', async () => {
    const answer = await new Browser(tenant).login({ ...tenant.probe, password: 'wrong' });
    assert.equal(answer.status, 401);
    assert.match(answer.body, /display_message\("Login failed\."/);
  });

  test('the config that it writes has no fault', () => {
    const { faults, settings } = loadSettings(tenant.configPath);
    assert.deepEqual(faults, []);
    assert.equal(settings?.tenants[0]?.mailbox.credential.secret.reveal(), tenant.probe.password);
  });
});
