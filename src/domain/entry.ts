/** A later entry that takes an earlier one back; what is withdrawn stays visible. */
export interface Withdrawal {
  readonly id: number;
  readonly author: string;
  readonly why: string;
  /** Wall ms. */
  readonly enteredAt: number;
}

/** What every entry made by a person has. Entries are added, never edited. */
export interface Entry {
  /** Rises in the order of entering, over the entries of all kinds. */
  readonly id: number;
  readonly tenant: string;
  readonly author: string;
  /** Wall ms. */
  readonly enteredAt: number;
  readonly note: string | null;
  /** Reference to what proves it: a file, a URL, a message's id. */
  readonly evidence: string | null;
  readonly withdrawn: Withdrawal | null;
}

/** An entry as a person gives it: the store adds what it knows by itself. */
export type Given<T extends Entry> = Omit<T, 'id' | 'withdrawn'>;

/** The entries that nobody has taken back. */
export function standing<T extends Pick<Entry, 'withdrawn'>>(entries: readonly T[]): T[] {
  return entries.filter(({ withdrawn }) => withdrawn === null);
}
