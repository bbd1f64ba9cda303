import { X509Certificate } from 'node:crypto';
import { unreadable } from './files.ts';
import type { Section } from './section.ts';
import { isLine } from './values.ts';
import type { World } from './world.ts';

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** `ca: PATH`: the certificates in that PEM file, and nothing else of it; null when absent or faulty. */
export function readAuthority(section: Section, world: World): string | null {
  const file = readPemFile(section, world);
  return file === null ? null : certificatesIn(file.text, `the file ${file.shown}`, section);
}

/** The text of the file that a key names, and its path; null when absent or after the fault. */
export function readPemFile(section: Section, world: World) {
  if (section.value === undefined) return null;
  if (!isLine(section.value)) {
    section.fault(`expected the path of a PEM file, found ${section.found()}`);
    return null;
  }
  const { path, shown } = world.besides(section.source, section.value);
  try {
    return { path, shown, text: world.files.read(path) };
  } catch (error) {
    section.fault(`the file ${shown} cannot be read: ${unreadable(error)}`);
    return null;
  }
}

/** The certificates of a PEM text and nothing else of it; null after the fault. */
export function certificatesIn(text: string, where: string, section: Section): string | null {
  const certificates = text.match(block) ?? [];
  if (certificates.length === 0) {
    section.fault(`${where} holds no certificate in PEM (-----BEGIN CERTIFICATE-----)`);
    return null;
  }
  const broken = certificates.findIndex((certificate) => !isCertificate(certificate));
  if (broken >= 0) {
    section.fault(`certificate ${broken + 1} in ${where} is not valid`);
    return null;
  }
  return `${certificates.join('\n')}\n`;
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    return false;
  }
}
