import { z } from 'zod';
import { type ClientAuthType, clientAuthTypes, type TlsAccess } from '../../domain/access.ts';
import { certificatesIn } from '../authority.ts';
import type { Section } from '../section.ts';
import { isLine, oneOf, part, value } from '../values.ts';
import type { World } from '../world.ts';
import { curves, suites, versions } from './names.ts';
import { type Pem, readPair, readPem } from './pair.ts';

const versionNames = Object.keys(versions);

const tlsShape = z.strictObject({
  cert: part,
  key: part,
  client_ca: part,
  cert_file: part,
  key_file: part,
  client_ca_file: part,
  client_auth_type: oneOf(clientAuthTypes, 'NoClientCert'),
  client_allowed_sans: part,
  min_version: version('TLS12'),
  max_version: version('TLS13'),
  cipher_suites: part,
  prefer_server_cipher_suites: value({
    expected: 'true or false',
    read: (input) => (typeof input === 'boolean' ? input : undefined),
    fallback: true,
  }),
  curve_preferences: part,
});

function version(fallback: string) {
  return value({
    expected: `one of ${versionNames.join(', ')} (older versions are out of use, RFC 8996)`,
    read: (input) => versionNames.find((name) => name === input),
    fallback,
  });
}

/** `tls_server_config`: how TLS is spoken, and the files read for it; null when absent or faulty. */
export function readTls(
  section: Section,
  world: World,
): { tls: TlsAccess; files: readonly string[] } | null {
  if (section.value === undefined || section.value === null) return null;
  const decoded = section.decode(tlsShape);
  if (!section.isMapping()) return null;
  const certificate = readPem(section, 'cert', world);
  const key = readPem(section, 'key', world);
  const authorities = readPem(section, 'client_ca', world);
  for (const name of ['cert', 'key'])
    if (!section.has(name) && !section.has(`${name}_file`))
      section.fault(`expected ${name}_file (or ${name}), found nothing`);
  const ciphers = readNames(section.at('cipher_suites'), 'cipher suites', suites);
  const curveNames = readNames(section.at('curve_preferences'), 'curves', curves);
  const pair = certificate && key && readPair(certificate, key);
  const clientAuthorities =
    authorities && certificatesIn(authorities.text, authorities.where, authorities.section);
  if (decoded === null) return null;
  const clientAuth = decoded.client_auth_type;
  const clientNames = readClientNames(section.at('client_allowed_sans'), clientAuth);
  checkClients(section, clientAuth);
  const least = versions[decoded.min_version] ?? 'TLSv1.2';
  const most = versions[decoded.max_version] ?? 'TLSv1.3';
  if (least > most) section.at('min_version').fault('expected it to be no later than max_version');
  if (pair === null) return null;
  const tls: TlsAccess = {
    ...pair,
    clientAuth,
    clientAuthorities,
    clientNames,
    least,
    most,
    ciphers,
    serverPrefers: decoded.prefer_server_cipher_suites,
    curves: curveNames,
  };
  return { tls, files: [certificate, key, authorities].flatMap((pem) => pathOf(pem)) };
}

function pathOf(pem: Pem | null): string[] {
  return pem?.path ? [pem.path] : [];
}

function checkClients(section: Section, type: ClientAuthType): void {
  const given = section.has('client_ca') || section.has('client_ca_file');
  const verifies = type.includes('Verify');
  const place = section.has('client_auth_type') ? section.at('client_auth_type') : section;
  if (verifies && !given)
    place.fault(`${type} needs client_ca_file: the authorities whose certificates are accepted`);
  if (given && !verifies)
    place.fault(
      `client_ca_file is given, but ${type} verifies nothing; write client_auth_type: RequireAndVerifyClientCert`,
    );
  if (type === 'RequestClientCert' || type === 'RequireAnyClientCert')
    place.warn(`${type} does not verify the certificate: anybody can make one`);
}

function readClientNames(section: Section, type: ClientAuthType): readonly string[] {
  if (section.value === undefined || section.value === null) return [];
  const names = (section.list('names', 1, 100) ?? []).flatMap((entry) => {
    if (isLine(entry.value)) return [entry.value];
    entry.fault(`expected a subject alternative name, found ${entry.found()}`);
    return [];
  });
  if (type !== 'RequireAnyClientCert' && type !== 'RequireAndVerifyClientCert')
    section.fault(
      'needs client_auth_type RequireAndVerifyClientCert (or RequireAnyClientCert): other clients may come without a certificate',
    );
  return names;
}

/** A list of names of a closed set → OpenSSL's names; null when absent or faulty. */
function readNames(
  section: Section,
  of: string,
  known: Readonly<Record<string, string>>,
): readonly string[] | null {
  if (section.value === undefined || section.value === null) return null;
  if (Array.isArray(section.value) && section.value.length === 0) return null;
  const entries = section.list(of, 1, 50) ?? [];
  return entries.flatMap((entry) => {
    const name = typeof entry.value === 'string' ? known[entry.value] : undefined;
    if (name !== undefined) return [name];
    entry.fault(`expected one of ${Object.keys(known).join(', ')}, found ${entry.found()}`);
    return [];
  });
}
