import { isIP } from 'node:net';
import { z } from 'zod';
import type { Endpoint, TlsMode } from '../domain/tenant.ts';
import { readAuthority } from './authority.ts';
import type { Section } from './section.ts';
import { host, oneOf, optionalPort, part, readHost, value } from './values.ts';
import type { World } from './world.ts';

export type LineProtocol = 'smtp' | 'imap' | 'pop';

const tlsModes: readonly TlsMode[] = ['implicit', 'starttls', 'none'];

const defaultPorts: Readonly<Record<LineProtocol, Readonly<Record<TlsMode, number>>>> = {
  smtp: { implicit: 465, starttls: 587, none: 25 },
  imap: { implicit: 993, starttls: 143, none: 143 },
  pop: { implicit: 995, starttls: 110, none: 110 },
};

/** Ports on which TLS comes first (RFC 8314 §3), and those on which it never does. */
const tlsFirst = [465, 993, 995];
const tlsLater = [25, 587, 143, 110];

/** The keys that say where a line protocol is spoken. */
export const endpointKeys = {
  host,
  port: optionalPort,
  tls: oneOf(tlsModes, 'implicit'),
  ca: part,
  servername: value({
    expected: 'a host name (an address cannot be asked for by SNI, RFC 6066 §3)',
    read: (input) => {
      const name = readHost(input);
      return name === undefined || isIP(name) !== 0 ? undefined : name;
    },
    fallback: null,
  }),
};
const endpointShape = z.strictObject(endpointKeys);

/** Where SMTP, IMAP or POP is spoken; null when absent or faulty. */
export function readEndpoint(
  section: Section,
  protocol: LineProtocol,
  world: World,
): Endpoint | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(endpointShape);
  if (!section.isMapping()) return null;
  return decoded && readEndpointOf(section, decoded, protocol, world);
}

/** The same of a section that holds more than these keys. */
export function readEndpointOf(
  section: Section,
  given: z.output<typeof endpointShape>,
  protocol: LineProtocol,
  world: World,
): Endpoint | null {
  const { host: name, tls, servername } = given;
  const port = given.port ?? defaultPorts[protocol][tls];
  const endpoint = {
    host: name,
    port,
    tls,
    ca: readAuthority(section.at('ca'), world),
    servername,
  };
  warnOfDoubts(section, endpoint);
  return endpoint;
}

function warnOfDoubts(section: Section, { port, tls, host: name }: Endpoint): void {
  if (tls === 'implicit' && tlsLater.includes(port)) {
    section.warn(`port ${port} usually does not start with TLS; tls: starttls may be meant`);
  }
  if (tls !== 'implicit' && tlsFirst.includes(port)) {
    section.warn(`port ${port} usually starts with TLS; tls: implicit may be meant`);
  }
  if (tls !== 'none') return;
  for (const key of ['ca', 'servername']) {
    if (section.has(key)) section.at(key).warn('has no effect with tls: none');
  }
  if (!isLoopback(name))
    section.warn('the password will cross the network unencrypted (tls: none)');
}

/** Our own machine, where there is no network to listen on. */
export function isLoopback(name: string): boolean {
  return name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));
}
