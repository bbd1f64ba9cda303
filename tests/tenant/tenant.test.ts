import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadSettings } from '../../src/config/load.ts';
import { Browser } from './browser.ts';
import { obey } from './commands.ts';
import { type Dialogue, open } from './dialogue.ts';
import {
  isAvailable,
  type RealTenant,
  startTenant,
  type TenantEndpoint,
  type TenantUser,
} from './tenant.ts';

const missing = isAvailable();
const required = process.env.CI === 'true';
const skip = missing !== null && !required ? missing : false;

let tenant: RealTenant;

function dial(name: keyof RealTenant['endpoints']): Promise<Dialogue> {
  return open(tenant.endpoints[name], tenant.ca.text);
}

function plainCredentials({ address, password }: TenantUser): string {
  return Buffer.from(`\0${address}\0${password}`).toString('base64');
}

async function authenticated(name: 'submission' | 'smtps'): Promise<Dialogue> {
  const smtp = await dial(name);
  await smtp.expect(/^220 .*\r\n$/);
  await smtp.ask('EHLO probe.example', /^250 .*\r\n$/m);
  if (name === 'submission') {
    await smtp.ask('STARTTLS', /^220 /);
    await smtp.secure(tenant.ca.text);
    await smtp.ask('EHLO probe.example', /^250 .*\r\n$/m);
  }
  await smtp.ask(`AUTH PLAIN ${plainCredentials(tenant.probe)}`, /^235 /);
  return smtp;
}

/** Sends one message; resolves at the 250 after the final dot. */
async function send(smtp: Dialogue, to: string, id: string, header = ''): Promise<void> {
  await smtp.ask(`MAIL FROM:<${tenant.probe.address}>`, /^250 /);
  await smtp.ask(`RCPT TO:<${to}>`, /^250 /);
  await smtp.ask('DATA', /^354 /);
  await smtp.ask(`${header}Message-ID: <${id}>\r\nSubject: ${id}\r\n\r\ntext\r\n.`, /^250 /);
}

async function imapLogin(user = tenant.probe): Promise<Dialogue> {
  const imap = await dial('imaps');
  await imap.expect(/^\* OK /);
  await imap.ask(`a LOGIN ${user.address} ${user.password}`, /^a OK /m);
  return imap;
}

/** Waits until a message is in a mailbox; the time is a bound against hanging, not an expectation. */
async function arrival(id: string, user: TenantUser, mailbox = 'INBOX'): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if ((await tenant.list(mailbox, user)).includes(`<${id}>`)) return;
    await sleep(25);
  }
  assert.fail(`<${id}> did not arrive in ${mailbox} of ${user.address}`);
}

const refused = { code: 'ECONNREFUSED' };

async function person(): Promise<TenantUser> {
  return tenant.addUser(`user-${process.hrtime.bigint()}`);
}

