import type { Tenant } from '../domain/tenant.ts';
import type { Section } from './section.ts';
import { readTenant } from './tenant.ts';
import type { World } from './world.ts';

/**
 * All tenants, and what they must not have in common.
 * @param sink address at which our own mail exchanger takes messages; null without one; undefined where it is faulty
 */
export function readTenants(
  section: Section,
  sink: string | null | undefined,
  world: World,
): readonly Tenant[] {
  const entries = section.list('tenants', 1, 1000) ?? [];
  const tenants = entries.map((entry) => readTenant(entry, world, sink));
  refuseTwins(entries);
  warnOfSharedMailboxes(entries);
  return tenants.filter((tenant) => tenant !== null);
}

/** A name is the key of the evidence: two tenants under one name would be judged as one. */
function refuseTwins(entries: readonly Section[]): void {
  const seen = new Map<unknown, number>();
  entries.forEach((entry, position) => {
    const name = entry.at('name');
    const first = seen.get(name.value);
    if (typeof name.value !== 'string') return;
    if (first === undefined) seen.set(name.value, position);
    else name.fault(`expected a unique name, found that of tenants[${first}]`);
  });
}

/** POP locks the mailbox (RFC 1939 §8), so two tenants on one mailbox fail each other. */
function warnOfSharedMailboxes(entries: readonly Section[]): void {
  const seen = new Map<unknown, number>();
  entries.forEach((entry, position) => {
    for (const address of addressesOf(entry)) {
      if (typeof address.value !== 'string') continue;
      const first = seen.get(address.value);
      if (first === undefined) seen.set(address.value, position);
      else if (first !== position)
        address.warn(`the mailbox of tenants[${first}]: two tenants on one disturb each other`);
    }
  });
}

/** Where the addresses of a tenant stand, those that are wrong included. */
function addressesOf(entry: Section): readonly Section[] {
  const several = entry.at('mailboxes');
  const places = Array.isArray(several.value)
    ? several.value.map((_, position) => several.at(position))
    : [entry.at('mailbox')];
  return places.map((place) => place.at('address'));
}
