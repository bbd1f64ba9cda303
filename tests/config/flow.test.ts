import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { formatFault } from '../../src/config/fault.ts';
import { decodeFlow } from '../../src/config/flow.ts';
import { expand, patternOf, variablesIn } from '../../src/domain/flow-text.ts';

const faultsOf = (yaml: string): string[] => {
  const { flow, faults } = decodeFlow(yaml, 'f.yaml');
  assert.equal(flow === null, faults.length > 0);
  return faults.map(formatFault);
};

const good = String.raw`name: mine
steps:
  - name: page
    phase: page
    request: { path: ./ }
    capture: { form: 'value="(\w+)"' }
  - name: log in
    phase: auth
    request: { method: POST, path: './in?x={{form}}', form: { pass: '{{password}}' } }
  - name: list
    phase: list
    request: { path: ./list }
    expect: { match: [rows] }
  - name: look
    phase: visible
    repeat: true
    request: { path: ./list }
    sighting: 'subject":"{{token}}'
    capture: { uid: '(\d+),{{token}}' }
  - name: open
    phase: fetch
    request: { path: './open/{{uid}}' }
  - name: out
    phase: logout
    request: { path: ./out }
`;

test('the flows that come with the product decode, and each is named like its file', () => {
  const paths = globSync(join(import.meta.dirname, '../../config/flows/*.yaml'));
  assert.ok(paths.length >= 2);
  for (const path of paths) {
    const { flow, faults } = decodeFlow(readFileSync(path, 'utf8'), path);
    assert.deepEqual(faults, []);
    assert.equal(flow?.name, basename(path, '.yaml'));
  }
});

test('a flow has defaults for what it leaves out', () => {
  const { flow } = decodeFlow(good, 'f.yaml');
  assert.deepEqual(flow?.steps[0], {
    name: 'page',
    phase: 'page',
    request: { method: 'GET', path: './', form: {}, encoding: 'form', headers: {} },
    expect: { status: [200], match: [], reject: [] },
    capture: { form: 'value="(\\w+)"' },
    repeat: false,
    sighting: null,
  });
});

test('a fault names file, line, path, what was expected and what was found', () => {
  const faulty = good.replace('phase: auth', 'phase: login');
  assert.deepEqual(faultsOf(faulty), [
    'f.yaml:8:12 steps[1].phase: expected one of page, auth, list, visible, fetch, compose, send, logout, found "login"',
  ]);
});

test('all faults are reported at once', () => {
  const found = faultsOf('name: Mine!\nsteps:\n  - phase: page\n    reqest: {}\n    repeat: 1\n');
  assert.equal(found.length, 5);
  for (const part of [
    '"Mine!"',
    'steps[0].name',
    'steps[0].request',
    '"reqest"',
    'true or false',
  ]) {
    assert.ok(
      found.some((line) => line.includes(part)),
      part,
    );
  }
});

const refused: readonly (readonly [string, string, string, RegExp])[] = [
  ['an unknown key', 'expect: { match: [rows] }', 'expects: {}', /no such key, found "expects"/],
  ['no YAML', 'name: mine', 'name: "mine', /f\.yaml:\d+:\d+/],
  ['an empty list of steps', good.slice(11), 'steps: []', /at least 1 entries/],
  ['a status out of range', 'match: [rows]', 'status: [99]', /at least 200, found 99/],
  [
    'an invalid pattern',
    'match: [rows]',
    "match: ['(rows']",
    /regular expression.*Unterminated group/,
  ],
  ['a capture without a group', String.raw`'(\d+),{{token}}'`, "'uid'", /a group/],
  ['an unknown variable', '{{form}}', '{{forn}}', /expected one of .*form.*found \{\{forn\}\}/],
  [
    'a variable that comes too late',
    './list }\n    expect',
    "'./{{uid}}' }\n    expect",
    /\{\{uid\}\}/,
  ],
  [
    'the token in logout',
    './out',
    "'./out/{{token}}'",
    /only in phases visible, fetch, compose and send/,
  ],
  ['what is only there with the token in logout', './out', "'./out/{{uid}}'", /found it in logout/],
  ['the password in a path', '{{form}}', '{{password}}', /only where it is typed in/],
  ['another host', './out', 'https://elsewhere.example/out', /on the webmail itself/],
  ['another host without a scheme', './out', '//elsewhere.example/out', /on the webmail itself/],
  ['a scheme without a host', './out', 'javascript:1', /on the webmail itself/],
  ['a form with GET', 'method: POST', 'method: GET', /POST with a form, found GET/],
  ['the wrong order', 'phase: fetch', 'phase: auth', /order .*found auth after visible/],
  ['a first step that is no page', 'phase: page', 'phase: list', /first step in phase page/],
  [
    'a repeated login',
    'phase: auth',
    'phase: auth\n    repeat: true',
    /repeat only in phase visible/,
  ],
  ['a look that is not repeated', 'repeat: true', 'repeat: false', /repeat: true in phase visible/],
  ['a login without a list', 'phase: list', 'phase: auth', /phase auth and in phase list/],
  ['a sighting without the token', 'subject":"{{token}}', 'subject', /\{\{token\}\} in it/],
  [
    'a header of ours',
    './list }\n    expect',
    './list, headers: { Host: x } }\n    expect',
    /does not set/,
  ],
  ['a built-in name captured', 'capture: { form:', 'capture: { token:', /built in/],
];

for (const [what, from, to, message] of refused) {
  test(`${what} is refused`, () => {
    assert.ok(good.includes(from), from);
    const found = faultsOf(good.replace(from, to));
    assert.ok(
      found.some((line) => message.test(line)),
      found.join('\n') || 'no fault',
    );
    for (const line of found) assert.match(line, /^f\.yaml:\d+:\d+/);
  });
}

test('variables are escaped in a pattern, so that a value cannot be a pattern', () => {
  const pattern = patternOf('row-{{ token }}', () => 'a.b');
  assert.ok(pattern.test('ROW-a.b'));
  assert.ok(!pattern.test('row-axb'));
});

test('what looks like a variable in a value is not expanded again', () => {
  assert.equal(
    expand('{{a}}-{{ b }}', (name) => `{{${name}}}$&`),
    '{{a}}$&-{{b}}$&',
  );
  assert.deepEqual(variablesIn('{{a}}{{ b }}{c}{{d e}}'), ['a', 'b']);
});
