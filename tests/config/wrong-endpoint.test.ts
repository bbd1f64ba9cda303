import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exchanged, load } from './loading.ts';

interface Case {
  readonly text: string;
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  readonly faults: readonly string[];
}

const cases: Readonly<Record<string, Case>> = {
  'a protocol without a value': {
    text: exchanged('imap: { host: imap.acme.example }', 'imap:'),
    faults: ['mailminute.yaml:6:5 tenants[0].imap: expected a mapping, found nothing'],
  },
  'an endpoint without a host': {
    text: exchanged('imap: { host: imap.acme.example }', 'imap: { port: 993 }'),
    faults: [
      'mailminute.yaml:6:5 tenants[0].imap.host: expected a host name or an IP address, without a port, found nothing',
    ],
  },
  'a host with a port': {
    text: exchanged('imap: { host: imap.acme.example }', 'imap: { host: "imap.acme.example:993" }'),
    faults: [
      'mailminute.yaml:6:19 tenants[0].imap.host: expected a host name or an IP address, without a port, found "imap.acme.example:993"',
    ],
  },
  'an address with a number over 255': {
    text: exchanged('imap: { host: imap.acme.example }', 'imap: { host: 10.0.0.256 }'),
    faults: [
      'mailminute.yaml:6:19 tenants[0].imap.host: expected a host name or an IP address, without a port, found "10.0.0.256"',
    ],
  },
  'a host with a login (which is not shown)': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: "probe:hunter2@imap.acme.example" }',
    ),
    faults: [
      'mailminute.yaml:6:19 tenants[0].imap.host: expected a host name or an IP address, without a port, found a text (not shown)',
    ],
  },
  'a port that is no number': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, port: 99x3 }',
    ),
    faults: [
      'mailminute.yaml:6:44 tenants[0].imap.port: expected an integer from 1 to 65535, found "99x3"',
    ],
  },
  'a port over 65535': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, port: 65536 }',
    ),
    faults: [
      'mailminute.yaml:6:44 tenants[0].imap.port: expected an integer from 1 to 65535, found 65536',
    ],
  },
  'a misspelt TLS mode': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, tls: start-tls }',
    ),
    faults: [
      'mailminute.yaml:6:43 tenants[0].imap.tls: expected one of implicit, starttls, none, found "start-tls", did you mean "starttls"?',
    ],
  },
  'a TLS mode of true': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, tls: true }',
    ),
    faults: [
      'mailminute.yaml:6:43 tenants[0].imap.tls: expected one of implicit, starttls, none, found true',
    ],
  },
  'an address as server name': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, servername: 192.0.2.1 }',
    ),
    faults: [
      'mailminute.yaml:6:50 tenants[0].imap.servername: expected a host name (an address cannot be asked for by SNI, RFC 6066 §3), found "192.0.2.1"',
    ],
  },
  'an authority that is not there': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, ca: ca.pem }',
    ),
    faults: [
      'mailminute.yaml:6:42 tenants[0].imap.ca: the file ca.pem cannot be read: there is no such file (ENOENT)',
    ],
  },
  'an authority without a certificate': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, ca: ca.pem }',
    ),
    files: { 'ca.pem': 'hello' },
    faults: [
      'mailminute.yaml:6:42 tenants[0].imap.ca: the file ca.pem holds no certificate in PEM (-----BEGIN CERTIFICATE-----)',
    ],
  },
  'a broken certificate': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, ca: ca.pem }',
    ),
    files: {
      'ca.pem': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    },
    faults: [
      'mailminute.yaml:6:42 tenants[0].imap.ca: certificate 1 in the file ca.pem is not valid',
    ],
  },
  'a list of authorities': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'imap: { host: imap.acme.example, ca: [a] }',
    ),
    faults: [
      'mailminute.yaml:6:38 tenants[0].imap.ca: expected the path of a PEM file, found a list',
    ],
  },
  'a URL without a scheme': {
    text: exchanged('imap: { host: imap.acme.example }', 'webmail: { url: mail.acme.example }'),
    faults: [
      'mailminute.yaml:6:21 tenants[0].webmail.url: expected an http or https URL without user, query and fragment, found "mail.acme.example"',
    ],
  },
  'a URL with a login (which is not shown)': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'webmail: { url: "https://probe:hunter2@mail.acme.example/" }',
    ),
    faults: [
      'mailminute.yaml:6:21 tenants[0].webmail.url: expected an http or https URL without user, query and fragment, found a text (not shown)',
    ],
  },
  'a URL of another kind': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'webmail: { url: "ftp://mail.acme.example/" }',
    ),
    faults: [
      'mailminute.yaml:6:21 tenants[0].webmail.url: expected an http or https URL without user, query and fragment, found "ftp://mail.acme.example/"',
    ],
  },
  'a flow that nearly exists': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'webmail: { url: "https://mail.acme.example/", flow: pages }',
    ),
    faults: [
      'mailminute.yaml:6:57 tenants[0].webmail.flow: there is no flow named "pages"; did you mean "page"?',
    ],
  },
  'a flow file that is not there': {
    text: exchanged(
      'imap: { host: imap.acme.example }',
      'webmail: { url: "https://mail.acme.example/", flow: ./f.yaml }',
    ),
    faults: [
      'mailminute.yaml:6:57 tenants[0].webmail.flow: the file f.yaml cannot be read: there is no such file (ENOENT)',
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
