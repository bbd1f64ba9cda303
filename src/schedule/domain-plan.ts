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

/**
 * Looks at every tenant's mail domain at the start and then every 5 minutes, one tenant after the
 * other; a look that is still under way is never joined by a second one of the same tenant.
 */
export function startDomainLooks(tenants: readonly Tenant[], ports: DomainPorts) {
  const now = () => Math.floor(ports.clock.monotonic() / 1000);
  const watched = tenants.flatMap((tenant) => {
    const domain = mailDomain(tenant);
    return domain === null ? [] : [{ tenant: tenant.name, domain }];
  });
  const cancels = new Map<string, () => void>();
  const began = now();

  for (const [index, one] of watched.entries()) {
    const offset = Math.floor(index * Math.min(widestSpread, lookEvery / watched.length));
    cancels.set(
      one.tenant,
      ports.timer(offset, () => wake(one, began + offset)),
    );
  }

  function wake(one: { tenant: string; domain: string }, due: number): void {
    void ports.look(one.tenant, one.domain).finally(() => {
      if (!cancels.has(one.tenant)) return;
      // A fixed beat; a beat that was missed (asleep, say) is not made up for.
      const beats = Math.max(0, Math.floor((now() - due) / lookEvery)) + 1;
      const next = due + beats * lookEvery;
      cancels.set(
        one.tenant,
        ports.timer(next - now(), () => wake(one, next)),
      );
    });
  }

  return {
    stop(): void {
      for (const cancel of cancels.values()) cancel();
      cancels.clear();
    },
  };
}
