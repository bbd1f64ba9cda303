import type { Clock } from '../domain/clock.ts';
import type { Route } from '../domain/message.ts';

/** A message of a route, again and again. */
export interface RoutedTenant {
  readonly tenant: string;
  readonly route: Exclude<Route, 'loop'>;
  /** Integer ms. */
  readonly interval: number;
}

export interface RoutePorts {
  readonly clock: Clock;
  /** Calls back after so many ms; gives a function that cancels. */
  readonly timer: (delay: number, call: () => void) => () => void;
  /** In [0, 1). */
  readonly random: () => number;
  /** Sends one message; must not reject. */
  readonly run: (routed: RoutedTenant) => Promise<void>;
}

/** The first message of a route leaves within this time of the start, ms. */
const firstWithin = 10_000;

/**
 * Every route at its own pace, each pause 10 % longer or shorter at random, so that tenants do not fall
 * into step. A message that is still being sent is never joined by a second one of the same route; one
 * that was missed is not made up for.
 */
export function startRouteRuns(routed: readonly RoutedTenant[], ports: RoutePorts) {
  const { timer, random } = ports;
  const cancels = new Set<() => void>();
  let stopped = false;

  function later(one: RoutedTenant, delay: number): void {
    const cancel = timer(delay, () => {
      cancels.delete(cancel);
      const begun = ports.clock.monotonic();
      void ports.run(one).finally(() => {
        const spent = Math.floor((ports.clock.monotonic() - begun) / 1000);
        const pause = Math.round(one.interval * (0.9 + 0.2 * random()));
        if (!stopped) later(one, Math.max(1_000, pause - spent));
      });
    });
    cancels.add(cancel);
  }

  for (const one of routed) later(one, Math.floor(random() * Math.min(firstWithin, one.interval)));
  return {
    stop(): void {
      stopped = true;
      for (const cancel of cancels) cancel();
      cancels.clear();
    },
  };
}
