import { z } from 'zod';
import type { Mailbox, PushAccount } from '../domain/tenant.ts';
import { formatDuration } from './duration.ts';
import { endpointKeys, readEndpointOf } from './endpoint.ts';
import { readAddress, readCredential, username } from './mailbox.ts';
import type { Section } from './section.ts';
import { duration, integer, part, value } from './values.ts';
import type { World } from './world.ts';

const second = 1000;
const minute = 60 * second;
const day = 24 * 60 * minute;

const pushShape = z.strictObject({
  ...endpointKeys,
  username,
  password: part,
  access_token: part,
  from: value({
    expected: 'the sender’s email address, such as notice@push.acme.example',
    read: readAddress,
    shown: false,
  }),
  to: part,
  every: duration(5 * second, day, 15 * minute),
  budget: integer(1, 10_000, 100),
});

/**
 * `push:` of a tenant; null when absent or faulty. It writes to mailboxes of the tenant's own only (T2.13).
 * @param mailboxes the tenant's; null: they are faulty themselves
 * @param judged whether the tenant has no `smtp` beside it
 */
export function readPush(
  tenant: Section,
  mailboxes: readonly Mailbox[] | null,
  judged: boolean,
  world: World,
): PushAccount | null {
  const section = tenant.at('push', { discreet: true });
  if (section.value === undefined) return null;
  const decoded = section.decode(pushShape);
  if (!section.isMapping()) return null;
  const credential = readCredential(section, world);
  const to = readRecipients(section.at('to'), mailboxes);
  const endpoint = decoded && readEndpointOf(section, decoded, 'smtp', world);
  if (decoded === null || credential === null || to === null || endpoint === null) return null;
  const { from, every: interval, budget } = decoded;
  warnOfBudget(section, interval, budget);
  const account = { address: from, username: decoded.username ?? from, credential };
  return { endpoint, account, to, interval, budget, judged };
}

/** Left out: all mailboxes of the tenant. Anyone else has not agreed to get mail of ours. */
function readRecipients(
  section: Section,
  mailboxes: readonly Mailbox[] | null,
): readonly string[] | null {
  if (section.value === undefined) return mailboxes?.map(({ address }) => address) ?? null;
  const entries = Array.isArray(section.value)
    ? section.list('mailboxes of this tenant', 1, 50)
    : [section];
  if (entries === null) return null;
  const own = entries.map((entry) => {
    const address = readAddress(entry.value);
    const mailbox = mailboxes?.find((one) => isSameAddress(one.address, address ?? ''));
    if (mailboxes !== null && mailbox === undefined)
      entry.fault(
        'expected the address of a mailbox of this tenant, found another: a push is sent to the tenant’s own probe mailboxes only (T2.13); name it under mailbox or mailboxes first, or leave `to` out',
      );
    return mailbox?.address;
  });
  const known = own.filter((address) => address !== undefined);
  return known.length < entries.length ? null : [...new Set(known)];
}

function isSameAddress(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

function warnOfBudget(section: Section, interval: number, budget: number): void {
  const aDay = Math.ceil(day / interval);
  if (aDay <= budget) return;
  const enough = formatDuration(Math.ceil(day / budget / second) * second);
  section
    .at('budget')
    .warn(
      `a message every ${formatDuration(interval)} makes ${aDay} a day: the budget of ${budget} will be used up before the day is over; every: ${enough} keeps within it`,
    );
}
