import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';
import type { DkimKey, InboundRoute, OutboundRoute, TenantRoutes } from '../domain/route.ts';
import { readAddress } from './mailbox.ts';
import { readSecret } from './secret.ts';
import type { Section } from './section.ts';
import { duration, host, isLine, optionalPort, part, readHost, value } from './values.ts';
import type { World } from './world.ts';

const minute = 60_000;
const interval = duration(minute, 24 * 60 * minute, 5 * minute);

const routesShape = z.strictObject({ outbound: part, inbound: part });
const outboundShape = z.strictObject({ interval });
const inboundShape = z.strictObject({
  from: value({
    expected: 'an email address of our own, such as probe@sender.example.net',
    read: readAddress,
  }),
  helo: value({
    expected: 'the host name of this machine, such as sender.example.net',
    read: readHost,
    fallback: null,
  }),
  mx: part,
  interval,
  dkim: part,
});
const mxShape = z.strictObject({ host, port: optionalPort });
const dkimShape = z.strictObject({
  domain: value({ expected: 'a domain name', read: readHost, fallback: null }),
  selector: value({
    expected: 'a DKIM selector such as mail2026',
    read: (input) =>
      isLine(input) && /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(input)
        ? input
        : undefined,
  }),
  key: part,
});

/**
 * `routes:` of a tenant; null when absent or faulty.
 * @param sink the sink's address; null: there is none; undefined: there is one, and it is faulty
 * @param mailbox the address that sends and receives the routes' messages; null: it is faulty itself
 */
export function readRoutes(
  section: Section,
  sink: string | null | undefined,
  mailbox: string | null,
  world: World,
): TenantRoutes | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(routesShape);
  if (decoded === null) return null;
  return {
    outbound: readOutbound(section.at('outbound'), sink, mailbox),
    inbound: readInbound(section.at('inbound'), sink, world),
  };
}

function readOutbound(
  section: Section,
  sink: string | null | undefined,
  mailbox: string | null,
): OutboundRoute | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(outboundShape);
  if (decoded === null) return null;
  if (sink === null) section.fault('needs a sink to send to: configure one under `sink:`');
  if (sink == null) return null;
  if (mailbox !== null && domainOf(mailbox) === domainOf(sink))
    section.fault(
      'the sink’s address is in the mailbox’s own domain, whose mail the provider keeps: give the sink a domain of its own, whose MX is this machine',
    );
  return { to: sink, interval: decoded.interval };
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}

function readInbound(
  section: Section,
  sink: string | null | undefined,
  world: World,
): InboundRoute | null {
  if (section.value === undefined) return null;
  const decoded = section.decode(inboundShape);
  if (!section.isMapping()) return null;
  const mx = section.at('mx');
  const named = mx.value === undefined ? null : mx.decode(mxShape);
  const at = named && { host: named.host, port: named.port ?? 25 };
  const dkim = section.has('dkim')
    ? readDkim(section.at('dkim'), decoded?.from ?? '', world)
    : null;
  if (decoded === null) return null;
  const { from, helo, interval: every } = decoded;
  const domain = from.slice(from.lastIndexOf('@') + 1);
  const reports = from.toLowerCase() === sink;
  return { from, reports, helo: helo ?? domain, mx: at, interval: every, dkim };
}

function readDkim(section: Section, from: string, world: World): DkimKey | null {
  const decoded = section.decode(dkimShape);
  if (!section.isMapping()) return null;
  const key = readSecret(section.at('key', { discreet: true }), world, problemOfKey);
  if (decoded === null || key === null) return null;
  const domain = decoded.domain ?? from.slice(from.lastIndexOf('@') + 1);
  return { domain, selector: decoded.selector, key };
}

function problemOfKey(text: string): string | null {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(text);
    if (asymmetricKeyType !== 'rsa')
      return 'holds a key that is not RSA, which every verifier knows';
    // RFC 8301 §3.2: nobody believes a shorter one.
    const { modulusLength = 0 } = asymmetricKeyDetails ?? {};
    return modulusLength >= 1024 ? null : 'holds an RSA key of less than 1024 bits';
  } catch {
    if (/^-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m.test(text))
      return 'holds a key that wants a passphrase: store it without one (openssl pkey -in FILE -out NEW), readable by mailminute alone';
    return 'holds no private key in PEM';
  }
}
