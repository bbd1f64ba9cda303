import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { Secret } from '../../domain/secret.ts';
import { certificatesIn, readPemFile } from '../authority.ts';
import type { Section } from '../section.ts';
import type { World } from '../world.ts';

/** A PEM text that stands in the file itself, or in a file that it names. */
export interface Pem {
  readonly text: string;
  /** For faults: `the file server.crt`, or `the text`. */
  readonly where: string;
  /** Absolute path; null for a text that stands in the file itself. */
  readonly path: string | null;
  readonly section: Section;
}

/** Either `NAME` or `NAME_file` of the mapping; null when neither is given, or after the fault. */
export function readPem(mapping: Section, name: string, world: World): Pem | null {
  const inline = mapping.at(name, { discreet: true });
  const named = mapping.at(`${name}_file`);
  if (inline.value === undefined) {
    const file = readPemFile(named, world);
    if (file === null) return null;
    return { text: file.text, path: file.path, where: `the file ${file.shown}`, section: named };
  }
  if (named.value !== undefined) inline.fault(`give either ${name} or ${name}_file, not both`);
  else if (typeof inline.value === 'string')
    return { text: inline.value, path: null, where: 'the text', section: inline };
  else inline.fault(`expected a text in PEM, found ${inline.found()}`);
  return null;
}

/** The server's certificate and its key, found to belong together; null after the fault. */
export function readPair(certificate: Pem, key: Pem): { certificate: string; key: Secret } | null {
  const chain = certificatesIn(certificate.text, certificate.where, certificate.section);
  const secret = readKey(key);
  if (chain === null || secret === null) return null;
  const leaf = new X509Certificate(chain);
  if (!leaf.checkPrivateKey(secret)) {
    key.section.fault(`the key in ${key.where} does not belong to the certificate`);
    return null;
  }
  try {
    createSecureContext({ cert: chain, key: key.text });
  } catch {
    certificate.section.fault(
      `OpenSSL does not take the certificate in ${certificate.where} with its key (too weak a key or signature?)`,
    );
    return null;
  }
  if (Date.parse(leaf.validTo) < Date.now())
    certificate.section.warn(`the certificate in ${certificate.where} has expired`);
  const { text } = key;
  return { certificate: chain, key: new Secret(() => text) };
}

/** Never says more than that it is none: what was given may be some other secret. */
function readKey(key: Pem): KeyObject | null {
  try {
    return createPrivateKey(key.text);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    key.section.fault(
      code === 'ERR_MISSING_PASSPHRASE'
        ? `the key in ${key.where} is encrypted; there is nobody to ask for its passphrase`
        : `${key.where} holds no private key in PEM (-----BEGIN PRIVATE KEY-----)`,
    );
    return null;
  }
}
