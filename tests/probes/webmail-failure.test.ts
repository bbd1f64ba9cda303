import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attemptWebmail, fakeFlow, shippedFlow, verdictOf } from '../support/webmail-attempt.ts';
import { html, startFakeWebmail, withFake } from '../support/webmail-server.ts';

const names = (phases: readonly { phase: string }[]): string[] => phases.map(({ phase }) => phase);

test('a wrong password is auth-refused in phase auth', () =>
  withFake(async (fake) => {
    const result = await attemptWebmail(fake.url, 'login', { password: 'wrong-one' });
    assert.equal(verdictOf(result), 'auth auth-refused HTTP 200');
    assert.equal(result.failure?.kind, 'refusal');
    assert.equal(result.vouches, null);
  }));

test('a refused login is told from a dead storage behind the same status', () =>
  withFake(async (fake) => {
    fake.overrides.set('/login', (_, response) => html(response, 401, 'storage server failed'));
    assert.equal(
      verdictOf(await attemptWebmail(fake.url, 'login')),
      'auth temporary-error HTTP 401',
    );
    fake.overrides.set('/login', (_, response) => html(response, 401, 'no'));
    assert.equal(verdictOf(await attemptWebmail(fake.url, 'login')), 'auth auth-refused HTTP 401');
  }));

test('an inbox that is empty because IMAP is down is a temporary-error', () =>
  withFake(async (fake) => {
    fake.overrides.set('/list', (_, response) =>
      html(response, 200, '{"rows":[]} display_message("Server Error","error",0)'),
    );
    const result = await attemptWebmail(fake.url, 'login');
    assert.equal(verdictOf(result), 'list temporary-error HTTP 200');
    assert.match(result.failure?.message ?? '', /Server Error/);
  }));

test('a login page with everything dead behind it passes connect and fails login', () =>
  withFake(async (fake) => {
    fake.overrides.set('/login', (_, response) => html(response, 503, 'Service Unavailable'));
    assert.equal((await attemptWebmail(fake.url, 'connect')).vouches, 'connect');
    assert.equal(
      verdictOf(await attemptWebmail(fake.url, 'login')),
      'auth temporary-error HTTP 503',
    );
  }));

test('HTTP errors have their reasons', () =>
  withFake(async (fake) => {
    const expected: [number, string][] = [
      [503, 'page temporary-error HTTP 503'],
      [500, 'page temporary-error HTTP 500'],
      [429, 'page throttled HTTP 429'],
      [403, 'page policy-blocked HTTP 403'],
      [404, 'page rejected HTTP 404'],
      [204, 'page content-mismatch HTTP 204'],
    ];
    for (const [status, verdict] of expected) {
      fake.overrides.set('/', (_, response) => response.writeHead(status).end());
      assert.equal(verdictOf(await attemptWebmail(fake.url, 'connect')), verdict);
    }
  }));

