import { z } from 'zod';
import type { Mailbox } from '../domain/tenant.ts';
import { readSecret } from './secret.ts';
import type { Section } from './section.ts';
import { isLine, part, readHost, value } from './values.ts';
import type { World } from './world.ts';

const mailboxShape = z.strictObject({
  address: value({
    expected: 'an email address such as probe@acme.example',
    read: readAddress,
    shown: false,
  }),
  username: value({
    expected: 'a login name of 1 to 256 characters',
    read: (input) => (isLine(input) && input.length <= 256 ? input : undefined),
    fallback: null,
    shown: false,
  }),
  password: part,
  access_token: part,
});

const credentials = [
  ['password', 'password'],
  ['access_token', 'access-token'],
] as const;

/** The mailbox that is probed. `section` is discreet: its faults name no value that stands in it. */
export function readMailbox(section: Section, world: World): Mailbox | null {
  const decoded = section.decode(mailboxShape);
  if (!section.isMapping()) return null;
  const credential = readCredential(section, world);
  if (decoded === null || credential === null) return null;
  const { address, username } = decoded;
  return { address, username: username ?? address, credential };
}

function readCredential(section: Section, world: World): Mailbox['credential'] | null {
  const given = credentials.filter(([key]) => section.has(key));
  const secrets = given.map(([key, kind]) => {
    const secret = readSecret(section.at(key), world);
    return secret === null ? null : { kind, secret };
  });
  if (given.length !== 1) {
    const found = given.length === 0 ? 'neither' : 'both';
    section.fault(`expected exactly one of password and access_token, found ${found}`);
    return null;
  }
  return secrets[0] ?? null;
}

const atom = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+$/;

/** RFC 5321 §4.1.2: a dot-string before the `@`. Quoted local parts are not supported. */
function readAddress(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > 254) return undefined;
  const [local = '', domain = '', ...rest] = input.split('@');
  const fits = local.length <= 64 && local.split('.').every((part) => atom.test(part));
  const host = readHost(domain);
  if (!fits || rest.length > 0 || host === undefined || domain.endsWith('.')) return undefined;
  return `${local}@${host}`;
}
