import type { Flow } from '../src/domain/flow.ts';
import type { Protocol } from '../src/domain/protocol.ts';
import type { Endpoint } from '../src/domain/tenant.ts';

/** Every side talks to the same tenant; plain data, so that it can be sent to another process. */
export interface Target {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly smtp: Endpoint;
  readonly imap: Endpoint;
  readonly pop: Endpoint;
  readonly webmail: { readonly url: string; readonly ca: string | null; readonly flow: Flow };
}

export const readers = ['imap', 'pop', 'webmail'] as const;
export type Reader = (typeof readers)[number];

/** What is measured: the line protocols alone, which have a known floor, and the whole round. */
export const variants: Readonly<Record<Variant, readonly Protocol[]>> = {
  mail: ['smtp', 'imap', 'pop'],
  whole: ['smtp', 'imap', 'pop', 'webmail'],
};
export type Variant = 'mail' | 'whole';

/** `beside`: an older checkout of ours, where one is given. */
export const sides = ['ours', 'libraries', 'beside'] as const;
export type Side = (typeof sides)[number];

/** When a reader saw the round's message, wall ms. `lastNotSeen` is null where it is not told. */
export interface Seen {
  readonly firstSeen: number;
  readonly lastNotSeen: number | null;
}

/** What a round came to; `fault` is null if everything that was asked for was done and seen. */
export interface RoundOutcome {
  readonly token: string;
  /** Wall ms of the 250 after the final dot. */
  readonly acceptedAt: number | null;
  readonly seen: Readonly<Partial<Record<Reader, Seen>>>;
  readonly fault: string | null;
}

/** One side of the comparison: plays one round with one message. */
export type Player = () => Promise<RoundOutcome>;
