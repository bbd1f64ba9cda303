import { isDeepStrictEqual } from 'node:util';
import type { Secret } from './domain/secret.ts';
import { mailboxesOf, type Tenant } from './domain/tenant.ts';

/** What other settings mean for the tenants that are probed. */
export interface Change {
  /** Those that are no more, or are to be probed otherwise. */
  readonly ended: readonly Tenant[];
  /** Those that are new, or are to be probed otherwise. */
  readonly begun: readonly Tenant[];
  /** All that are probed then. Who is probed as before is the same object as before. */
  readonly tenants: readonly Tenant[];
}

/** Tenants are told apart by their names. */
export function changeOf(before: readonly Tenant[], after: readonly Tenant[]): Change {
  const known = new Map(before.map((tenant) => [tenant.name, tenant]));
  const tenants = after.map((tenant) => {
    const same = known.get(tenant.name);
    return same !== undefined && isProbedAlike(same, tenant) ? same : tenant;
  });
  return {
    ended: before.filter((tenant) => !tenants.includes(tenant)),
    begun: tenants.filter((tenant) => known.get(tenant.name) !== tenant),
    tenants,
  };
}

/** Zone, contract and rented time are the judge's. A secret counts by where it is read. */
function isProbedAlike(one: Tenant, other: Tenant): boolean {
  const { contract, zone, service } = one;
  return (
    isDeepStrictEqual({ ...one, service }, { ...other, contract, zone, service }) &&
    mailboxesOf(one).every(({ credential }, index) => {
      const twin = mailboxesOf(other)[index];
      return twin !== undefined && credential.secret.isSame(twin.credential.secret);
    }) &&
    isSameKey(one.routes?.inbound?.dkim?.key, other.routes?.inbound?.dkim?.key) &&
    isSameKey(one.push?.account.credential.secret, other.push?.account.credential.secret)
  );
}

function isSameKey(one: Secret | undefined, other: Secret | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.isSame(other);
}
