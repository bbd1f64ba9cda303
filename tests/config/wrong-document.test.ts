import assert from 'node:assert/strict';
import { test } from 'node:test';
import { load, smallest } from './loading.ts';

interface Case {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

const ten = (name: string) => `[${Array.from({ length: 10 }, () => name).join(',')}]`;
const avalanche = `a: &a ${ten('1')}
b: &b ${ten('*a')}
c: &c ${ten('*b')}
d: &d ${ten('*c')}
tenants: ${ten('*d')}
`;

const cases: Readonly<Record<string, Case>> = {
  'an empty file': {
    text: '',
    faults: ['mailminute.yaml: the configuration is empty'],
  },
  'a file of comments': {
    text: '# nothing\n',
    faults: ['mailminute.yaml: the configuration is empty'],
  },
  'a list': {
    text: '- a\n',
    faults: ['mailminute.yaml:1:1: expected a mapping, found a list'],
  },
  'a text': {
    text: 'tenants',
    faults: ['mailminute.yaml:1:1: expected a mapping, found "tenants"'],
  },
  'a file without tenants': {
    text: 'listen: 0.0.0.0:9925\n',
    faults: ['mailminute.yaml:1:1 tenants: expected a list of 1 to 1000 tenants, found nothing'],
  },
  'an empty list of tenants': {
    text: 'tenants: []\n',
    faults: ['mailminute.yaml:1:1 tenants: expected a list of 1 to 1000 tenants, found 0'],
  },
  'a bracket that stays open': {
    text: 'tenants:\n  - name: [a\n',
    faults: ['mailminute.yaml:3:1: wrong indentation, or a bracket that is not closed'],
  },
  'a tab': {
    text: 'tenants:\n\t- name: a\n',
    faults: ['mailminute.yaml:2:1: a tab in the indentation; YAML wants spaces'],
  },
  'a duplicate key': {
    text: `${smallest}tenants: []\n`,
    faults: ['mailminute.yaml:7:1: the same key a second time in one mapping'],
  },
  'an alias without its anchor': {
    text: 'tenants: *all\n',
    faults: [
      'mailminute.yaml:1:10: an alias (*name) without an anchor (&name) before it; a text that starts with * needs quotes',
    ],
  },
  'an alias of itself': {
    text: 'tenants: &t [*t]\n',
    faults: [
      'mailminute.yaml:1:14: an alias (*name) without an anchor (&name) before it; a text that starts with * needs quotes',
    ],
  },
  'an unknown tag': {
    text: 'tenants: !all []\n',
    faults: ['mailminute.yaml:1:10: an unknown tag; a text that starts with ! needs quotes'],
  },
  'a second document': {
    text: `${smallest}---\na: 1\n`,
    faults: ['mailminute.yaml:7:1: a second document (---); expected one'],
  },
  'a colon without a space': {
    text: smallest.replace('name: acme', 'name:acme'),
    faults: [
      'mailminute.yaml:2:5: a line without "key: value" (is a space after the colon missing?)',
    ],
  },
  'a text without end': {
    text: `a: ${'x'.repeat(1_100_000)}`,
    faults: ['mailminute.yaml: longer than 1 MiB'],
  },
  'a merge of no mapping': {
    text: 'a: { <<: 3 }\n',
    faults: [
      'mailminute.yaml:1:1: aliases unfold to too much, or a merge key (<<) names no mapping',
    ],
  },
  'an avalanche of aliases': {
    text: avalanche,
    faults: [
      'mailminute.yaml:1:1: aliases unfold to too much, or a merge key (<<) names no mapping',
    ],
  },
  'a misspelt key': {
    text: `lisen: 0.0.0.0:1\n${smallest}`,
    faults: ['mailminute.yaml:1:1 lisen: unknown key, did you mean "listen"?'],
  },
  'an unknown key': {
    text: `colour: red\n${smallest}`,
    faults: [
      'mailminute.yaml:1:1 colour: unknown key; known here: listen, web, database, controls, browser, alertmanager, sink, tenants',
    ],
  },
  'a key named __proto__': {
    text: `__proto__: {a: 1}\n${smallest}`,
    faults: [
      'mailminute.yaml:1:1: unknown key; known here: listen, web, database, controls, browser, alertmanager, sink, tenants',
    ],
  },
  'a listen without a host': {
    text: `listen: 9925\n${smallest}`,
    faults: [
      'mailminute.yaml:1:9 listen: expected HOST:PORT such as 0.0.0.0:9925 or [::]:9925, found 9925',
    ],
  },
  'a listen port over 65535': {
    text: `listen: [0.0.0.0:99250]\n${smallest}`,
    faults: [
      'mailminute.yaml:1:10 listen[0]: expected HOST:PORT such as 0.0.0.0:9925 or [::]:9925, found "0.0.0.0:99250"',
    ],
  },
  'an empty list of addresses': {
    text: `listen: []\n${smallest}`,
    faults: ['mailminute.yaml:1:1 listen: expected a list of 1 to 8 addresses, found 0'],
  },
  'an IPv6 address without brackets': {
    text: `listen: ::1:9925\n${smallest}`,
    faults: [
      'mailminute.yaml:1:9 listen: expected HOST:PORT such as 0.0.0.0:9925 or [::]:9925, found "::1:9925"',
    ],
  },
  'an empty database path': {
    text: `database: ""\n${smallest}`,
    faults: ['mailminute.yaml:1:11 database: expected the path of the database file, found ""'],
  },
  'a tenth control target': {
    text: `controls: ${ten('a')}\n${smallest}`,
    faults: ['mailminute.yaml:1:1 controls: expected a list of 0 to 9 targets, found 10'],
  },
  'a control target named twice': {
    text: `controls: [{host: a.example, port: 25}, {host: A.example, port: 25}]\n${smallest}`,
    faults: [
      'mailminute.yaml:1:41 controls[1]: the same target as controls[0]; its failure would count twice',
    ],
  },
  'controls that are no list': {
    text: `controls: a.example:25\n${smallest}`,
    faults: [
      'mailminute.yaml:1:11 controls: expected a list of 0 to 9 targets, found "a.example:25"',
    ],
  },
  'a control target without a port': {
    text: `controls: [{host: a.example}]\n${smallest}`,
    faults: [
      'mailminute.yaml:1:12 controls[0].port: expected an integer from 1 to 65535, found nothing',
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
