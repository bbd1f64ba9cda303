import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { formatFault, formatFaults } from '../../src/config/fault.ts';
import { loadSettings } from '../../src/config/load.ts';
import {
  certificate,
  exchanged,
  load,
  programFolder,
  settingsOf,
  smallest,
  tenantOf,
} from './loading.ts';

const withImap = (endpoint: string) =>
  exchanged('imap: { host: imap.acme.example }', `imap: ${endpoint}`);

test('the smallest configuration gets every default', () => {
  const settings = settingsOf(smallest);
  assert.deepEqual(settings.listen, [{ host: '0.0.0.0', port: 9925 }]);
  assert.equal(settings.database, resolve('data/mailminute.db'));
  assert.deepEqual(settings.controls, []);
  const [tenant] = settings.tenants;
  assert.ok(tenant);
  const { mailbox, ...rest } = tenant;
  assert.deepEqual(rest, {
    name: 'acme',
    contract: 'one-minute',
    zone: 'Asia/Shanghai',
    smtp: null,
    imap: { host: 'imap.acme.example', port: 993, tls: 'implicit', ca: null, servername: null },
    pop: null,
    webmail: null,
    tripwires: true,
    connectInterval: 20_000,
    roundtripInterval: 50_000,
    attemptDeadline: 30_000,
    deliveryAllowance: 60_000,
  });
  assert.equal(mailbox.address, 'probe@acme.example');
  assert.equal(mailbox.username, 'probe@acme.example');
  assert.equal(mailbox.credential.kind, 'password');
  assert.equal(mailbox.credential.secret.reveal(), 'hunter2');
});

test('a service is rented from the first day’s beginning until the last day’s end', () => {
  const { service } = tenantOf(
    exchanged('name: acme', 'name: acme\n    service: { from: 2026-10-17, until: 2026-10-31 }'),
  );
  assert.deepEqual(service, {
    from: Date.parse('2026-10-17T00:00:00+08:00'),
    until: Date.parse('2026-11-01T00:00:00+08:00'),
  });
});

test('the port follows from the protocol and the TLS mode', () => {
  const expected = {
    smtp: { implicit: 465, starttls: 587, none: 25 },
    imap: { implicit: 993, starttls: 143, none: 143 },
    pop: { implicit: 995, starttls: 110, none: 110 },
  };
  for (const protocol of ['smtp', 'imap', 'pop'] as const) {
    for (const tls of ['implicit', 'starttls', 'none'] as const) {
      const line = `${protocol}: { host: mail.acme.example, tls: ${tls} }`;
      const tenant = tenantOf(exchanged('imap: { host: imap.acme.example }', line));
      assert.equal(tenant[protocol]?.port, expected[protocol][tls], line);
    }
  }
});

test('the example decodes without a fault or a warning, and shows every default', () => {
  const file = `${programFolder}config/mailminute.example.yaml`;
  const { settings, faults, warnings } = loadSettings(file, { ACME_PASSWORD: 'hunter2' });
  assert.deepEqual(faults, []);
  assert.deepEqual(warnings, []);
  assert.equal(settings?.database, `${programFolder}config/data/mailminute.db`);
  assert.equal(settings?.controls.length, 3);
  assert.equal(settings?.tenants[0]?.contract, 'tencent-exmail-2020');
  assert.equal(settings?.tenants[0]?.webmail?.flow.name, 'page');
  assert.deepEqual([...(settings?.contracts.keys() ?? [])], ['tencent-exmail-2020']);
});

