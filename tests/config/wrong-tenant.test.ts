import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchanged, load, smallest } from './loading.ts';

interface Case {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'a name that could be no label': {
    text: exchanged('acme\n', 'Acme Ltd\n'),
    faults: [
      'mailminute.yaml:2:11 tenants[0].name: expected a name of 1 to 63 characters a-z, 0-9, _ and -, starting with a letter or digit, found "Acme Ltd"',
    ],
  },
  'a tenant without a name': {
    text: exchanged('name: acme', 'zone: UTC'),
    faults: [
      'mailminute.yaml:2:5 tenants[0].name: expected a name of 1 to 63 characters a-z, 0-9, _ and -, starting with a letter or digit, found nothing',
    ],
  },
  'a name used twice': {
    text: `${smallest}${smallest.replace('tenants:\n', '')}`,
    faults: [
      'mailminute.yaml:7:11 tenants[1].name: expected a unique name, found that of tenants[0]',
    ],
  },
  'a zone that does not exist': {
    text: exchanged('name: acme', 'name: acme\n    zone: Asia/Beijing'),
    faults: [
      'mailminute.yaml:3:11 tenants[0].zone: expected an IANA time zone such as Asia/Shanghai, found "Asia/Beijing"',
    ],
  },
  'a service of a day that does not exist': {
    text: exchanged('name: acme', 'name: acme\n    service: { from: 2026-02-30 }'),
    faults: [
      'mailminute.yaml:3:22 tenants[0].service.from: expected a day such as 2026-10-17, found "2026-02-30"',
    ],
  },
  'a service that ends before it begins': {
    text: exchanged(
      'name: acme',
      'name: acme\n    service: { from: 2026-10-17, until: 2026-10-16 }',
    ),
    faults: [
      'mailminute.yaml:3:5 tenants[0].service: expected "from" to be no later than "until", found 2026-10-17',
    ],
  },
  'tripwires that are neither on nor off': {
    text: exchanged('name: acme', 'name: acme\n    tripwires: sometimes'),
    faults: [
      'mailminute.yaml:3:16 tenants[0].tripwires: expected true or false, found "sometimes"',
    ],
  },
  'a misspelt zone': {
    text: exchanged('name: acme', 'name: acme\n    zone: Asia/Shangai'),
    faults: [
      'mailminute.yaml:3:11 tenants[0].zone: expected an IANA time zone such as Asia/Shanghai, found "Asia/Shangai", did you mean "Asia/Shanghai"?',
    ],
  },
  'an offset as a zone': {
    text: exchanged('name: acme', 'name: acme\n    zone: "+08:00"'),
    faults: [
      'mailminute.yaml:3:11 tenants[0].zone: expected an IANA time zone such as Asia/Shanghai, found "+08:00"',
    ],
  },
  'a contract that nearly exists': {
    text: exchanged('name: acme', 'name: acme\n    contract: tencent-exmail-2021'),
    faults: [
      'mailminute.yaml:3:15 tenants[0].contract: there is no contract named "tencent-exmail-2021"; did you mean "tencent-exmail-2020"?',
    ],
  },
  'a contract that does not exist': {
    text: exchanged('name: acme', 'name: acme\n    contract: zzz'),
    faults: [
      'mailminute.yaml:3:15 tenants[0].contract: there is no contract named "zzz"; known are one-minute, tencent-exmail-2020; a file is named by its path, such as ./contracts/mine.yaml',
    ],
  },
  'a contract file that is not there': {
    text: exchanged('name: acme', 'name: acme\n    contract: ./mine.yaml'),
    faults: [
      'mailminute.yaml:3:15 tenants[0].contract: the file mine.yaml cannot be read: there is no such file (ENOENT)',
    ],
  },
  'a contract without a value': {
    text: exchanged('name: acme', 'name: acme\n    contract:'),
    faults: [
      'mailminute.yaml:3:5 tenants[0].contract: expected the name of a contract or the path of its file, found nothing',
    ],
  },
  'an interval without a unit': {
    text: exchanged('name: acme', 'name: acme\n    connect_interval: 20'),
    faults: [
      'mailminute.yaml:3:23 tenants[0].connect_interval: expected a duration from 5s to 1m such as 20s, found 20',
    ],
  },
  'an interval that hammers the server': {
    text: exchanged('name: acme', 'name: acme\n    connect_interval: 2s'),
    faults: [
      'mailminute.yaml:3:23 tenants[0].connect_interval: expected a duration from 5s to 1m such as 20s, found "2s"',
    ],
  },
  'an interval that leaves minutes unknown': {
    text: exchanged('name: acme', 'name: acme\n    roundtrip_interval: 55s'),
    faults: [
      'mailminute.yaml:3:25 tenants[0].roundtrip_interval: expected at most 54s, found 55s: intervals vary by 10 %, and 1m500ms without evidence would be unknown, not available (threshold of contract one-minute: 1m)',
    ],
  },
  'a duration with a space': {
    text: exchanged('name: acme', 'name: acme\n    attempt_deadline: 30 s'),
    faults: [
      'mailminute.yaml:3:23 tenants[0].attempt_deadline: expected a duration from 5s to 1m such as 30s, found "30 s"',
    ],
  },
  'an allowance of hours': {
    text: exchanged('name: acme', 'name: acme\n    delivery_allowance: 2h'),
    faults: [
      'mailminute.yaml:3:25 tenants[0].delivery_allowance: expected a duration from 10s to 1h such as 1m, found "2h"',
    ],
  },
  'a tenant without a protocol': {
    text: exchanged('    imap: { host: imap.acme.example }\n', ''),
    faults: [
      'mailminute.yaml:2:5 tenants[0]: expected at least one of smtp, imap, pop, webmail, found none',
    ],
  },
  'a protocol by another name': {
    text: exchanged('imap: { host: imap.acme.example }', 'pop3: { host: pop.acme.example }'),
    faults: [
      'mailminute.yaml:6:5 tenants[0].pop3: unknown key, did you mean "pop"?',
      'mailminute.yaml:2:5 tenants[0]: expected at least one of smtp, imap, pop, webmail, found none',
    ],
  },
  'a tenant without a mailbox': {
    text: smallest.replace(/ {4}mailbox:[^}]*}\n/, ''),
    faults: ['mailminute.yaml:2:5 tenants[0].mailbox: expected a mapping, found nothing'],
  },
};

for (const [given, { text, files, env, faults }] of Object.entries(cases)) {
  test(`${given} is refused, with its place and what was expected`, () => {
    const loaded = load(text, files ?? {}, env ?? {});
    assert.deepEqual(loaded.faults, faults);
    assert.equal(loaded.settings, null);
  });
}
