import assert from 'node:assert/strict';
import { test } from 'node:test';
import { changeOf } from '../../src/change.ts';
import { deepestDepth } from '../../src/domain/tenant.ts';
import { load, smallest } from './loading.ts';

const env = { PUSH_PASSWORD: 'push-secret', OTHER_PASSWORD: 'other' };
const push = (more = '', text = smallest) => `${text}    push:
      host: smtp.push.example
      password: { env: PUSH_PASSWORD }
      from: notice@push.acme.example
${more}`;

test('a push service writes to all mailboxes of the tenant, with a pace and a budget', () => {
  const { settings, faults } = load(push(), {}, env);
  assert.deepEqual(faults, []);
  const { push: found, smtp } = settings?.tenants[0] ?? {};
  assert.deepEqual(found?.to, ['probe@acme.example']);
  assert.deepEqual([found?.interval, found?.budget], [900_000, 100]);
  assert.equal(found?.account.username, 'notice@push.acme.example');
  assert.equal(found?.account.credential.secret.reveal(), 'push-secret');
  assert.deepEqual(found?.endpoint, smtp);
});

test('it stands for smtp where the tenant has none, and there only logs in', () => {
  const alone = load(push(), {}, env).settings?.tenants[0];
  assert.ok(alone);
  assert.equal(deepestDepth(alone, 'smtp'), 'login');
  const beside = load(push('', `${smallest}    smtp: { host: smtp.acme.example }\n`), {}, env);
  const tenant = beside.settings?.tenants[0];
  assert.ok(tenant);
  assert.equal(tenant.smtp?.host, 'smtp.acme.example');
  assert.equal(deepestDepth(tenant, 'smtp'), 'roundtrip');
});

test('a recipient that is no mailbox of the tenant is refused with its line and the remedy', () => {
  const { settings, faults } = load(
    push('      to:\n        - Probe@acme.example\n        - stranger@elsewhere.example\n'),
    {},
    env,
  );
  assert.equal(settings, null);
  assert.equal(faults.length, 1);
  assert.match(
    faults[0] ?? '',
    /^mailminute\.yaml:13:\d+ tenants\[0\]\.push\.to\[1\]: .*own probe mailboxes only \(T2\.13\); name it under mailbox/,
  );
  assert.doesNotMatch(faults[0] ?? '', /stranger/);
});

test('what is wrong is said at its place', () => {
  const cases: [string, RegExp][] = [
    ['      budget: 0\n', /push\.budget: expected an integer from 1 to 10000/],
    ['      every: 1s\n', /push\.every: expected a duration/],
    ['      interval: 5m\n', /push: unknown key|push\.interval: unknown key/],
    ['      to: 7\n', /push\.to: expected the address of a mailbox of this tenant/],
    ['      to: []\n', /push\.to: expected a list of 1 to 50/],
  ];
  for (const [more, expected] of cases) {
    const { faults } = load(push(more), {}, env);
    assert.match(faults.join('\n'), expected, more);
  }
});

test('a budget that cannot last the day is warned of, with a pace that can', () => {
  const { warnings } = load(push('      every: 5m\n      budget: 96\n'), {}, env);
  assert.match(warnings.join('\n'), /push\.budget: .*288 a day.*every: 15m/);
});

test('another secret of the push account is another way to probe', () => {
  const one = load(push(), {}, env).settings?.tenants ?? [];
  const same = load(push(), {}, env).settings?.tenants ?? [];
  const other = load(push().replace('PUSH_', 'OTHER_'), {}, env).settings?.tenants ?? [];
  assert.equal(changeOf(one, same).begun.length, 0);
  assert.equal(changeOf(one, other).begun.length, 1);
});
