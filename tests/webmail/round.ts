import { probesWith } from '../../probes/index.ts';
import type { ProbePorts } from '../../probes/ports.ts';
import type { Memory } from '../../probes/probe.ts';
import { runRound } from '../../probes/round.ts';
import type { BrowserRooms } from '../../probes/webmail/chromium/visit.ts';
import type { Flow } from '../../src/domain/flow.ts';
import { type Protocol, protocols } from '../../src/domain/protocol.ts';
import type { ProbeResult } from '../../src/domain/result.ts';
import type { Tenant } from '../../src/domain/tenant.ts';
import { systemClock } from '../../src/system-clock.ts';
import { tenantOn } from '../tenant/rounds.ts';
import type { RealTenant } from '../tenant/tenant.ts';

/** The real tenant as the product is told it, all four protocols, with a webmail that sends. */
export function tenantWithFlow(real: RealTenant, flow: Flow): Tenant {
  const ca = real.ca.text;
  return {
    ...tenantOn(real),
    webmail: { url: real.webmail.url, ca, flow, consent: 'the tests', sendInterval: 600_000 },
    attemptDeadline: 60_000,
  };
}

/** One round in which the webmail sends, and what came of it: all results, and what was removed. */
export async function sendingRound(tenant: Tenant, rooms: BrowserRooms | null) {
  const results: ProbeResult[] = [];
  const removed: string[] = [];
  const memories = new Map<Protocol, Memory>();
  const seenBy = (token: string) =>
    new Set(results.filter((one) => one.sightings.some((seen) => seen.token === token))).size;
  const ports: ProbePorts = {
    probes: probesWith(rooms),
    clock: systemClock,
    signal: new AbortController().signal,
    memory(_, protocol) {
      const memory = memories.get(protocol) ?? { anchor: null };
      memories.set(protocol, memory);
      return memory;
    },
    pending: () => [],
    posting: { due: () => true, done: () => {} },
    // What all three readers have seen.
    removable: () =>
      results.flatMap(({ token }) =>
        token !== null && seenBy(token) >= 3 && !removed.includes(token) ? [token] : [],
      ),
    full: () => false,
    removed: (_, tokens) => void removed.push(...tokens),
    began: () => {},
    ended: () => {},
    report: (result) => void results.push(result),
  };
  await runRound(tenant, protocols, 0, ports);
  return { results, removed };
}
