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
  const held = new Map<Tenant, AbortController>();

  async function keep(tenant: Tenant, protocol: Protocol, over: AbortSignal): Promise<void> {
    let habit = firstPause;
    let rest = firstPause;
    while (!over.aborted) {
      await pause(rest, undefined, { ref: false, signal: over }).catch(() => undefined);
      if (over.aborted) return;
      const laidAt = ports.clock.monotonic();
      const end = await hold(tenant, protocol, over);
      const lasted = (ports.clock.monotonic() - laidAt) / 1000;
      if (end === 'cut' && !over.aborted) ports.trip(tenant.name, protocol);
      // Cut, and then not to be laid again: that was an outage and no habit.
      habit = end === 'cut' && lasted < longHeld ? Math.min(habit * 2, longestPause) : firstPause;
      rest = end === 'unlaid' ? unlaidPause : habit;
    }
  }

  /** Lays a tenant's tripwires; those of others stay as they are. */
  function begin(tenant: Tenant): void {
    if (tenant.tripwires === false) return;
    const over = new AbortController();
    held.set(tenant, over);
    for (const protocol of protocolsOf(tenant)) void keep(tenant, protocol, over.signal);
  }

  function end(tenant: Tenant): void {
    held.get(tenant)?.abort();
    held.delete(tenant);
  }

  for (const tenant of tenants) begin(tenant);
  return {
    begin,
    end,
    stop(): void {
      for (const tenant of held.keys()) end(tenant);
    },
  };
}

/** With a signal of its own: the tenant's outlives many tripwires, which would all stay listening to it. */
async function hold(tenant: Tenant, protocol: Protocol, over: AbortSignal) {
  const own = new AbortController();
  const abort = (): void => own.abort();
  over.addEventListener('abort', abort, { once: true });
  try {
    return await holdTripwire(tenant, protocol, own.signal);
  } finally {
    over.removeEventListener('abort', abort);
  }
}