test('a page that is another page is a content-mismatch, and its words are in the transcript', () =>
  withFake(async (fake) => {
    fake.overrides.set('/', (_, response) =>
      html(response, 200, '<script>x</script><p>Domain &amp; page <b>parked</b>'),
    );
    const result = await attemptWebmail(fake.url, 'connect');
    assert.equal(verdictOf(result), 'page content-mismatch HTTP 200');
    assert.match(result.transcript, /# page: Domain & page parked$/);
  }));

test('a redirect to itself is bounded', () =>
  withFake(async (fake) => {
    fake.overrides.set('/', (_, response) => response.writeHead(302, { location: '/' }).end());
    assert.equal(
      verdictOf(await attemptWebmail(fake.url, 'connect')),
      'page content-mismatch null',
    );
    assert.equal(fake.requests.length, 6);
  }));

test('the password never follows a redirect to another origin', async () => {
  const other = await startFakeWebmail();
  await withFake(async (fake) => {
    fake.overrides.set('/login', (_, response) =>
      response.writeHead(307, { location: `${other.url}login` }).end(),
    );
    const result = await attemptWebmail(fake.url, 'login');
    assert.equal(verdictOf(result), 'auth content-mismatch HTTP 307');
    assert.deepEqual(other.requests, []);
  });
  await other.close();
});

test('a connection that the server closes between steps is opened again', () =>
  withFake(async (fake) => {
    fake.overrides.set('/inbox', (_, response) => {
      response.setHeader('connection', 'close');
      html(response, 200, '<h1>Inbox</h1><a data-key="k1">');
    });
    const result = await attemptWebmail(fake.url, 'login');
    assert.equal(verdictOf(result), null);
    assert.equal(fake.connections, 2);
    assert.ok(!names(result.phases).slice(4).includes('tcp'));
  }));

test('a kept connection that dies under a GET is no failure, under a POST it is one', () =>
  withFake(async (fake) => {
    let drops = 0;
    fake.overrides.set('/list', (request, response) => {
      if (drops++ === 0) request.socket.destroy();
      else html(response, 200, '{"rows":[]}');
    });
    assert.equal(verdictOf(await attemptWebmail(fake.url, 'login')), null);
    assert.equal(drops, 2);
    fake.overrides.set('/list', (request) => request.socket.destroy());
    assert.equal(verdictOf(await attemptWebmail(fake.url, 'login')), 'list connection-closed null');
    fake.overrides.set('/login', (request) => request.socket.destroy());
    assert.equal(verdictOf(await attemptWebmail(fake.url, 'login')), 'auth connection-closed null');
    assert.equal(fake.requests.filter((one) => one === 'POST /login').length, 3);
  }));

test('a value of a page that would lead to another host is refused', () =>
  withFake(async (fake) => {
    fake.overrides.set('/inbox', (_, response) =>
      html(response, 200, '<h1>Inbox</h1><a data-key="">'),
    );
    const steps = fakeFlow.steps.map((step) => {
      if (step.phase === 'auth') return { ...step, capture: { key: 'data-key="(\\w*)"' } };
      if (step.phase !== 'list') return step;
      return { ...step, request: { ...step.request, path: '/{{key}}/elsewhere.example/' } };
    });
    const result = await attemptWebmail(fake.url, 'login', { flow: { name: 'leading', steps } });
    assert.equal(verdictOf(result), 'list content-mismatch null');
  }));

test('a webmail that logs nobody in without cookies would be noticed', () =>
  withFake(async (fake) => {
    fake.overrides.set('/', (_, response) =>
      html(response, 200, '<input type="password" name="pass"><input name="token" value="abc">'),
    );
    assert.equal(verdictOf(await attemptWebmail(fake.url, 'login')), 'auth rejected HTTP 400');
  }));

test('a password that the page echoes, escaped or encoded, is nowhere in the result', async () => {
  const password = `s3cr&t <"wörd'`;
  await withFake(async (fake) => {
    const escaped = `s3cr&amp;t &lt;&quot;wörd&#039;`;
    fake.overrides.set('/login', (_, response) =>
      html(
        response,
        200,
        `<p>${password}|${escaped}|${encodeURIComponent(password)} storage failed`,
      ),
    );
    fake.overrides.set('/list', (_, response) => html(response, 200, escaped));
    const result = await attemptWebmail(fake.url, 'login', { password });
    assert.equal(result.failure?.reason, 'temporary-error');
    const stored = JSON.stringify(result);
    for (const part of ['s3cr', 'wörd', 'w%C3%B6rd']) assert.ok(!stored.includes(part), stored);
    assert.match(result.transcript, /pass=\[secret\]/);
  });
});

test('a flow that only loads a page vouches for connect, whatever was asked', () =>
  withFake(async (fake) => {
    const result = await attemptWebmail(fake.url, 'roundtrip', { flow: shippedFlow('page') });
    assert.equal(result.failure, null);
    assert.equal(result.vouches, 'connect');
    assert.equal(result.depth, 'roundtrip');
  }));

test('with an access token instead of a password nothing is sent into a login form', () =>
  withFake(async (fake) => {
    const result = await attemptWebmail(fake.url, 'login', { kind: 'access-token' });
    assert.equal(result.vouches, 'connect');
    assert.deepEqual(fake.posts, []);
  }));

test('a pattern that would run for ever ends as our own fault, not as an outage', () =>
  withFake(async (fake) => {
    const [page] = fakeFlow.steps;
    assert.ok(page !== undefined);
    const step = { ...page, capture: {}, expect: { status: [200], match: ['(a+)+$'], reject: [] } };
    fake.overrides.set('/', (_, response) => html(response, 200, `${'a'.repeat(50)}!`));
    const result = await attemptWebmail(fake.url, 'connect', {
      flow: { name: 'slow', steps: [step] },
    });
    assert.equal(verdictOf(result), 'page internal-error null');
  }));

test('a page in GBK is read as GBK', () =>
  withFake(async (fake) => {
    const [page] = fakeFlow.steps;
    assert.ok(page !== undefined);
    const step = { ...page, capture: {}, expect: { status: [200], match: ['登录'], reject: [] } };
    fake.overrides.set('/', (_, response) =>
      response
        .setHeader('content-type', 'text/html; charset=GBK')
        .end(Buffer.from('b5c7c2bc', 'hex')),
    );
    const result = await attemptWebmail(fake.url, 'connect', {
      flow: { name: 'gbk', steps: [step] },
    });
    assert.equal(verdictOf(result), null);
  }));
