import { setTimeout as pause } from 'node:timers/promises';
import { holdTripwire } from '../probes/tripwire.ts';
import type { Clock } from './domain/clock.ts';
import type { Protocol } from './domain/protocol.ts';
import { protocolsOf, type Tenant } from './domain/tenant.ts';

/** All integer ms. */
const firstPause = 5_000;
const longestPause = 15 * 60_000;
const unlaidPause = 30_000;
/** A tripwire that held for so long was not cut by a habit of the server. */
const longHeld = 120_000;

export interface TripwirePorts {
  readonly clock: Clock;
  readonly trip: (tenant: string, protocol: Protocol) => void;
}

/**
 * Keeps one tripwire a protocol laid. One that is cut is laid again, less eagerly each time while the
 * server keeps cutting it early: then it is a habit, and no news.
 */
export function layTripwires(tenants: readonly Tenant[], ports: TripwirePorts) {
  const taken = new Set<AbortController>();
  let stopped = false;

  async function keep(tenant: Tenant, protocol: Protocol): Promise<void> {
    let habit = firstPause;
    let rest = firstPause;
    while (!stopped) {
      await pause(rest, undefined, { ref: false });
      if (stopped) return;
      const own = new AbortController();
      taken.add(own);
      const laidAt = ports.clock.monotonic();
      const end = await holdTripwire(tenant, protocol, own.signal);
      taken.delete(own);
      const held = (ports.clock.monotonic() - laidAt) / 1000;
      if (end === 'cut' && !stopped) ports.trip(tenant.name, protocol);
      // Cut, and then not to be laid again: that was an outage and no habit.
      habit = end === 'cut' && held < longHeld ? Math.min(habit * 2, longestPause) : firstPause;
      rest = end === 'unlaid' ? unlaidPause : habit;
    }
  }

  for (const tenant of tenants)
    if (tenant.tripwires !== false)
      for (const protocol of protocolsOf(tenant)) void keep(tenant, protocol);

  return {
    stop(): void {
      stopped = true;
      for (const own of taken) own.abort();
    },
  };
}
