import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { misnamed, trusted } from '../support/certificates.ts';
import { load, smallest } from './loading.ts';

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
const curve = generateKeyPairSync('ed25519').privateKey;
const edwards = curve.export({ type: 'pkcs8', format: 'pem' }).toString();
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const files = {
  'chain.pem': trusted.cert,
  'key.pem': trusted.key,
  'dkim.pem': pem,
  'ed.pem': edwards,
};
const withSmtp = `${smallest}    smtp: { host: smtp.acme.example }\n`;
const routes = (text: string) => `${withSmtp}    routes:\n${text}`;

test('a sink and both routes, with their defaults', () => {
  const text = `sink: { address: Probe@sink.example, certificate: { chain: chain.pem, key: key.pem } }
${routes(`      outbound: {}
      inbound: { from: a@send.example, dkim: { selector: s1, key: { file: dkim.pem } } }
`)}`;
  const { settings, faults } = load(text, files);
  assert.deepEqual(faults, []);
  const { listen, address, name } = settings?.sink ?? {};
  assert.deepEqual(
    [listen, address, name],
    [{ host: '0.0.0.0', port: 25 }, 'probe@sink.example', 'sink.example'],
  );
  assert.match(settings?.sink?.certificate?.chain ?? '', /^\/.*chain\.pem$/);
  const { outbound, inbound } = settings?.tenants[0]?.routes ?? {};
  assert.deepEqual(outbound, { to: 'probe@sink.example', interval: 300_000 });
  assert.equal(inbound?.helo, 'send.example');
  assert.equal(inbound?.mx, null);
  assert.equal(inbound?.dkim?.domain, 'send.example');
  assert.equal(`${inbound?.dkim?.key.reveal()}\n`, pem);
});

test('what is wrong is said at its place, and no key is quoted', () => {
  const cases: [string, RegExp][] = [
    [routes('      outbound: {}\n'), /routes\.outbound: needs a sink/],
    [`sink: {}\n${smallest}`, /sink\.address/],
    [
      `sink: { address: a+b@sink.example }\n${smallest}`,
      /sink\.address: expected an email address/,
    ],
    [
      `sink: { address: a@b.example, certificate: { chain: chain.pem, key: other.pem } }\n${smallest}`,
      /sink\.certificate: the key is not that of the certificate/,
    ],
    [
      `sink: { address: a@b.example, certificate: { chain: none.pem, key: key.pem } }\n${smallest}`,
      /none\.pem cannot be read: there is no such file/,
    ],
    [
      routes(
        '      inbound: { from: a@b.example, dkim: { selector: s, key: { file: ed.pem } } }\n',
      ),
      /inbound\.dkim\.key\.file: .*holds a key that is not RSA/,
    ],
    [routes('      inbound: { from: nobody }\n'), /inbound\.from: expected an email address/],
    [routes('      inbound: { from: a@b.example, interval: 5s }\n'), /from 1m to 1d/],
    [
      routes(
        '      inbound: { from: a@b.example, dkim: { selector: s, key: { file: chain.pem } } }\n',
      ),
      /dkim\.key.*holds no private key in PEM/,
    ],
    [
      `sink: { address: a@b.example }\n${smallest}    routes: { outbound: {} }\n`,
      /routes\.outbound: needs `smtp`/,
    ],
  ];
  for (const [text, expected] of cases) {
    const { settings, faults } = load(text, { ...files, 'other.pem': misnamed.key });
    assert.equal(settings, null, text);
    assert.match(faults.join('\n'), expected);
    assert.doesNotMatch(faults.join('\n'), /BEGIN PRIVATE|MIGH/);
  }
});

test('a faulty sink is told once, and not missed by its routes', () => {
  const { faults } = load(`sink: { address: a+b@sink.example }\n${routes('      outbound: {}\n')}`);
  assert.equal(faults.length, 1);
  assert.match(String(faults[0]), /sink\.address/);
});

test('a sink in the mailbox’s own domain would never get a message, and is refused', () => {
  const text = `sink: { address: sink@ACME.example }\n${routes('      outbound: {}\n')}`;
  assert.match(
    load(text).faults.join('\n'),
    /routes\.outbound: .*give the sink a domain of its own/,
  );
});

test('a DKIM key that wants a passphrase is refused as such', () => {
  const locked = privateKey
    .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-128-cbc', passphrase: 'hush' })
    .toString();
  const inbound = 'from: a@b.example, dkim: { selector: s, key: { file: locked.pem } }';
  const { faults } = load(routes(`      inbound: { ${inbound} }\n`), { 'locked.pem': locked });
  assert.match(faults.join('\n'), /dkim\.key\.file: .* holds a key that wants a passphrase/);
});
