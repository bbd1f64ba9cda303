import type { ControlTarget } from '../../probes/control.ts';

/** The account of the tenant, and its ports. */
export interface ReachableAccount {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly smtp: number;
  readonly imap: number;
}

/** What the observer is told. */
export interface Orders {
  readonly host: string;
  readonly account: ReachableAccount;
  readonly controls: readonly ControlTarget[];
  /** Its clock runs so many times as fast; at `base` of the real one it shows `zero`, a whole minute; wall ms. */
  readonly factor: number;
  readonly zero: number;
  readonly base: number;
}
