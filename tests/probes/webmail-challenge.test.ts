import assert from 'node:assert/strict';
import { test } from 'node:test';
import { showsChallenge } from '../../probes/webmail/challenge.ts';
import { attemptWebmail, shippedFlow, verdictOf } from '../support/webmail-attempt.ts';
import { type FakeWebmail, html, withFake } from '../support/webmail-server.ts';

const shown = [
  '<p>请输入验证码</p>',
  '<div class="tip">拖动滑块完成拼图</div>',
  '<p>Please verify that you are human</p>',
  '<p>I am not a robot</p>',
  '<form><img src="/captcha.png?1"><input name="code"></form>',
  '<iframe src="https://verify.example/captcha"></iframe>',
  '<p>&#39564;&#35777;&#30721;</p>',
  '{"errcode":-5,"errmsg":"need captcha"}',
  String.raw`{"msg":"\u9700\u8981\u9a8c\u8bc1\u7801"}`,
];
const notShown = [
  '<script src="/captcha.js"></script><script>var captcha = "验证码"</script><p>Wrong password</p>',
  '<p>Wrong password</p><!-- 验证码 -->',
  '<div id="captcha" style="display: none"><div>a</div><div>验证码</div></div><p>Wrong</p>',
  '<input type="hidden" name="captcha_token" value=""><p>Wrong</p>',
  '<input name="captcha" class="field hide"><p>Wrong</p>',
  '<template><p>captcha</p></template><noscript>captcha</noscript><p>Wrong</p>',
  '<div class="geetest_captcha"></div><p>Wrong</p>',
  '{"errcode":-1,"errmsg":"wrong password","captcha":"","needCaptcha":false}',
];

test('a challenge is what a reader of the page sees, in whatever language it is written', () => {
  for (const page of shown) assert.equal(showsChallenge(page), true, page);
  for (const page of notShown) assert.equal(showsChallenge(page), false, page);
});

test('a hostile page is searched in linear time', () => {
  const count = 400_000;
  const pages = ['<', '<!--', '<script', '<div hidden>', '<p>', '</div', '\\u9a8c', '"":'];
  for (const piece of pages) assert.equal(showsChallenge(`<${piece.repeat(count)}`), false);
});

const login = async (fake: FakeWebmail, status: number, page: string) => {
  fake.overrides.set('/login', (_, response) => html(response, status, page));
  return verdictOf(await attemptWebmail(fake.url, 'login'));
};

test('a login that is answered by a captcha is throttled, by whatever status, and with whatever words', () =>
  withFake(async (fake) => {
    for (const [index, page] of shown.entries())
      assert.equal(await login(fake, 200, page), 'auth throttled HTTP 200', `${index}`);
    assert.equal(await login(fake, 403, '<p>人机验证</p>'), 'auth throttled HTTP 403');
    const both = '<p>Wrong password.</p><label>验证码</label>';
    assert.equal(await login(fake, 200, both), 'auth throttled HTTP 200');
  }));

test('a captcha that a page has but does not show changes nothing', () =>
  withFake(async (fake) => {
    for (const page of notShown)
      assert.equal(await login(fake, 200, `${page} Wrong password.`), 'auth auth-refused HTTP 200');
    const dead = '<p>storage server failed</p><label>验证码</label>';
    assert.equal(await login(fake, 200, dead), 'auth temporary-error HTTP 200');
  }));

const everywhere = '<footer>This site uses a captcha</footer>';

test('a page that speaks of a captcha to everybody lets good logins in, and is believed about bad ones', () =>
  withFake(async (fake) => {
    fake.overrides.set('/', (_, response) => {
      response.setHeader('set-cookie', 'session=1; Path=/');
      html(response, 200, `<input name="token" value="t"><input type="password"> ${everywhere}`);
    });
    assert.equal(
      await login(fake, 200, `Wrong password. ${everywhere}`),
      'auth auth-refused HTTP 200',
    );
    fake.sessions.add('1');
    fake.overrides.set('/login', (_, response) =>
      html(response, 200, `<h1>Inbox</h1><a data-key="k1"> ${everywhere}`),
    );
    assert.equal((await attemptWebmail(fake.url, 'login')).vouches, 'login');
  }));

test('a captcha in place of the login page is throttled, by the shipped flows too', () =>
  withFake(async (fake) => {
    fake.overrides.set('/', (_, response) => html(response, 200, '<h1>Verify you are human</h1>'));
    for (const name of ['page', 'roundcube', 'demo']) {
      const result = await attemptWebmail(fake.url, 'connect', { flow: shippedFlow(name) });
      assert.equal(verdictOf(result), 'page throttled HTTP 200', name);
    }
  }));
