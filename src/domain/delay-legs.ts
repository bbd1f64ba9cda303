import { asUpperBounds, type DelayFigures, delayFigures } from './delay.ts';
import type { TimedMessage } from './delay-sums.ts';
import type { Route } from './message.ts';

/** The delays of both directions, apart and together; null where no message tells. */
export interface DelayLegs {
  readonly send: DelayFigures | null;
  readonly receive: DelayFigures | null;
  /** Every delay of either direction as one set. */
  readonly pooled: DelayFigures | null;
}

/**
 * Send and receive delay from the routes' messages. `outbound` measures sending and `inbound` receiving.
 * Mail of the tenant to itself takes both together, so it bounds each from above; it stands in for a
 * direction that no route measures.
 * @param messages those of one reader, by route
 * @param internalOnly mail with other systems does not count (T4.9): only `loop` does
 */
export function delayLegs(
  messages: Readonly<Partial<Record<Route, readonly TimedMessage[]>>>,
  internalOnly: boolean,
  now: number,
): DelayLegs {
  const { loop = [], outbound = [], inbound = [] } = messages;
  const whole = delayFigures(loop, now);
  const bound = whole && asUpperBounds(whole);
  if (internalOnly) return { send: bound, receive: bound, pooled: bound };
  const measured = delayFigures([...outbound, ...inbound], now);
  const both = outbound.length > 0 && inbound.length > 0;
  return {
    send: delayFigures(outbound, now) ?? bound,
    receive: delayFigures(inbound, now) ?? bound,
    // One direction alone says nothing of both.
    pooled: both ? measured : bound,
  };
}