describe('the real tenant', { skip, timeout: 240_000 }, () => {
  before(async () => {
    tenant = await startTenant();
  });
  after(() => tenant?.close());

  for (const name of ['submission', 'smtps'] as const) {
    test(`${name} takes mail after a login and it arrives`, async () => {
      const smtp = await authenticated(name);
      await send(smtp, tenant.probe.address, `${name}@probe.example`);
      smtp.close();
      await arrival(`${name}@probe.example`, tenant.probe);
    });
  }

  test('submission refuses AUTH before TLS, and a wrong password', async () => {
    const smtp = await dial('submission');
    await smtp.expect(/^220 /);
    assert.doesNotMatch(await smtp.ask('EHLO probe.example', /^250 .*\r\n$/m), /AUTH/);
    smtp.close();
    const secured = await dial('smtps');
    await secured.expect(/^220 /);
    await secured.ask('EHLO probe.example', /^250 .*\r\n$/m);
    const wrong = plainCredentials({ ...tenant.probe, password: 'wrong' });
    await secured.ask(`AUTH PLAIN ${wrong}`, /^535 /);
    secured.close();
  });

  test('the MX takes mail for its own people only, and relays nothing', async () => {
    const smtp = await dial('mx');
    await smtp.expect(/^220 /);
    await smtp.ask('EHLO sender.example', /^250 .*\r\n$/m);
    await smtp.ask('MAIL FROM:<somebody@elsewhere.example>', /^250 /);
    await smtp.ask('RCPT TO:<somebody@elsewhere.example>', /^554 5\.7\.1 /);
    await smtp.ask(`RCPT TO:<nobody@${tenant.domain}>`, /^550 5\.1\.1 /);
    await smtp.ask(`RCPT TO:<${tenant.probe.address}>`, /^250 /);
    await smtp.ask('DATA', /^354 /);
    await smtp.ask('Message-ID: <mx@elsewhere.example>\r\n\r\ntext\r\n.', /^250 /);
    smtp.close();
    await arrival('mx@elsewhere.example', tenant.probe);
  });

  test('a new user can log in by IMAP and POP and sees the same message', async () => {
    const user = await person();
    const [id] = await tenant.deliver(1, { user });
    const imap = await imapLogin(user);
    assert.match(await imap.ask('b SELECT INBOX', /^b OK /m), /\* 1 EXISTS/);
    assert.ok((await imap.ask('c FETCH 1 BODY[]', /^c OK /m)).includes(`Message-ID: ${id}`));
    imap.close();
    const pop = await dial('pop3s');
    await pop.expect(/^\+OK /);
    await pop.ask(`USER ${user.address}`, /^\+OK/);
    await pop.ask(`PASS ${user.password}`, /^\+OK/);
    assert.ok((await pop.ask('RETR 1', /\r\n\.\r\n$/)).includes(`Message-ID: ${id}`));
    pop.close();
  });

  test('IMAP and POP upgrade by STARTTLS and refuse a login in the clear', async () => {
    const imap = await dial('imap');
    await imap.expect(/^\* OK .*LOGINDISABLED/);
    await imap.ask('a STARTTLS', /^a OK /);
    await imap.secure(tenant.ca.text);
    await imap.ask(`b LOGIN ${tenant.probe.address} ${tenant.probe.password}`, /^b OK /m);
    imap.close();
    const pop = await dial('pop3');
    await pop.expect(/^\+OK /);
    await pop.ask(`USER ${tenant.probe.address}`, /^-ERR/);
    await pop.ask('STLS', /^\+OK/);
    await pop.secure(tenant.ca.text);
    await pop.ask(`USER ${tenant.probe.address}`, /^\+OK/);
    pop.close();
  });

  test('a mailbox is filled with many messages, in order', async () => {
    const user = await person();
    const ids = await tenant.deliver(1000, { user });
    assert.deepEqual(await tenant.list('INBOX', user), ids);
  });

  test('marked spam goes to Junk, and a script of the user’s own is obeyed', async () => {
    const user = await person();
    const smtp = await authenticated('smtps');
    await send(smtp, user.address, 'spam@probe.example', 'X-Spam-Flag: YES\r\n');
    await arrival('spam@probe.example', user, 'Junk');
    tenant.setSieve(user, 'require ["fileinto"]; fileinto "Trash";\n');
    await send(smtp, user.address, 'filed@probe.example');
    await arrival('filed@probe.example', user, 'Trash');
    smtp.close();
  });

  test('with delivery stopped mail is accepted and waits; it arrives after the start', async () => {
    const user = await person();
    await tenant.service('dovecot-lmtp').stop();
    const smtp = await authenticated('smtps');
    await send(smtp, user.address, 'waiting@probe.example');
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
    await arrival('waiting@probe.example', user);
  });

  const greetings = [
    ['postfix', 'smtps', /^220 /],
    ['postfix', 'mx', /^220 /],
    ['dovecot-imap', 'imap', /^\* OK /],
    ['dovecot-pop3', 'pop3', /^\+OK /],
  ] as const;
  for (const [service, name, greeting] of greetings) {
    test(`${service} stops, so that ${name} refuses, and starts on the same port`, async () => {
      const before = await dial(name);
      await before.expect(greeting);
      await tenant.service(service).stop();
      assert.deepEqual(tenant.service(service).pids(), []);
      await assert.rejects(before.expect(/never/));
      await assert.rejects(dial(name), refused);
      await tenant.service(service).start();
      const again = await dial(name);
      await again.expect(greeting);
      again.close();
    });
  }

  test('what is stopped takes nothing else with it', async () => {
    await tenant.service('dovecot-imap').stop();
    const [smtp, pop] = await Promise.all([authenticated('smtps'), dial('pop3s')]);
    await pop.expect(/^\+OK /);
    smtp.close();
    pop.close();
    await tenant.service('dovecot-imap').start();
  });

  const frozen = greetings.filter(([, name]) => name !== 'smtps');
  for (const [service, name, greeting] of frozen) {
    test(`${service} frozen lets ${name} connect and says nothing until it thaws`, async () => {
      await tenant.service(service).freeze();
      const silent = await dial(name);
      await assert.rejects(silent.expect(/./, 300), /silent after ""/);
      await tenant.service(service).thaw();
      await silent.expect(greeting);
      silent.close();
    });
  }

  test('a killed service says no goodbye, refuses, and starts again', async () => {
    const imap = await imapLogin();
    await tenant.service('dovecot-imap').kill();
    await assert.rejects(imap.expect(/BYE/));
    await assert.rejects(dial('imap'), refused);
    await tenant.service('dovecot-imap').start();
    (await imapLogin()).close();
  });

  test('a frozen service can be stopped and started', async () => {
    const pop = tenant.service('dovecot-pop3');
    await pop.freeze();
    await pop.stop();
    await assert.rejects(dial('pop3'), refused);
    await pop.start();
    const again = await dial('pop3');
    await again.expect(/^\+OK /);
    again.close();
  });

  test('the webmail shows its login page, logs the probe in and lists the inbox', async () => {
    const browser = new Browser(tenant);
    const page = await browser.fetch('/');
    assert.equal(page.status, 200);
    assert.match(page.body, /name="_user"/);
    const user = await person();
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
    assert.doesNotMatch(healed.body, /display_message/);
  });

  test('without PHP the webmail says 502, without nginx it refuses', async () => {
    await tenant.service('php-fpm').stop();
    assert.equal((await new Browser(tenant).fetch('/')).status, 502);
    await tenant.service('nginx').stop();
    await assert.rejects(new Browser(tenant).fetch('/'), refused);
    await Promise.all([tenant.service('php-fpm').start(), tenant.service('nginx').start()]);
    assert.equal((await new Browser(tenant).fetch('/')).status, 200);
  });

  test('the config that it writes has no fault', () => {
    const { faults, settings } = loadSettings(tenant.configPath);
    assert.deepEqual(faults, []);
    assert.equal(settings?.tenants[0]?.mailbox.credential.secret.reveal(), tenant.probe.password);
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

test('whoever ends without a word takes the tenant along', { skip, timeout: 60_000 }, async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'up.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let directory = '';
  for await (const line of createInterface({ input: child.stdout })) {
    directory = /^directory +(\S+)$/.exec(line)?.[1] ?? directory;
    if (line === 'ready') break;
  }
  assert.ok(existsSync(join(directory, 'control.sock')));
  const control = [join(import.meta.dirname, 'control.ts'), directory, 'freeze', 'postfix'];
  assert.equal(spawnSync(process.execPath, control, { encoding: 'utf8' }).stdout, 'ok\n');
  const main = Number(readFileSync(join(directory, 'spool/pid/master.pid'), 'utf8'));
  assert.ok(isAlive(main));
  child.kill('SIGKILL');
  for (let tries = 0; tries < 400 && existsSync(directory); tries += 1) await sleep(25);
  assert.equal(existsSync(directory), false);
  assert.equal(isAlive(main), false);
});

test('mail for a routed domain leaves by the route', { skip, timeout: 60_000 }, async () => {
  const seen: Promise<void>[] = [];
  const sink = createServer((socket) => {
    seen.push(new Promise((resolve) => socket.once('close', () => resolve())));
    socket.end('521 not today\r\n');
  });
  const port = await new Promise<number>((resolve) => {
    sink.listen(0, '127.0.0.1', () => {
      const address = sink.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const routes = [{ domain: 'sink.example', host: '127.0.0.1', port }];
  tenant = await startTenant({ routes });
  try {
    const smtp = await authenticated('smtps');
    await send(smtp, 'somebody@sink.example', 'outbound@probe.example');
    smtp.close();
    for (let tries = 0; tries < 200 && seen.length === 0; tries += 1) await sleep(25);
    assert.equal(seen.length, 1);
  } finally {
    await tenant.close();
    sink.close();
  }
});

/** A process that has ended but was not collected by its parent yet has no command line. */
function isAlive(pid: number): boolean {
  const path = `/proc/${pid}/cmdline`;
  return existsSync(path) && readFileSync(path, 'utf8') !== '';
}

test('close ends every process, frees the ports and removes the directory', {
  skip,
  timeout: 60_000,
}, async () => {
  const closing = await startTenant({ users: [] });
  const names = ['postfix', 'dovecot', 'nginx', 'php-fpm'] as const;
  const pids = names.flatMap((name) => [...closing.service(name).pids()]);
  await closing.service('dovecot-imap').freeze();
  await closing.close();
  assert.ok(pids.length > 20);
  assert.deepEqual(pids.filter(isAlive), []);
  assert.equal(existsSync(closing.directory), false);
  const endpoint: TenantEndpoint = { ...closing.endpoints.mx, tls: 'none' };
  await assert.rejects(open(endpoint, closing.ca.text), refused);
});
