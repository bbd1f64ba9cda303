import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchanged, load, smallest, tenantOf } from './loading.ts';

interface Case {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

/** The smallest configuration with a list of mailboxes. */
const several = (...entries: readonly string[]) =>
  smallest.replace(
    / {4}mailbox:\n.*\n.*\n/,
    () => `    mailboxes:\n${entries.map((entry) => `      - ${entry}\n`).join('')}`,
  );
const first = '{ address: probe@acme.example, password: { env: ACME_PASSWORD } }';

const cases: Readonly<Record<string, Case>> = {
  'mailboxes beside a mailbox': {
    text: exchanged('    imap:', `    mailboxes: [${first.replace('probe', 'other')}]\n    imap:`),
    faults: [
      'mailminute.yaml:6:5 tenants[0].mailboxes: expected either mailbox or mailboxes, found both',
    ],
  },
  'no mailbox in the list': {
    text: exchanged(
      smallest.slice(smallest.indexOf('    mailbox:'), smallest.indexOf('    imap:')),
      '    mailboxes: []\n',
    ),
    faults: [
      'mailminute.yaml:3:5 tenants[0].mailboxes: expected a list of 1 to 50 mailboxes, found 0',
    ],
  },
  'a single mailbox where a list belongs': {
    text: exchanged('mailbox:', 'mailboxes:'),
    faults: [
      'mailminute.yaml:3:5 tenants[0].mailboxes: expected a list of 1 to 50 mailboxes, found a mapping',
    ],
  },
  'one mailbox twice': {
    text: several(first, first.replace('probe@', 'Probe@')),
    faults: [
      'mailminute.yaml:5:20 tenants[0].mailboxes[1].address: expected an address of its own, found that of mailboxes[0]',
    ],
  },
  'a list in which one mailbox has no credential and one a literal password': {
    text: several(
      first,
      '{ address: b@acme.example }',
      '{ address: c@acme.example, password: hunter2 }',
    ),
    faults: [
      'mailminute.yaml:5:9 tenants[0].mailboxes[1]: expected exactly one of password and access_token, found neither',
      'mailminute.yaml:6:46 tenants[0].mailboxes[2].password: a secret does not belong into this file; write it as { env: NAME } or { file: PATH }',
    ],
  },
  'a list with a key misspelt': {
    text: several('{ adress: b@acme.example, password: { env: ACME_PASSWORD } }'),
    faults: [
      'mailminute.yaml:4:9 tenants[0].mailboxes[0].address: expected an email address such as probe@acme.example, found nothing',
      'mailminute.yaml:4:11 tenants[0].mailboxes[0]: unknown key, did you mean "address"?',
    ],
  },
  'a mailbox that is a text': {
    text: smallest.replace(/mailbox:[^}]*}/, 'mailbox: hunter2'),
    faults: [
      'mailminute.yaml:3:14 tenants[0].mailbox: expected a mapping, found a text (not shown)',
    ],
  },
  'an address without a domain': {
    text: exchanged('probe@acme.example', 'probe'),
    faults: [
      'mailminute.yaml:4:16 tenants[0].mailbox.address: expected an email address such as probe@acme.example, found a text (not shown)',
    ],
  },
  'an address that smuggles a command': {
    text: exchanged('probe@acme.example', '"probe\\r\\nRCPT@acme.example"'),
    faults: [
      'mailminute.yaml:4:16 tenants[0].mailbox.address: expected an email address such as probe@acme.example, found a text (not shown)',
    ],
  },
  'a mailbox without a credential': {
    text: exchanged('      password: { env: ACME_PASSWORD }\n', ''),
    faults: [
      'mailminute.yaml:3:5 tenants[0].mailbox: expected exactly one of password and access_token, found neither',
    ],
  },
  'a mailbox with two credentials': {
    text: exchanged(
      'password: { env: ACME_PASSWORD }',
      'password: { env: ACME_PASSWORD }\n      access_token: { env: ACME_PASSWORD }',
    ),
    faults: [
      'mailminute.yaml:3:5 tenants[0].mailbox: expected exactly one of password and access_token, found both',
    ],
  },
  'a literal password': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: hunter2'),
    faults: [
      'mailminute.yaml:5:17 tenants[0].mailbox.password: a secret does not belong into this file; write it as { env: NAME } or { file: PATH }',
    ],
  },
  'a password of digits': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: 12345678'),
    faults: [
      'mailminute.yaml:5:17 tenants[0].mailbox.password: a secret does not belong into this file; write it as { env: NAME } or { file: PATH }',
    ],
  },
  'a password in braces': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { hunter2 }'),
    faults: [
      'mailminute.yaml:5:7 tenants[0].mailbox.password: expected a reference to a secret; write it as { env: NAME } or { file: PATH }',
    ],
  },
  'a password under another key': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { value: hunter2 }'),
    faults: [
      'mailminute.yaml:5:7 tenants[0].mailbox.password: expected a reference to a secret; write it as { env: NAME } or { file: PATH }',
    ],
  },
  'a reference in two ways': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { env: A, file: b }'),
    faults: [
      'mailminute.yaml:5:7 tenants[0].mailbox.password: expected a reference to a secret; write it as { env: NAME } or { file: PATH }',
    ],
  },
  'a variable that is not set': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { env: NO_SUCH }'),
    faults: [
      'mailminute.yaml:5:24 tenants[0].mailbox.password.env: the environment variable NO_SUCH is not set',
    ],
  },
  'a password in place of a variable': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { env: hunter2 }'),
    faults: [
      'mailminute.yaml:5:24 tenants[0].mailbox.password.env: the environment variable named here is not set',
    ],
  },
  'a text that is no variable': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { env: "hunter 2" }'),
    faults: [
      'mailminute.yaml:5:24 tenants[0].mailbox.password.env: expected the name of an environment variable, such as ACME_PASSWORD',
    ],
  },
  'an empty variable': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { env: EMPTY }'),
    env: { EMPTY: '\n' },
    faults: [
      'mailminute.yaml:5:24 tenants[0].mailbox.password.env: the environment variable EMPTY is empty',
    ],
  },
  'a variable with a second line': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { env: LINES }'),
    env: { LINES: 'hunter2\r\nQUIT' },
    faults: [
      'mailminute.yaml:5:24 tenants[0].mailbox.password.env: the environment variable LINES holds a control character or more than one line',
    ],
  },
  'a secret file that is not there': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { file: ./secret }'),
    faults: [
      'mailminute.yaml:5:25 tenants[0].mailbox.password.file: the file secret cannot be read: there is no such file (ENOENT)',
    ],
  },
  'a password in place of a path': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { file: hunter2 }'),
    faults: [
      'mailminute.yaml:5:25 tenants[0].mailbox.password.file: the file named here cannot be read: there is no such file (ENOENT)',
    ],
  },
  'an empty secret file': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'password: { file: ./secret }'),
    files: { secret: '' },
    faults: ['mailminute.yaml:5:25 tenants[0].mailbox.password.file: the file secret is empty'],
  },
  'a misspelt key in the mailbox': {
    text: exchanged('password: { env: ACME_PASSWORD }', 'passwort: hunter2'),
    faults: [
      'mailminute.yaml:5:7 tenants[0].mailbox: unknown key, did you mean "password"?',
      'mailminute.yaml:3:5 tenants[0].mailbox: expected exactly one of password and access_token, found neither',
    ],
  },
  'a password glued to its key': {
    text: smallest.replace(
      /mailbox:[^}]*}/,
      'mailbox: { address: probe@acme.example, password:hunter2 }',
    ),
    faults: [
      'mailminute.yaml:3:45 tenants[0].mailbox: unknown key; known here: address, username, password, access_token',
      'mailminute.yaml:3:5 tenants[0].mailbox: expected exactly one of password and access_token, found neither',
    ],
  },
};

