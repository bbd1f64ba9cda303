import { type Depth, depths, type Protocol, reaches } from '../domain/protocol.ts';
import type { ObservedResult, PublishedTenant } from './observation.ts';

/** Whether each depth worked when it was last tried, or was vouched for by a deeper one. */
type Worked = Partial<Record<Depth, boolean>>;

/** What the last attempts say of a tenant's mailboxes together: a label for each would be too many series. */
export class MailboxSuccess {
  /** By tenant and protocol, then by mailbox. */
  readonly #worked = new Map<string, Map<string, Worked>>();

  /** Forgets the mailboxes that are no longer configured. */
  keep(tenants: readonly PublishedTenant[]): void {
    const known = new Map(tenants.map((tenant) => [tenant.name, tenant]));
    for (const [key, own] of this.#worked) {
      const tenant = known.get(key.slice(0, key.indexOf(' ')));
      const left = tenant?.mailboxes ?? (tenant?.mailbox === undefined ? [] : [tenant.mailbox]);
      for (const mailbox of own.keys())
        if (mailbox !== '' && !left.some(({ address }) => address === mailbox)) own.delete(mailbox);
    }
  }

  /** @returns the depths that this result speaks of, and how many mailboxes fail over the protocol */
  observe(result: ObservedResult): { depths: ReadonlyMap<Depth, boolean>; failing: number } {
    const { depth, vouches, failure } = result;
    const own = this.#of(result.tenant, result.protocol);
    const mailbox = own.get(result.mailbox ?? '') ?? {};
    own.set(result.mailbox ?? '', mailbox);
    const spoken = depths.filter((at) => vouches !== null && reaches(vouches, at));
    for (const at of spoken) mailbox[at] = true;
    if (failure !== null) {
      mailbox[depth] = false;
      spoken.push(depth);
    }
    const all = [...own.values()];
    return {
      depths: new Map(spoken.map((at) => [at, all.every((one) => one[at] !== false)])),
      failing: all.filter((one) => Object.values(one).includes(false)).length,
    };
  }

  #of(tenant: string, protocol: Protocol): Map<string, Worked> {
    const key = `${tenant} ${protocol}`;
    const own = this.#worked.get(key) ?? new Map<string, Worked>();
    this.#worked.set(key, own);
    return own;
  }
}
