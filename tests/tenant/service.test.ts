import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Browser } from './browser.ts';
import { obey } from './commands.ts';
import { authenticated, dial, imapLogin } from './sessions.ts';
import { isAvailable, type RealTenant, startTenant } from './tenant.ts';

const skip = isAvailable() ?? false;
const refused = { code: 'ECONNREFUSED' };
let tenant: RealTenant;

describe('the services of the tenant', { skip, timeout: 240_000 }, () => {
  before(async () => {
    tenant = await startTenant();
  });
  after(() => tenant?.close());

  const greetings = [
    ['postfix', 'smtps', /^220 /],
    ['postfix', 'mx', /^220 /],
    ['dovecot-imap', 'imap', /^\* OK /],
    ['dovecot-pop3', 'pop3', /^\+OK /],
  ] as const;
  for (const [service, name, greeting] of greetings) {
    test(`${service} stops, so that ${name} refuses, and starts on the same port`, async () => {
      const before = await dial(tenant, name);
      await before.expect(greeting);
      await tenant.service(service).stop();
      assert.deepEqual(tenant.service(service).pids(), []);
      await assert.rejects(before.expect(/never/));
      await assert.rejects(dial(tenant, name), refused);
      await tenant.service(service).start();
      const again = await dial(tenant, name);
      await again.expect(greeting);
      again.close();
    });
  }

  test('what is stopped takes nothing else with it', async () => {
    await tenant.service('dovecot-imap').stop();
    const [smtp, pop] = await Promise.all([authenticated(tenant, 'smtps'), dial(tenant, 'pop3s')]);
    await pop.expect(/^\+OK /);
    smtp.close();
    pop.close();
    await tenant.service('dovecot-imap').start();
  });

  const frozen = greetings.filter(([, name]) => name !== 'smtps');
  for (const [service, name, greeting] of frozen) {
    test(`${service} frozen lets ${name} connect and says nothing until it thaws`, async () => {
      await tenant.service(service).freeze();
      const silent = await dial(tenant, name);
      await assert.rejects(silent.expect(/./, 300), /silent after ""/);
      await tenant.service(service).thaw();
      await silent.expect(greeting);
      silent.close();
    });
  }

  test('a killed service says no goodbye, refuses, and starts again', async () => {
    const imap = await imapLogin(tenant);
    await tenant.service('dovecot-imap').kill();
    await assert.rejects(imap.expect(/BYE/));
    await assert.rejects(dial(tenant, 'imap'), refused);
    await tenant.service('dovecot-imap').start();
    (await imapLogin(tenant)).close();
  });

  test('a frozen service can be stopped and started', async () => {
    const pop = tenant.service('dovecot-pop3');
    await pop.freeze();
    await pop.stop();
    await assert.rejects(dial(tenant, 'pop3'), refused);
    await pop.start();
    const again = await dial(tenant, 'pop3');
    await again.expect(/^\+OK /);
    again.close();
  });

  test('with IMAP down the webmail’s list is a 200 with the reason in a message', async () => {
    const browser = new Browser(tenant);
    await browser.login(tenant.probe);
    await tenant.service('dovecot-imap').stop();
    const inbox = await browser.inbox();
    await tenant.service('dovecot-imap').start();
    assert.equal(inbox.status, 200);
    const { env, exec } = JSON.parse(inbox.body);
    assert.equal(env.messagecount, 0);
    assert.match(exec, /display_message\("Connection to storage server failed\.","error"/);
    const healed = await browser.inbox();
    assert.equal(healed.status, 200);
    assert.doesNotMatch(JSON.parse(healed.body).exec, /display_message\([^)]*"error"/);
    assert.match(JSON.parse(healed.body).exec, /set_rowcount\("Mailbox is empty"/);
  });

  test('without PHP the webmail says 502, without nginx it refuses', async () => {
    await tenant.service('php-fpm').stop();
    assert.equal((await new Browser(tenant).fetch('/')).status, 502);
    await tenant.service('nginx').stop();
    await assert.rejects(new Browser(tenant).fetch('/'), refused);
    await Promise.all([tenant.service('php-fpm').start(), tenant.service('nginx').start()]);
    assert.equal((await new Browser(tenant).fetch('/')).status, 200);
  });

  test('commands are obeyed, and a wrong one is answered by an error', async () => {
    assert.equal(await obey(tenant, 'freeze dovecot-imap'), 'ok');
    assert.equal(await obey(tenant, 'thaw dovecot-imap'), 'ok');
    const [, address = ''] = /^(\S+) \S+\nok$/.exec(await obey(tenant, 'user dora')) ?? [];
    assert.equal(address, `dora@${tenant.domain}`);
    assert.match(await obey(tenant, 'deliver 0'), /^error: /);
    assert.match(await obey(tenant, 'stop everything'), /^error: no service "everything"/);
  });
});
