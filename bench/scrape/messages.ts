/** How an exposition is made: on a thread of its own, or (as it was before) on the loop that probes. */
export const ways = ['thread', 'loop'] as const;
export type Way = (typeof ways)[number];

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface Mailbox {
  readonly address: string;
  readonly username: string;
  readonly password: string;
  readonly imap: Place;
}

/** What the processes of this benchmark are asked. */
export type Request =
  | {
      readonly ask: 'prepare';
      readonly way: Way;
      readonly tenants: number;
      readonly mailbox: Mailbox;
    }
  | { readonly ask: 'measure'; readonly seconds: number }
  | { readonly ask: 'scrape'; readonly port: number }
  | { readonly ask: 'rest' };

/** Duration of each phase that an attempt had, and of the `whole` attempt, integer µs. */
export type Timings = Readonly<Record<string, readonly number[]>>;

export interface Scrapes {
  readonly done: number;
  /** Bytes of the last one's body, as sent. */
  readonly bytes: number;
  /** Milliseconds from the request to the last byte. */
  readonly took: readonly number[];
  readonly faults: readonly string[];
}
