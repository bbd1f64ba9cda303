import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ConfigFault, formatFaults, formatPath } from '../../src/config/fault.ts';
import { exchanged, load, smallest } from './loading.ts';

const many = `lisen: 1
listen: 9925
database:
controls: [{ host: a b, port: 0 }]
tenants:
  - name: Acme
    contract: tencent-exmail-2021
    zone: Asia/Shangai
    mailbox:
      adress: probe@acme.example
      password: hunter2
    imap:
      host: imap.acme.example:993
      port: 99x3
      tls: ssl
    webmail: https://mail.acme.example/
  - 5
`;

test('every fault of a file is reported at once', () => {
  assert.deepEqual([...load(many).faults].sort(), [
    'mailminute.yaml:10:7 tenants[0].mailbox: unknown key, did you mean "address"?',
    'mailminute.yaml:11:17 tenants[0].mailbox.password: a secret does not belong into this file; write it as { env: NAME } or { file: PATH }',
    'mailminute.yaml:13:13 tenants[0].imap.host: expected a host name or an IP address, without a port, found "imap.acme.example:993"',
    'mailminute.yaml:14:13 tenants[0].imap.port: expected an integer from 1 to 65535, found "99x3"',
    'mailminute.yaml:15:12 tenants[0].imap.tls: expected one of implicit, starttls, none, found "ssl"',
    'mailminute.yaml:16:14 tenants[0].webmail: expected a mapping, found "https://mail.acme.example/"',
    'mailminute.yaml:17:5 tenants[1]: expected a mapping, found 5',
    'mailminute.yaml:1:1 lisen: unknown key, did you mean "listen"?',
    'mailminute.yaml:2:9 listen: expected HOST:PORT such as 0.0.0.0:9925 or [::]:9925, found 9925',
    'mailminute.yaml:3:1 database: expected the path of the database file, found nothing',
    'mailminute.yaml:4:20 controls[0].host: expected a host name or an IP address, without a port, found "a b"',
    'mailminute.yaml:4:31 controls[0].port: expected an integer from 1 to 65535, found 0',
    'mailminute.yaml:6:11 tenants[0].name: expected a name of 1 to 63 characters a-z, 0-9, _ and -, starting with a letter or digit, found "Acme"',
    'mailminute.yaml:7:15 tenants[0].contract: there is no contract named "tencent-exmail-2021"; did you mean "tencent-exmail-2020"?',
    'mailminute.yaml:8:11 tenants[0].zone: expected an IANA time zone such as Asia/Shanghai, found "Asia/Shangai", did you mean "Asia/Shanghai"?',
    'mailminute.yaml:9:5 tenants[0].mailbox.address: expected an email address such as probe@acme.example, found nothing',
  ]);
});

const fault = (file: string, line: number, column = 1): ConfigFault => ({
  file,
  line,
  column,
  path: '',
  message: 'm',
});

test('faults are printed in the order of the text, file by file', () => {
  const faults = [fault('b', 2), fault('a', 10), fault('b', 1, 9), fault('b', 1, 3), fault('a', 9)];
  assert.equal(formatFaults(faults), 'b:1:3: m\nb:1:9: m\nb:2:1: m\na:9:1: m\na:10:1: m');
});

test('after fifty faults the rest is counted', () => {
  const lines = formatFaults(Array.from({ length: 53 }, (_, line) => fault('a', line + 1))).split(
    '\n',
  );
  assert.equal(lines.length, 51);
  assert.equal(lines.at(-1), 'and 3 more');
  assert.equal(
    formatFaults(Array.from({ length: 50 }, () => fault('a', 1))).includes('more'),
    false,
  );
});

test('a path with an odd key stays on one line', () => {
  assert.equal(formatPath(['a', 0, 'b-c', 'x\ny']), 'a[0].b-c["x\\ny"]');
});

test('one bracket that stays open a thousand times is one fault', () => {
  assert.equal(load(`tenants: ${'['.repeat(1000)}`).faults.length, 1);
});

