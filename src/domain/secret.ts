/**
 * A secret that cannot be printed by accident: string conversion, JSON and inspection show a mask.
 * The value is read anew on every `reveal()`, so that a rotated file or token is picked up.
 */
export class Secret {
  readonly #read: () => string;
  readonly #reference: string;

  /** @param reference where it comes from, for telling one from another; never shown. */
  constructor(read: () => string, reference = '') {
    this.#read = read;
    this.#reference = reference;
  }

  /** True when both come from the same place; says nothing of what is there now. */
  isSame(other: Secret): boolean {
    return this.#reference === other.#reference;
  }

  /** The value itself, for the wire only. @throws whatever the reader throws, e.g. a missing file. */
  reveal(): string {
    return this.#read();
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]';
  }
}
