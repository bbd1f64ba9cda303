import type { Clock } from '../domain/clock.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import type { Tenant } from '../domain/tenant.ts';
import { planTenant, type Task, type TenantPlan } from './plan.ts';

export interface SchedulerPorts {
  readonly clock: Clock;
  /** Calls back after so many ms; gives a function that cancels. */
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly random: () => number;
  /** Does a task; must not throw. Attempts tell their begin and end by `began` and `ended`. */
  readonly perform: (task: Task) => void;
  /** How late a task began, ms. */
  readonly late: (milliseconds: number) => void;
}

/** The timer is never set for longer than this, so that a clock step or a new wish is met soon, ms. */
const longestSleep = 1_000;

/** Runs the plans of all tenants until stopped. Tasks are begun, never waited for. */
export function startScheduler(tenants: readonly Tenant[], ports: SchedulerPorts) {
  const { clock } = ports;
  const now = () => Math.floor(clock.monotonic() / 1000);
  const plans = new Map<string, TenantPlan>();
  for (const tenant of tenants) begin(tenant);
  let cancel = ports.timer(0, wake);
  let stopped = false;

  function begin(tenant: Tenant): void {
    plans.set(tenant.name, planTenant(tenant, now(), clock.wall(), ports.random));
  }

  function wake(): void {
    if (stopped) return;
    const at = now();
    for (const plan of plans.values()) {
      for (const due of plan.take(at, clock.wall())) {
        ports.late(Math.max(0, at - due.at));
        ports.perform(due.task);
      }
    }
    sleep();
  }

  function sleep(): void {
    const next = Math.min(...[...plans.values()].map((plan) => plan.next()));
    cancel();
    cancel = ports.timer(Math.max(0, Math.min(next - now(), longestSleep)), wake);
  }

  return {
    observe(result: ProbeResult): void {
      plans.get(result.tenant)?.observe(result, now());
      if (!stopped) sleep();
    },
    /** A tripwire was cut: something may be wrong with this protocol. */
    trip(tenant: string, protocol: Protocol): void {
      if (stopped) return;
      plans.get(tenant)?.trip(protocol, now());
      sleep();
    },
    /** The plan of this very tenant, not of another of its name: terms that changed make another one. */
    plan(tenant: Tenant): TenantPlan | undefined {
      const plan = plans.get(tenant.name);
      return plan?.tenant === tenant ? plan : undefined;
    },
    /** Plans a tenant from now on. The plans of others stay as they are. */
    begin(tenant: Tenant): void {
      begin(tenant);
      if (!stopped) sleep();
    },
    /** Begins nothing more for a tenant; what is under way is not touched. */
    end: (tenant: Tenant): void => void plans.delete(tenant.name),
    stop(): void {
      stopped = true;
      cancel();
    },
  };
}
