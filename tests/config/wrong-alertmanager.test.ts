import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, smallest } from './loading.ts';

const wrong: readonly (readonly [string, string, string])[] = [
  ['a URL alone', 'http://a:9093', 'alertmanager: expected a mapping, found "http://a:9093"'],
  ['no URLs', '{ labels: {} }', 'alertmanager.urls: expected a list of 1 to 8 URLs, found nothing'],
  [
    'a URL with a password',
    '{ urls: ["http://a:b@c:9093"] }',
    'alertmanager.urls[0]: expected the base URL of an Alertmanager such as http://alertmanager:9093, without user and query',
  ],
  [
    'a label of the alert’s own',
    '{ urls: ["http://a:9093"], labels: { tenant: x } }',
    'alertmanager.labels.tenant: expected the name of a label other than alertname, tenant, severity',
  ],
  [
    'a label that is no text',
    '{ urls: ["http://a:9093"], labels: { region: 1 } }',
    'alertmanager.labels.region: expected a text, found 1',
  ],
  [
    'a name without a password',
    '{ urls: ["http://a:9093"], username: x }',
    'alertmanager: expected username and password together, found one of them',
  ],
  [
    'a password in the file',
    '{ urls: ["http://a:9093"], username: x, password: hunter2 }',
    'alertmanager.password: a secret does not belong into this file; write it as { env: NAME } or { file: PATH }',
  ],
  [
    'an unknown key',
    '{ url: "http://a:9093", urls: ["http://a:9093"] }',
    'alertmanager.url: unknown key, did you mean "urls"?',
  ],
];

for (const [what, text, fault] of wrong)
  test(`alertmanager: ${what} is refused with its place`, () => {
    const { settings, faults } = load(`${smallest}alertmanager: ${text}\n`);
    assert.equal(settings, null);
    assert.ok(
      faults.some((one) => one.endsWith(fault)),
      faults.join('\n'),
    );
    assert.doesNotMatch(faults.join(), /hunter2/);
  });

test('alertmanager: every member of a cluster, with labels and a login', () => {
  const text = `${smallest}alertmanager:
  urls: [http://a:9093, https://b.example/alertmanager/]
  labels: { region: cn-east }
  username: mailminute
  password: { env: ACME_PASSWORD }
`;
  const { settings } = load(text);
  const { urls, labels, login } = settings?.alertmanager ?? {};
  assert.deepEqual(urls, ['http://a:9093/', 'https://b.example/alertmanager/']);
  assert.deepEqual(labels, { region: 'cn-east' });
  assert.equal(login?.username, 'mailminute');
});

test('without alertmanager nobody is told', () => {
  assert.equal(load(smallest).settings?.alertmanager, null);
});
