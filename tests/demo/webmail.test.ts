import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { decodeFlow } from '../../src/config/flow.ts';
import { type EmbeddedTenant, startEmbeddedTenant } from '../../src/demo/tenant.ts';
import { expand, patternOf } from '../../src/domain/flow-text.ts';
import { Browser, formToken } from './browser.ts';
import { sendMail } from './dialogue.ts';

let tenant: EmbeddedTenant;
before(async () => {
  tenant = await startEmbeddedTenant();
});
after(() => tenant.close());

test('the inbox is for those who have logged in, until they log out', async () => {
  const browser = new Browser(tenant);
  assert.equal((await browser.request('./inbox')).status, 303);
  const inbox = await browser.logIn();
  assert.match(inbox, /id="messages"/);
  await browser.request('./logout', { form_token: formToken(inbox) });
  assert.equal((await browser.request('./inbox')).status, 303);
});

test('a form without the right anti-forgery token is refused', async () => {
  const browser = new Browser(tenant);
  await browser.request('./');
  const form = { user: tenant.username, password: tenant.password, form_token: 'guessed' };
  assert.equal((await browser.request('./login', form)).status, 403);
  assert.equal((await new Browser(tenant).request('./login', form)).status, 403);
});

test('logging in gives a new session id', async () => {
  const browser = new Browser(tenant);
  await browser.request('./');
  const planted = browser.cookie;
  await browser.logIn();
  assert.notEqual(browser.cookie, planted);
});

test('subjects and bodies are escaped, encoded words are readable', async () => {
  await sendMail(tenant, '<b>bold</b> & "quoted" 邮件', { text: '<script>1</script>' });
  const browser = new Browser(tenant);
  const inbox = await browser.logIn();
  assert.match(inbox, /&#60;b&#62;bold&#60;\/b&#62; &#38; &#34;quoted&#34; 邮件/);
  const link = /href="(message\/\d+)"/.exec(inbox)?.[1] ?? '';
  const page = await (await browser.request(`./${link}`)).text();
  assert.match(page, /&#60;script&#62;1/);
  assert.doesNotMatch(page, /<script>|<b>/);
});

test('a message is sent to the mailbox, as it was written, and to nobody else', async () => {
  const browser = new Browser(tenant);
  const form_token = formToken(await browser.logIn());
  assert.match(await (await browser.request('./compose')).text(), /id="compose"/);
  const subject = `${'长的主题'.repeat(10)} <b>\r\nBcc: <other@demo.example>`;
  const message = { to: tenant.address, subject, text: 'one\ntwo 三\n.\nfour' };
  const sent = await browser.request('./send', { form_token, ...message });
  assert.match(await sent.text(), /<p id="notice">Message sent/);
  const inbox = await (await browser.request('./inbox')).text();
  assert.match(inbox, /(长的主题){10} &#60;b&#62; Bcc: &#60;other@demo.example&#62;/);
  const link = /href="(message\/\d+)"/.exec(inbox)?.[1] ?? '';
  const page = await (await browser.request(`./${link}`)).text();
  assert.match(page, /one\r\ntwo 三\r\n\.\r\nfour/);
  assert.doesNotMatch(page, /^Bcc:/m);
  const other = { ...message, to: 'other@demo.example' };
  const refused = await browser.request('./send', { form_token, ...other });
  assert.doesNotMatch(await refused.text(), /Message sent/);
});

test('nothing is sent without a login', async () => {
  const browser = new Browser(tenant);
  const first = await (await browser.request('./')).text();
  const form = { form_token: formToken(first), to: tenant.address, subject: 'x', text: 'y' };
  assert.equal((await browser.request('./send', form)).status, 404);
  assert.equal((await browser.request('./compose')).status, 303);
});

test('unknown pages, methods and overlong forms get their own codes', async () => {
  const browser = new Browser(tenant);
  await browser.logIn();
  assert.equal((await browser.request('./elsewhere')).status, 404);
  assert.equal((await browser.request('./message/999999')).status, 404);
  assert.equal((await browser.request('./login', { user: 'x'.repeat(20_000) })).status, 413);
  const put = await fetch(tenant.webmail.url, { method: 'PUT', headers: { connection: 'close' } });
  assert.equal(put.status, 405);
});

test('the flow file is valid, and its steps lead from the login page to the message, to one that is sent, and out', async () => {
  const { flow } = decodeFlow(await readFile(tenant.webmail.flow, 'utf8'), 'demo.yaml');
  assert.ok(flow !== null && flow.driver !== 'browser');
  await sendMail(tenant, 'token4711 a round trip');
  const variables = new Map([
    ['username', tenant.username],
    ['password', tenant.password],
    ['address', tenant.address],
    ['token', 'token4711'],
    ['subject', 'mailminute probe w-4711'],
    ['body', 'sent by webmail'],
  ]);
  const lookup = (name: string): string => variables.get(name) ?? assert.fail(`no ${name}`);
  const encoded = (name: string): string => encodeURIComponent(lookup(name));
  const browser = new Browser(tenant);
  for (const { name, request, expect, capture } of flow.steps) {
    const form = Object.entries(request.form).map(([key, text]) => [key, expand(text, lookup)]);
    const sent = request.method === 'POST' ? Object.fromEntries(form) : undefined;
    let response = await browser.request(expand(request.path, encoded), sent);
    for (let hop = 0; response.status === 303 && hop < 3; hop++) {
      response = await browser.request(response.headers.get('location') ?? '');
    }
    assert.ok(expect.status.includes(response.status), `${name}: ${response.status}`);
    const body = await response.text();
    for (const source of expect.match) assert.match(body, patternOf(source, lookup), name);
    for (const { match } of expect.reject)
      assert.doesNotMatch(body, patternOf(match, lookup), name);
    for (const [variable, source] of Object.entries(capture)) {
      const found = patternOf(source, lookup).exec(body)?.[1];
      variables.set(variable, found ?? assert.fail(`${name}: no ${variable}`));
    }
  }
  assert.equal((await browser.request('./inbox')).status, 303, 'logged out at the end');
  assert.match(await browser.logIn(), /mailminute probe w-4711/);
});
