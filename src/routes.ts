import type { ProbePorts } from '../probes/ports.ts';
import type { Tenant } from './domain/tenant.ts';
import { type PushPorts, pushSender } from './push.ts';
import { type RouteMessagePorts, routeMessages } from './route-messages.ts';
import { type RoutedTenant, startRouteRuns } from './schedule/route-plan.ts';
import type { createWork } from './work.ts';

export interface RoutesPorts extends RouteMessagePorts, Omit<PushPorts, 'metrics'> {
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly probing: Omit<ProbePorts, 'signal'>;
  /** A tenant as it is probed, once for each of its mailboxes. */
  readonly mailboxes: (name: string) => readonly Tenant[];
  readonly work: ReturnType<typeof createWork>;
}

/**
 * Sends the messages of the routes beside the loop when they are due, by the tenant's first mailbox. Their
 * outcome is evidence of delay and fate only.
 */
export function startRoutes(tenants: readonly Tenant[], ports: RoutesPorts) {
  const { timer, work } = ports;
  const { clock } = ports.probing;
  const { sendOut, sendIn } = routeMessages(ports);
  const sendPush = pushSender(ports);
  const running = new Map<Tenant, { stop(): void }>();
  const waiting = new Map<() => void, Tenant>();

  /** False when the owner's routes end meanwhile. */
  function waited(owner: Tenant, milliseconds: number): Promise<boolean> {
    return new Promise((resolve) => {
      const end = (went: boolean): void => {
        waiting.delete(stop);
        cancel();
        resolve(went);
      };
      const stop = () => end(false);
      const cancel = timer(milliseconds, () => end(true));
      waiting.set(stop, owner);
    });
  }

  function begin(owner: Tenant): void {
    const [tenant = owner] = ports.mailboxes(owner.name);
    const { outbound = null, inbound = null } = owner.routes ?? {};
    const send = async (route: RoutedTenant['route'], probing: ProbePorts): Promise<void> => {
      if (route === 'outbound') await (outbound && sendOut(tenant, outbound, probing));
      else if (route === 'push') await (owner.push && sendPush(owner, owner.push, probing));
      else await (inbound && sendIn(tenant, inbound, probing, (pause) => waited(owner, pause)));
    };
    const run = ({ route }: RoutedTenant): Promise<void> =>
      new Promise((resolve) => {
        work.begin(owner, (signal) => send(route, { ...ports.probing, signal }).finally(resolve));
      });
    const runs = startRouteRuns(routedOf(owner), { clock, timer, random: Math.random, run });
    running.set(owner, runs);
  }

  /** Begins nothing more for a tenant; what is being sent is not touched. */
  function end(owner: Tenant): void {
    running.get(owner)?.stop();
    running.delete(owner);
    for (const [stop, one] of waiting) if (one === owner) stop();
  }

  for (const tenant of tenants) begin(tenant);
  return {
    begin,
    end,
    stop(): void {
      for (const tenant of [...running.keys()]) end(tenant);
    },
  };
}

function routedOf({ name, routes, push }: Tenant): RoutedTenant[] {
  const { outbound = null, inbound = null } = routes ?? {};
  const all = [
    ['outbound', outbound],
    ['inbound', inbound],
    ['push', push ?? null],
  ] as const;
  return all.flatMap(([route, way]) =>
    way === null ? [] : [{ tenant: name, route, interval: way.interval }],
  );
}