test('what would be judged in part only is warned of', () => {
  const fine = `controls: [{host: a.example, port: 1}, {host: b.example, port: 1}, {host: c.example, port: 1}]\n${smallest}`;
  const all = fine.replace('imap: { host: imap.acme.example }', () =>
    ['smtp', 'imap', 'pop'].map((one) => `${one}: { host: ${one}.acme.example }`).join('\n    '),
  );
  const whole = `${all}    webmail: { url: https://mail.acme.example/ }\n`;
  assert.deepEqual(load(whole).warnings, []);
  assert.deepEqual(load(fine).warnings, [
    'mailminute.yaml:3:5 tenants[0]: contract one-minute names smtp, imap, pop, webmail; this tenant has no smtp, pop, webmail, which stays unjudged',
  ]);
  assert.deepEqual(load(whole.slice(whole.indexOf('tenants'))).warnings, [
    'mailminute.yaml:1:1 controls: fewer than 3 control targets: a fault of our own network may be taken for the provider’s',
  ]);
  const slow = whole.replace('name: acme', 'name: acme\n    roundtrip_interval: 54s');
  assert.deepEqual(load(slow).warnings, [
    'mailminute.yaml:4:25 tenants[0].roundtrip_interval: gaps reach 59s400ms: a slow answer will make minutes unknown (threshold of contract one-minute: 1m)',
  ]);
  const plain = whole.replace('host: imap.acme.example', 'host: imap.acme.example, tls: none');
  assert.deepEqual(load(plain).warnings, [
    'mailminute.yaml:8:5 tenants[0].imap: the password will cross the network unencrypted (tls: none)',
  ]);
  const swapped = whole.replace('host: imap.acme.example', 'host: imap.acme.example, port: 143');
  assert.deepEqual(load(swapped).warnings, [
    'mailminute.yaml:8:5 tenants[0].imap: port 143 usually does not start with TLS; tls: starttls may be meant',
  ]);
  const twice = `${whole}${whole.slice(whole.indexOf('  - name')).replace('name: acme', 'name: two')}`;
  assert.deepEqual(load(twice).warnings, [
    'mailminute.yaml:13:16 tenants[1].mailbox.address: the mailbox of tenants[0]: two tenants on one disturb each other',
  ]);
});

test('a webmail that a mailbox with an access token could not log in to is warned of', () => {
  const webmail = '    webmail: { url: https://mail.acme.example/, flow: FLOW }\n';
  const token = `${smallest}${webmail}`.replace(/password:/, 'access_token:');
  const about = (flow: string) =>
    load(token.replace('FLOW', flow)).warnings.filter((warning) => warning.includes('.webmail'));
  assert.match(about('roundcube')[0] ?? '', /a login form takes no access token/);
  assert.deepEqual(about('page'), []);
});

test('a webmail that sends, of a tenant without imap to remove the copies, is warned of', () => {
  const webmail = (more: string) =>
    `    webmail: { url: https://mail.acme.example/, flow: roundcube, consent: ours${more} }\n`;
  const about = (text: string) =>
    load(text).warnings.filter((warning) => warning.includes('stay in the folder for sent mail'));
  const without = smallest.replace('imap: {', 'pop: {');
  assert.equal(about(`${without}${webmail('')}`).length, 1);
  assert.deepEqual(about(`${without}${webmail(', send_interval: off')}`), []);
  assert.deepEqual(about(`${smallest}${webmail('')}`), []);
});

test('a flow file’s faults name the flow file', () => {
  const text = exchanged(
    'imap: { host: imap.acme.example }',
    'webmail: { url: "https://mail.acme.example/", flow: flows/mine.yaml }',
  );
  const { faults } = load(text, { 'flows/mine.yaml': 'name: [\n' });
  assert.deepEqual(faults, [
    'flows/mine.yaml:2:1: wrong indentation, or a bracket that is not closed',
  ]);
});
