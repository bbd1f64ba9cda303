import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatFault } from '../../src/config/fault.ts';
import { loadAccess } from '../../src/config/web/access.ts';
import { authority, misnamed, trusted } from '../support/certificates.ts';

const texts: Readonly<Record<string, string>> = {
  '/etc/server.crt': trusted.cert,
  '/etc/server.key': trusted.key,
  '/etc/other.key': misnamed.key,
  '/etc/ca.crt': authority,
};

function load(text: string) {
  return loadAccess('/etc/web.yml', {
    read(path) {
      const found = path === '/etc/web.yml' ? text : texts[path];
      if (found === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
      return found;
    },
    list: () => [],
  });
}

const tls = (more = '') =>
  `tls_server_config: { cert_file: server.crt, key_file: server.key${more} }\n`;
const hash = '$2b$10$3zyMLt/Rf8QAD7xjVO5NeOW1fRrjSUBAeJfFY8MZXLe5RmvhhUkMS';
const suiteNames =
  'TLS_AES_128_GCM_SHA256, TLS_AES_256_GCM_SHA384, TLS_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256, TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256, TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA, TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA, TLS_RSA_WITH_AES_128_GCM_SHA256, TLS_RSA_WITH_AES_256_GCM_SHA384, TLS_RSA_WITH_AES_128_CBC_SHA, TLS_RSA_WITH_AES_256_CBC_SHA';

const wrong: Readonly<Record<string, readonly [string, ...string[]]>> = {
  'an unknown key': [
    'tls_config: {}\n',
    '1:1 tls_config: unknown key; known here: tls_server_config, http_server_config, basic_auth_users, rate_limit',
  ],
  'an unknown key of TLS': [
    tls(', cert_fle: x'),
    '1:67 tls_server_config.cert_fle: unknown key, did you mean "cert_file"?',
  ],
  'no key': [
    'tls_server_config: { cert_file: server.crt }\n',
    '1:1 tls_server_config: expected key_file (or key), found nothing',
  ],
  'no such file': [
    'tls_server_config: { cert_file: none.crt, key_file: server.key }\n',
    '1:33 tls_server_config.cert_file: the file /etc/none.crt cannot be read: there is no such file (ENOENT)',
  ],
  'a key as certificate': [
    'tls_server_config: { cert_file: server.key, key_file: server.key }\n',
    '1:33 tls_server_config.cert_file: the file /etc/server.key holds no certificate in PEM (-----BEGIN CERTIFICATE-----)',
  ],
  'a certificate as key': [
    'tls_server_config: { cert_file: server.crt, key_file: ca.crt }\n',
    '1:55 tls_server_config.key_file: the file /etc/ca.crt holds no private key in PEM (-----BEGIN PRIVATE KEY-----)',
  ],
  'a foreign key': [
    'tls_server_config: { cert_file: server.crt, key_file: other.key }\n',
    '1:55 tls_server_config.key_file: the key in the file /etc/other.key does not belong to the certificate',
  ],
  'verifying without an authority': [
    tls(', client_auth_type: RequireAndVerifyClientCert'),
    '1:85 tls_server_config.client_auth_type: RequireAndVerifyClientCert needs client_ca_file: the authorities whose certificates are accepted',
  ],
  'an authority that nobody asks': [
    tls(', client_ca_file: ca.crt'),
    '1:1 tls_server_config: client_ca_file is given, but NoClientCert verifies nothing; write client_auth_type: RequireAndVerifyClientCert',
  ],
  'an invented type': [
    tls(', client_auth_type: RequireAndVerifyClientCrt'),
    '1:85 tls_server_config.client_auth_type: expected one of NoClientCert, RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven, RequireAndVerifyClientCert, found "RequireAndVerifyClientCrt", did you mean "RequireAndVerifyClientCert"?',
  ],
  'a version that is out of use': [
    tls(', min_version: TLS10'),
    '1:80 tls_server_config.min_version: expected one of TLS12, TLS13 (older versions are out of use, RFC 8996), found "TLS10"',
  ],
  'versions the wrong way round': [
    tls(', min_version: TLS13, max_version: TLS12'),
    '1:80 tls_server_config.min_version: expected it to be no later than max_version',
  ],
  'an invented suite': [
    tls(', cipher_suites: [TLS_NONE]'),
    `1:83 tls_server_config.cipher_suites[0]: expected one of ${suiteNames}, found "TLS_NONE"`,
  ],
  'an invented curve': [
    tls(', curve_preferences: [P-256]'),
    '1:87 tls_server_config.curve_preferences[0]: expected one of CurveP256, CurveP384, CurveP521, X25519, found "P-256"',
  ],
  'a header that the format does not know': [
    'http_server_config: { headers: { Server: x } }\n',
    '1:34 http_server_config.headers.Server: unknown key; known here: Content-Security-Policy, X-Frame-Options, X-Content-Type-Options, X-XSS-Protection, Strict-Transport-Security',
  ],
  'a header with a line break': [
    'http_server_config: { headers: { X-Frame-Options: "deny\\r\\nSet-Cookie: a" } }\n',
    '1:51 http_server_config.headers.X-Frame-Options: expected one of deny, sameorigin, found "deny\\r\\nSet-Cookie: a"',
  ],
  'a password in place of its hash': [
    'basic_auth_users: { alice: hunter2 }\n',
    '1:28 basic_auth_users.alice: expected a bcrypt hash ($2y$10$…, 60 characters), as `htpasswd -nBC 10 ""` prints it after the colon',
  ],
  'a hash that takes minutes': [
    `basic_auth_users: { alice: ${hash.replace('$10$', '$20$')} }\n`,
    '1:28 basic_auth_users.alice: the bcrypt hash has cost 20; at most 15 is checked in time',
  ],
  'a limit without a unit': [
    'rate_limit: { interval: 5, burst: 0 }\n',
    '1:25 rate_limit.interval: expected a duration from 1ms to 1h such as 20ms, or 0 for no limit, found 5',
    '1:35 rate_limit.burst: expected an integer from 1 to 1000000, found 0',
  ],
};

for (const [name, [text, ...faults]] of Object.entries(wrong))
  test(`${name} is refused, with its place and what was expected`, () => {
    const loaded = load(text);
    assert.equal(loaded.access, null);
    assert.deepEqual(
      loaded.faults.map((fault) => formatFault(fault).replace('/etc/web.yml:', '')),
      faults,
    );
  });

test('no fault, no text and no JSON shows a password, a hash or a key', () => {
  const secret = 'hunter2secret';
  const { faults } = load(
    `tls_server_config: { key: ${secret}, cert: ${secret} }\nbasic_auth_users: { alice: ${secret} }\n`,
  );
  assert.ok(faults.length >= 3);
  assert.doesNotMatch(faults.map(formatFault).join(), /hunter2/);
  const { access } = load(`${tls()}basic_auth_users: { alice: ${hash} }\n`);
  assert.doesNotMatch(JSON.stringify(access), /PRIVATE KEY|\$2b/);
});

test('an empty file asks for nothing, as in the exporters', () => {
  const { access } = load('');
  assert.equal(access?.tls, null);
  assert.equal(access?.users.size, 0);
});

test('what can be run but protects little is warned of', () => {
  const warned = (text: string) => load(text).warnings.map(({ message }) => message);
  assert.deepEqual(warned(`basic_auth_users: { alice: ${hash} }\n`), [
    'without tls_server_config, passwords cross the network as they are',
  ]);
  assert.deepEqual(warned(`${tls()}http_server_config: { http2: true }\n`), [
    'HTTP/2 is not spoken here: clients are served over HTTP/1.1',
  ]);
  assert.deepEqual(warned(tls(', client_auth_type: RequireAnyClientCert')), [
    'RequireAnyClientCert does not verify the certificate: anybody can make one',
  ]);
});
