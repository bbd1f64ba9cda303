import type { Clock } from '../domain/clock.ts';
import { mailDomain } from '../domain/dns.ts';
import type { Tenant } from '../domain/tenant.ts';

/** Pause between two looks at a domain, ms. */
const lookEvery = 5 * 60_000;
/** From one tenant's first look to the next one's, at most, ms. */
const widestSpread = 2_000;

export interface DomainPorts {
  readonly clock: Clock;
  /** Calls back after so many ms; gives a function that cancels. */
  readonly timer: (delay: number, call: () => void) => () => void;
  /** Looks once and keeps what it found; must not reject. */
  readonly look: (tenant: string, domain: string) => Promise<void>;
}

/** One tenant's domain, and how to call its next look off. */
interface Look {
  readonly tenant: string;
  readonly domain: string;
  cancel: () => void;
}

/**
 * Looks at every tenant's mail domain at the start and then every 5 minutes, one tenant after the
 * other; a look that is still under way is never joined by a second one of the same tenant.
 */
export function startDomainLooks(tenants: readonly Tenant[], ports: DomainPorts) {
  const now = () => Math.floor(ports.clock.monotonic() / 1000);
  const looks = new Map<string, Look>();

  function end(look: Look): void {
    look.cancel();
    looks.delete(look.tenant);
  }

  /** Looks at these from now on; one that was looked at before keeps its beat. */
  function follow(followed: readonly Tenant[]): void {
    const domains = new Map(followed.map((tenant) => [tenant.name, mailDomain(tenant)]));
    for (const look of looks.values()) if (domains.get(look.tenant) !== look.domain) end(look);
    const fresh = [...domains].flatMap(([tenant, domain]) =>
      domain === null || looks.has(tenant) ? [] : [{ tenant, domain, cancel: () => {} }],
    );
    const began = now();
    for (const [index, look] of fresh.entries()) {
      const offset = Math.floor(index * Math.min(widestSpread, lookEvery / fresh.length));
      looks.set(look.tenant, look);
      look.cancel = ports.timer(offset, () => wake(look, began + offset));
    }
  }

  function wake(look: Look, due: number): void {
    void ports.look(look.tenant, look.domain).finally(() => {
      if (looks.get(look.tenant) !== look) return;
      // A fixed beat; a beat that was missed (asleep, say) is not made up for.
      const beats = Math.max(0, Math.floor((now() - due) / lookEvery)) + 1;
      const next = due + beats * lookEvery;
      look.cancel = ports.timer(next - now(), () => wake(look, next));
    });
  }

  follow(tenants);
  return {
    follow,
    stop(): void {
      for (const look of looks.values()) end(look);
    },
  };
}
