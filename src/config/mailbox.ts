import { z } from 'zod';
import type { Mailbox } from '../domain/tenant.ts';
import { readSecret } from './secret.ts';
import type { Section } from './section.ts';
import { isLine, part, readHost, value } from './values.ts';
import type { World } from './world.ts';

/** Null: not given. */
export const username = value({
  expected: 'a login name of 1 to 256 characters',
  read: (input) => (isLine(input) && input.length <= 256 ? input : undefined),
  fallback: null,
  shown: false,
});

const mailboxShape = z.strictObject({
  address: value({
    expected: 'an email address such as probe@acme.example',
    read: readAddress,
    shown: false,
  }),
  username,
  password: part,
  access_token: part,
});

const credentials = [
  ['password', 'password'],
  ['access_token', 'access-token'],
] as const;

/** Every protocol of every mailbox is probed at the tenant's pace: more would be a burden to the service. */
const mostMailboxes = 50;

/**
 * The mailboxes of a tenant, the first one first: `mailbox:` is one, `mailboxes:` a list. Null after
 * reporting everything that is wrong with them. Their faults name no value that stands in them.
 */
export function readMailboxes(tenant: Section, world: World): [Mailbox, ...Mailbox[]] | null {
  const single = tenant.at('mailbox', { discreet: true });
  const several = tenant.at('mailboxes', { discreet: true });
  if (several.value === undefined) {
    const mailbox = readMailbox(single, world);
    return mailbox === null ? null : [mailbox];
  }
  if (single.value !== undefined) several.fault('expected either mailbox or mailboxes, found both');
  const entries = several.list('mailboxes', 1, mostMailboxes) ?? [];
  const mailboxes = entries.map((entry) => readMailbox(entry, world));
  const isWhole = refuseTwins(entries, mailboxes) && single.value === undefined;
  const [first, ...more] = mailboxes.filter((mailbox) => mailbox !== null);
  if (!isWhole || first === undefined || more.length + 1 < mailboxes.length) return null;
  return [first, ...more];
}

/** Two entries for one mailbox would count one user twice, and lock each other out of it (RFC 1939 §8). */
function refuseTwins(entries: readonly Section[], mailboxes: readonly (Mailbox | null)[]): boolean {
  const seen = new Map<string, number>();
  let unique = true;
  mailboxes.forEach((mailbox, position) => {
    if (mailbox === null) return;
    const same = seen.get(mailbox.address.toLowerCase());
    if (same === undefined) seen.set(mailbox.address.toLowerCase(), position);
    else {
      const place = entries[position]?.at('address');
      place?.fault(`expected an address of its own, found that of mailboxes[${same}]`);
      unique = false;
    }
  });
  return unique;
}

/** A mailbox that is probed. `section` is discreet: its faults name no value that stands in it. */
function readMailbox(section: Section, world: World): Mailbox | null {
  const decoded = section.decode(mailboxShape);
  if (!section.isMapping()) return null;
  const credential = readCredential(section, world);
  if (decoded === null || credential === null) return null;
  const { address, username } = decoded;
  return { address, username: username ?? address, credential };
}

/** Exactly one of `password` and `access_token`; null after reporting what is wrong. */
export function readCredential(section: Section, world: World): Mailbox['credential'] | null {
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
export function readAddress(input: unknown): string | undefined {
  if (typeof input !== 'string' || input.length > 254) return undefined;
  const [local = '', domain = '', ...rest] = input.split('@');
  const fits = local.length <= 64 && local.split('.').every((part) => atom.test(part));
  const host = readHost(domain);
  if (!fits || rest.length > 0 || host === undefined || domain.endsWith('.')) return undefined;
  return `${local}@${host}`;
}
