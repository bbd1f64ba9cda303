import { asUpperBounds, type DelayFigures } from './delay.ts';

/** Where a direction's delay comes from; `stamps`: from the `Received` fields of the tenant's mail to itself. */
export type LegSource = 'outbound' | 'inbound' | 'stamps' | 'loop';

/** The delays of a month's messages as they were measured, one entry a reader; empty: no message. */
export interface MeasuredDelays {
  /** Of the tenant's mail to itself: sending and receiving in one. */
  readonly loop: readonly DelayFigures[];
  /** The same mail's parts by its stamps; null: none of it was stamped. */
  readonly stamps: {
    readonly send: readonly DelayFigures[];
    readonly receive: readonly DelayFigures[];
  } | null;
  readonly outbound: readonly DelayFigures[];
  readonly inbound: readonly DelayFigures[];
  /** Messages of `outbound` and `inbound` together. */
  readonly both: () => readonly DelayFigures[];
}

/** The delays of both directions, apart and together. */
export interface DelayLegs {
  readonly send: readonly DelayFigures[];
  readonly receive: readonly DelayFigures[];
  /** Every delay of either direction as one set; where one is not measured by itself, both in one. */
  readonly pooled: readonly DelayFigures[];
  readonly sources: { readonly send: LegSource; readonly receive: LegSource };
}

/**
 * Send and receive delay. `outbound` measures sending and `inbound` receiving. Mail of the tenant to itself
 * takes both together, so it bounds each from above, more closely where it is stamped on the way; it stands
 * in for a direction that no route measures.
 * @param internalOnly mail with other systems does not count (T4.9): only `loop` does
 */
export function delayLegs(measured: MeasuredDelays, internalOnly: boolean): DelayLegs {
  const { loop, stamps } = measured;
  const upper = loop.map(asUpperBounds);
  const outbound = internalOnly ? [] : measured.outbound;
  const inbound = internalOnly ? [] : measured.inbound;
  const within = stamps === null ? 'loop' : 'stamps';
  return {
    send: outbound.length > 0 ? outbound : (stamps?.send ?? upper),
    receive: inbound.length > 0 ? inbound : (stamps?.receive ?? upper),
    pooled: outbound.length > 0 && inbound.length > 0 ? measured.both() : upper,
    sources: {
      send: outbound.length > 0 ? 'outbound' : within,
      receive: inbound.length > 0 ? 'inbound' : within,
    },
  };
}
