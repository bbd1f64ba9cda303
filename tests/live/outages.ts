import { setTimeout as pause } from 'node:timers/promises';
import type { Protocol } from '../../src/domain/protocol.ts';
import type { ServiceControl } from '../tenant/service.ts';

/** `refused`: the service is killed, its ports refuse. `frozen`: they accept, and nobody answers. */
export type Kind = 'refused' | 'frozen';

/** An outage to be, all integer ms. */
export interface PlannedOutage {
  readonly kind: Kind;
  /** Healthy time before it. */
  readonly pause: number;
  readonly length: number;
}

/** An outage as it was: down for certain over [from, to), and at no time outside [earliest, latest). Wall ms. */
export interface Outage {
  readonly protocol: Protocol;
  readonly kind: Kind;
  readonly earliest: number;
  readonly from: number;
  readonly to: number;
  readonly latest: number;
}

export interface Range {
  readonly least: number;
  readonly most: number;
}

/** Mulberry32: small and seeded, so that a run can be repeated. Gives [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One after the other, the kinds in turn. */
export function planOutages(
  count: number,
  first: Kind,
  ranges: { readonly pause: Range; readonly length: Range },
  random: () => number,
): PlannedOutage[] {
  const draw = ({ least, most }: Range) => Math.round(least + random() * (most - least));
  const kinds: readonly Kind[] =
    first === 'refused' ? ['refused', 'frozen'] : ['frozen', 'refused'];
  return Array.from({ length: count }, (_, index) => ({
    kind: kinds[index % 2] ?? first,
    pause: draw(ranges.pause),
    length: draw(ranges.length),
  }));
}

/** Takes the service down for the planned time and brings it back. */
export async function inflict(
  protocol: Protocol,
  { kind, length }: PlannedOutage,
  service: ServiceControl,
): Promise<Outage> {
  const earliest = Date.now();
  await (kind === 'refused' ? service.kill() : service.freeze());
  const from = Date.now();
  await pause(length - (from - earliest));
  const to = Date.now();
  await (kind === 'refused' ? service.start() : service.thaw());
  return { protocol, kind, earliest, from, to, latest: Date.now() };
}

/** The truth, ms: a port refuses from the kill on until its service listens again. */
export function truthOf({ earliest, latest }: Outage): number {
  return latest - earliest;
}
