import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { Sink } from '../domain/route.ts';
import { unreadable } from './files.ts';
import { readAddress } from './mailbox.ts';
import type { Section } from './section.ts';
import type { HostAndPort } from './settings.ts';
import { isLine, part, readHost, readHostAndPort, value } from './values.ts';
import type { World } from './world.ts';

const defaultListen: HostAndPort = { host: '0.0.0.0', port: 25 };

const sinkShape = z.strictObject({
  listen: value({
    expected: 'HOST:PORT such as 0.0.0.0:25 or [::]:25',
    read: readHostAndPort,
    fallback: defaultListen,
  }),
  address: value({
    expected:
      'an email address such as probe@sink.example.net, whose domain has this machine as its MX',
    read: readSinkAddress,
  }),
  name: value({
    expected: 'the host name of this machine, such as mx.sink.example.net',
    read: readHost,
    fallback: null,
  }),
  certificate: part,
});

/** `sink:`, our own MX; null when absent or faulty. */
export function readSink(section: Section, world: World): Sink | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(sinkShape);
  if (!section.isMapping()) return null;
  const certificate = section.has('certificate')
    ? readCertificate(section.at('certificate'), world)
    : null;
  if (decoded === null) return null;
  const { listen, address, name } = decoded;
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return { listen, address, name: name ?? domain, certificate };
}

/** A `+` of its own would be in the way of the token's. */
function readSinkAddress(input: unknown): string | undefined {
  const address = readAddress(input)?.toLowerCase();
  return address === undefined || address.includes('+') || address.indexOf('@') > 39
    ? undefined
    : address;
}

const certificateShape = z.strictObject({ chain: part, key: part });

function readCertificate(section: Section, world: World): Sink['certificate'] {
  if (section.decode(certificateShape) === null) return null;
  const chain = readPem(section.at('chain'), world, (text) => new X509Certificate(text));
  const key = readPem(section.at('key', { discreet: true }), world, createPrivateKey);
  if (chain === null || key === null) return null;
  if (chain.content.checkPrivateKey(key.content)) return { chain: chain.path, key: key.path };
  section.fault('the key is not that of the certificate');
  return null;
}

/** A PEM file that is read again while the daemon runs: here only whether it can be. */
function readPem<T>(
  section: Section,
  world: World,
  parse: (text: string) => T,
): { readonly path: string; readonly content: T } | null {
  if (!isLine(section.value)) {
    section.fault(`expected the path of a PEM file, found ${section.found()}`);
    return null;
  }
  const { path, shown } = world.besides(section.source, section.value);
  let text: string;
  try {
    text = world.files.read(path);
  } catch (error) {
    section.fault(`the file ${shown} cannot be read: ${unreadable(error)}`);
    return null;
  }
  try {
    return { path, content: parse(text) };
  } catch {
    section.fault(`the file ${shown} does not hold what it should in PEM`);
    return null;
  }
}