for (const [given, { text, files, env, faults }] of Object.entries(cases)) {
  test(`${given} is refused, with its place and what was expected`, () => {
    const loaded = load(text, files ?? {}, env ?? {});
    assert.deepEqual(loaded.faults, faults);
    assert.equal(loaded.settings, null);
  });
}

test('mailboxes: is a list, the first one first; of one entry it is the same as mailbox:', () => {
  const tenant = tenantOf(several(first, first.replace('probe@', 'other@')));
  assert.equal(tenant.mailbox.address, 'probe@acme.example');
  assert.deepEqual(
    tenant.mailboxes?.map(({ address, username }) => [address, username]),
    [
      ['probe@acme.example', 'probe@acme.example'],
      ['other@acme.example', 'other@acme.example'],
    ],
  );
  const single = tenantOf(several(first));
  assert.equal(single.mailboxes, undefined);
  assert.deepEqual(single.mailbox.address, tenantOf(smallest).mailbox.address);
});

test('two tenants on one mailbox are told, wherever in their lists it stands', () => {
  const { warnings } = load(
    `${several(first, first.replace('probe@', 'other@'))}${smallest
      .replace('tenants:\n', '')
      .replace('name: acme', 'name: other')
      .replace('probe@', 'other@')}`,
  );
  assert.ok(
    warnings.some((one) => one.includes('tenants[1].mailbox.address: the mailbox of tenants[0]')),
    warnings.join('\n'),
  );
});
