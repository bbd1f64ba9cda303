import type { Clock } from '../domain/clock.ts';
import type { Protocol } from '../domain/protocol.ts';
import type { ProbeResult } from '../domain/result.ts';
import { byMailbox, type Tenant } from '../domain/tenant.ts';
import { planTenant, type Task, type TenantPlan } from './plan.ts';

export interface SchedulerPorts {
  readonly clock: Clock;
  /** Calls back after so many ms; gives a function that cancels. */
  readonly timer: (delay: number, call: () => void) => () => void;
  readonly random: () => number;
  /**
   * Does a task; must not throw. Attempts tell their begin and end by `began` and `ended`.
   * @param owner the tenant as it was given; the task's own is that of one mailbox
   */
  readonly perform: (task: Task, owner: Tenant) => void;
  /** How late a task began, ms. */
  readonly late: (milliseconds: number) => void;
}

/** The timer is never set for longer than this, so that a clock step or a new wish is met soon, ms. */
const longestSleep = 1_000;

/** Runs the plans of all tenants until stopped. Tasks are begun, never waited for. */
export function startScheduler(tenants: readonly Tenant[], ports: SchedulerPorts) {
  const { clock } = ports;
  const now = () => Math.floor(clock.monotonic() / 1000);
  // A plan for every mailbox: one that hangs, is held back or is probed densely delays no other.
  const planned = new Map<
    string,
    { readonly owner: Tenant; readonly plans: readonly TenantPlan[] }
  >();
  for (const tenant of tenants) begin(tenant);
  let cancel = ports.timer(0, wake);
  let stopped = false;

  function begin(tenant: Tenant): void {
    const plans = byMailbox(tenant).map((one) =>
      planTenant(one, now(), clock.wall(), ports.random),
    );
    planned.set(tenant.name, { owner: tenant, plans });
  }

  function plansOf(tenant: string): readonly TenantPlan[] {
    return planned.get(tenant)?.plans ?? [];
  }

  function wake(): void {
    if (stopped) return;
    const at = now();
    for (const { owner, plans } of planned.values()) {
      for (const due of plans.flatMap((plan) => plan.take(at, clock.wall()))) {
        ports.late(Math.max(0, at - due.at));
        ports.perform(due.task, owner);
      }
    }
    sleep();
  }

  function sleep(): void {
    const plans = [...planned.values()].flatMap((one) => one.plans);
    const next = Math.min(...plans.map((plan) => plan.next()));
    cancel();
    cancel = ports.timer(Math.max(0, Math.min(next - now(), longestSleep)), wake);
  }

  return {
    observe(result: ProbeResult): void {
      const plans = plansOf(result.tenant);
      const own = plans.find(({ tenant }) => tenant.mailbox.address === result.mailbox) ?? plans[0];
      if (own?.observe(result, now()))
        for (const plan of plans) if (plan !== own) plan.look(result.protocol);
      if (!stopped) sleep();
    },
    /** A tripwire was cut: something may be wrong with this protocol, for every mailbox. */
    trip(tenant: string, protocol: Protocol): void {
      if (stopped) return;
      for (const plan of plansOf(tenant)) plan.trip(protocol, now());
      sleep();
    },
    /** Whether the message watch may log in now. */
    mayWatch(tenant: Tenant, protocol: Protocol): boolean {
      return this.plan(tenant)?.mayWatch(protocol, now()) ?? false;
    },
    /** The tenant as its plans have it, once for each mailbox. */
    mailboxes: (name: string): readonly Tenant[] => plansOf(name).map((plan) => plan.tenant),
    /**
     * The plan of this very tenant (as a task has it: of one mailbox), not of another of its name: terms
     * that changed make another one.
     */
    plan: (tenant: Tenant): TenantPlan | undefined =>
      plansOf(tenant.name).find((plan) => plan.tenant === tenant),
    /** Plans a tenant from now on. The plans of others stay as they are. */
    begin(tenant: Tenant): void {
      begin(tenant);
      if (!stopped) sleep();
    },
    /** Begins nothing more for a tenant; what is under way is not touched. */
    end: (tenant: Tenant): void => void planned.delete(tenant.name),
    stop(): void {
      stopped = true;
      cancel();
    },
  };
}