test('the smallest configuration of the handbook decodes', () => {
  const handbook = readFileSync(`${programFolder}docs/configuration.md`, 'utf8');
  const block = /```yaml\n([^`]*)```/.exec(handbook)?.[1] ?? '';
  assert.equal(tenantOf(block).name, 'acme');
});

test('the example names the missing variable when it is not set', () => {
  const file = `${programFolder}config/mailminute.example.yaml`;
  const { settings, faults } = loadSettings(file, {});
  assert.equal(settings, null);
  assert.equal(
    formatFaults(faults),
    `${file}:34:24 tenants[0].mailbox.password.env: the environment variable ACME_PASSWORD is not set`,
  );
});

test('paths start at the folder of the configuration, not at the working folder', () => {
  const text = `database: db/m.db\n${withImap('{ host: imap.acme.example, ca: ca.pem }')}`;
  const files = {
    read: (path: string) => {
      if (path === 'etc/mailminute.yaml') return text;
      if (path === resolve('etc/ca.pem')) return certificate;
      return 'name: one-minute\ntitle: t\ntarget: 99.9%\n';
    },
    list: () => [],
  };
  const { settings, faults } = loadSettings('etc/mailminute.yaml', { ACME_PASSWORD: 'x' }, files);
  assert.deepEqual(faults, []);
  assert.equal(settings?.database, resolve('etc/db/m.db'));
  assert.equal(settings?.tenants[0]?.imap?.ca?.trim(), certificate.trim());
});

test('only the certificates of an authority file are kept', () => {
  const pem = `# a comment\n${certificate}\n-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n${certificate}`;
  const tenant = tenantOf(withImap('{ host: imap.acme.example, ca: ca.pem }'), { 'ca.pem': pem });
  assert.equal(tenant.imap?.ca?.match(/BEGIN CERTIFICATE/g)?.length, 2);
  assert.ok(!tenant.imap?.ca?.includes('PRIVATE'));
});

test('hosts are names in ASCII and lower case, or addresses', () => {
  const hostOf = (host: string) => tenantOf(withImap(`{ host: "${host}" }`)).imap?.host;
  assert.equal(hostOf('IMAP.Acme.Example.'), 'imap.acme.example');
  assert.equal(hostOf('Bücher.example'), 'xn--bcher-kva.example');
  assert.equal(hostOf('127.0.0.1'), '127.0.0.1');
  assert.equal(hostOf('::1'), '::1');
});

test('listen takes several addresses, IPv6 in brackets, and port 0', () => {
  const text = `listen: [127.0.0.1:0, "[::1]:9925", localhost:80]\n${smallest}`;
  assert.deepEqual(settingsOf(text).listen, [
    { host: '127.0.0.1', port: 0 },
    { host: '::1', port: 9925 },
    { host: 'localhost', port: 80 },
  ]);
});

test('a webmail URL ends with a slash unless it names a page', () => {
  const urlOf = (url: string) => {
    const line = `webmail: { url: "${url}" }`;
    return tenantOf(exchanged('imap: { host: imap.acme.example }', line)).webmail?.url;
  };
  assert.equal(urlOf('https://mail.acme.example'), 'https://mail.acme.example/');
  assert.equal(urlOf('https://mail.acme.example/round'), 'https://mail.acme.example/round/');
  assert.equal(urlOf('http://127.0.0.1:81/a/index.php'), 'http://127.0.0.1:81/a/index.php');
});

test('anchors and merge keys share a part between tenants', () => {
  const text = `tenants:
  - &first
    name: acme
    mailbox: { address: probe@acme.example, password: { env: ACME_PASSWORD } }
    imap: { host: imap.acme.example }
  - <<: *first
    name: acme-two
    mailbox: { address: two@acme.example, username: two, access_token: { env: ACME_PASSWORD } }
`;
  const [, second] = settingsOf(text).tenants;
  assert.equal(second?.name, 'acme-two');
  assert.equal(second?.imap?.host, 'imap.acme.example');
  assert.equal(second?.mailbox.username, 'two');
  assert.equal(second?.mailbox.credential.kind, 'access-token');
});

test('a fault in a shared part is placed where the part is written', () => {
  const text = `tenants:
  - name: acme
    mailbox: { address: probe@acme.example, password: { env: ACME_PASSWORD } }
    imap: &here { host: mail.acme.example, port: x }
    pop: { <<: *here, tls: implicit }
`;
  assert.deepEqual(load(text).faults, [
    'mailminute.yaml:4:50 tenants[0].imap.port: expected an integer from 1 to 65535, found "x"',
    'mailminute.yaml:4:50 tenants[0].pop.port: expected an integer from 1 to 65535, found "x"',
  ]);
});

test('a file that is not there and a folder are refused without a throw', () => {
  const missing = loadSettings(`${programFolder}config/no-such.yaml`, {}).faults.map(formatFault);
  assert.deepEqual(missing, [
    `${programFolder}config/no-such.yaml: the configuration cannot be read: there is no such file (ENOENT)`,
  ]);
  const folder = loadSettings(`${programFolder}config`, {}).faults.map(formatFault);
  assert.deepEqual(folder, [
    `${programFolder}config: the configuration cannot be read: it is a folder (EISDIR)`,
  ]);
});
