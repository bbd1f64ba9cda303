import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { attemptWebmail, fakeFlow, verdictOf } from '../support/webmail-attempt.ts';
import { html, startFakeWebmail, withFake } from '../support/webmail-server.ts';

const token = 'a1b2c3d4e5f6a1b2c3d4e5f6';
const subject = `mailminute probe ${token}`;

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) await pause(10);
  assert.ok(condition());
}

const names = (phases: readonly { phase: string }[]): string[] => phases.map(({ phase }) => phase);

test('connect loads the login page and no more, over one connection', () =>
  withFake(async (fake) => {
    const result = await attemptWebmail(fake.url, 'connect');
    assert.equal(result.failure, null);
    assert.equal(result.vouches, 'connect');
    assert.deepEqual(names(result.phases), ['dns', 'tcp', 'first_byte', 'page']);
    assert.deepEqual(fake.requests, ['GET /']);
    assert.equal(result.address, new URL(fake.url).host);
  }));

test('login sends the form with its token, user and password, lists, and logs out', () =>
  withFake(async (fake) => {
    const result = await attemptWebmail(fake.url, 'login');
    assert.equal(result.failure, null);
    assert.equal(result.vouches, 'login');
    assert.equal(fake.posts[0]?.form.get('user'), 'probe@tenant.example');
    assert.equal(fake.posts[0]?.form.get('pass'), 'geheim');
    await until(() => fake.requests.includes('GET /logout'));
    assert.deepEqual(fake.requests, [
      'GET /',
      'POST /login',
      'GET /inbox',
      'GET /list',
      'GET /logout',
    ]);
    assert.equal(fake.sessions.size, 0);
    assert.equal(fake.connections, 1);
  }));

test('a password survives every character that a form would change', async () => {
  const password = `p&a=s+s% w"o'r<d>é漢`;
  const fake = await startFakeWebmail(password);
  try {
    const result = await attemptWebmail(fake.url, 'login', { password });
    assert.equal(verdictOf(result), null);
    assert.equal(fake.posts[0]?.form.get('pass'), password);
  } finally {
    await fake.close();
  }
});

test('a flow may send its form as JSON', () =>
  withFake(async (fake) => {
    let body = '';
    fake.overrides.set('/login', (request, response, form) => {
      body = `${request.headers['content-type']} ${[...form.keys()].join('')}`;
      fake.sessions.add(/session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '');
      html(response, 200, '<h1>Inbox <a data-key="k1">');
    });
    const steps = fakeFlow.steps.map((step) =>
      step.phase === 'auth'
        ? { ...step, request: { ...step.request, encoding: 'json' as const } }
        : step,
    );
    const result = await attemptWebmail(fake.url, 'login', { flow: { name: 'json', steps } });
    assert.equal(verdictOf(result), null);
    assert.match(
      body,
      /^application\/json \{"token":"\w+","user":"probe@tenant\.example","pass":"geheim"\}$/,
    );
  }));

test('a round trip sees the message arrive, between two instants, and opens it', () =>
  withFake(async (fake) => {
    let looks = 0;
    const list = (status: number, rows: unknown) => JSON.stringify({ status, rows });
    fake.overrides.set('/list', (_, response) => {
      looks += 1;
      if (looks === 4) fake.inbox.push(subject);
      html(
        response,
        200,
        list(
          200,
          fake.inbox.map((one, at) => ({ uid: at + 1, subject: one })),
        ),
      );
    });
    const message = { token, accepted: Promise.resolve(Date.now()) };
    const result = await attemptWebmail(fake.url, 'roundtrip', { message });
    assert.equal(verdictOf(result), null);
    assert.equal(result.vouches, 'roundtrip');
    assert.deepEqual(names(result.phases).slice(-5), ['auth', 'list', 'wait', 'visible', 'fetch']);
    const [sighting] = result.sightings;
    assert.equal(sighting?.token, token);
    assert.ok(sighting.lastNotSeen !== null && sighting.lastNotSeen <= sighting.firstSeen);
    assert.ok(fake.requests.includes('GET /message'));
    assert.ok(result.lookedAt !== null && result.lookedAt <= sighting.firstSeen);
  }));

test('older messages are found in the same pages', () =>
  withFake(async (fake) => {
    fake.inbox.push('mailminute probe older', subject);
    const result = await attemptWebmail(fake.url, 'roundtrip', {
      message: { token, accepted: Promise.resolve(Date.now()) },
      pending: [
        { token: 'older', acceptedAt: 1 },
        { token: 'lost', acceptedAt: 2 },
      ],
    });
    assert.deepEqual(result.sightings.map((one) => one.token).sort(), [token, 'older']);
  }));

test('a message that was not accepted is not waited for, and older ones are still looked for', () =>
  withFake(async (fake) => {
    fake.inbox.push('mailminute probe older');
    const result = await attemptWebmail(fake.url, 'roundtrip', {
      message: { token, accepted: Promise.resolve(null) },
      pending: [{ token: 'older', acceptedAt: 1 }],
    });
    assert.equal(verdictOf(result), null);
    assert.equal(result.vouches, 'login');
    assert.deepEqual(
      result.sightings.map((one) => one.token),
      ['older'],
    );
  }));

test('a message that is not there in time is delay and no failure: it vouches for the login', () =>
  withFake(async (fake) => {
    const message = { token, accepted: Promise.resolve(Date.now()) };
    const result = await attemptWebmail(fake.url, 'roundtrip', { message, deadline: 900 });
    assert.equal(verdictOf(result), null);
    assert.equal(result.vouches, 'login');
    assert.ok(result.lookedAt !== null);
    assert.deepEqual(result.sightings, []);
  }));

test('a bounce that quotes the token is no sighting', () =>
  withFake(async (fake) => {
    fake.inbox.push(`Undeliverable: ${subject}`);
    const message = { token, accepted: Promise.resolve(Date.now()) };
    const result = await attemptWebmail(fake.url, 'roundtrip', { message, deadline: 900 });
    assert.equal(result.vouches, 'login');
    assert.deepEqual(result.sightings, []);
  }));
