import { isDeepStrictEqual } from 'node:util';
import { type ControlLook, probeControls } from '../probes/control.ts';
import { lookUpDomain } from '../probes/domain-records.ts';
import type { Settings } from './config/settings.ts';
import type { Clock } from './domain/clock.ts';
import type { ProbeResult } from './domain/result.ts';
import { describe, type Logger } from './log.ts';
import { startControls } from './schedule/control-plan.ts';
import { startDomainLooks } from './schedule/domain-plan.ts';
import { controlStore } from './store/controls.ts';
import { dnsStore } from './store/dns.ts';
import type { Connection } from './store/open.ts';

export interface SurroundingsPorts {
  readonly clock: Clock;
  readonly timer: (delay: number, call: () => void) => () => void;
  /** Aborts on shutdown. */
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** A round of the control targets is on disk: each target once. */
  readonly looked?: (looks: readonly ControlLook[]) => void;
}

/** Looks beside the tenants, to tell whose fault a failure is: control targets, and the mail domains' records. */
export function watchSurroundings(
  settings: Settings,
  connection: Connection,
  { clock, timer, signal, logger, looked }: SurroundingsPorts,
) {
  const controls = controlStore(connection);
  const dns = dnsStore(connection);

  let targets = settings.controls;

  async function round(turn: number): Promise<void> {
    const asked = targets;
    if (asked.length === 0) return;
    try {
      const looks = await probeControls(asked, { clock, signal, turn });
      if (looks === null) return;
      controls.record(looks);
      if (asked === targets) looked?.(looks);
    } catch (error) {
      logger.error({ fault: describe(error) }, 'a look at the control targets could not be kept');
    }
  }

  async function look(tenant: string, domain: string): Promise<void> {
    try {
      const found = await lookUpDomain(domain, { clock, signal });
      if (signal.aborted) return;
      for (const { type, before, after } of dns.record(tenant, found))
        logger.warn({ tenant, domain, type, before, after }, 'the domain’s records changed');
    } catch (error) {
      logger.error({ tenant, fault: describe(error) }, 'the domain’s records could not be kept');
    }
  }

  const rounds = startControls({ clock, timer, random: Math.random, round });
  const looks = startDomainLooks(settings.tenants, { clock, timer, look });
  return {
    /** Learns from a stored result: failures are looked at more often. */
    observe: (result: ProbeResult): void => rounds.observe(result),
    /** Looks at what these settings name from now on; targets by the next round. */
    apply({ controls: next, tenants }: Pick<Settings, 'controls' | 'tenants'>): void {
      if (!isDeepStrictEqual(next, targets)) targets = next;
      if (targets.length === 0) looked?.([]);
      looks.follow(tenants);
    },
    stop(): void {
      rounds.stop();
      looks.stop();
    },
  };
}
