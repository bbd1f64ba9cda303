import type { Format, Observations, OwnObservations } from './observation.ts';
import type { ProcessReading } from './process.ts';

/** A call of one of the methods of `T`: its name, then its arguments. */
export type Call<T> = {
  [Name in keyof T]: T[Name] extends (...args: infer Args) => void
    ? readonly [Name, ...Args]
    : never;
}[keyof T];

/** What is observed, on its way to the thread. */
export type Told =
  | { readonly kind: 'told'; readonly call: Call<Observations> }
  | { readonly kind: 'told-own'; readonly call: Call<OwnObservations> };

/** How the exposition is wanted. */
export interface Wanted {
  readonly format: Format;
  readonly gzip: boolean;
}

export type Request =
  | Told
  | {
      readonly kind: 'asked';
      readonly id: number;
      readonly wanted: Wanted;
      readonly process: ProcessReading;
    };

export interface Exposition {
  readonly contentType: string;
  /** Null: as it is. */
  readonly contentEncoding: 'gzip' | null;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** Why there is nothing to show now; in words for an administrator. */
export interface Unavailable {
  readonly unavailable: string;
}

export type Reply =
  | {
      readonly kind: 'answer';
      readonly id: number;
      readonly answer: Exposition | Unavailable;
    }
  /** So many observations more were written. */
  | { readonly kind: 'taken'; readonly count: number }
  /** An observation could not be written. */
  | { readonly kind: 'fault'; readonly fault: string };
