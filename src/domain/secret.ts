/**
 * A secret that cannot be printed by accident: string conversion, JSON and inspection show a mask.
 * The value is read anew on every `reveal()`, so that a rotated file or token is picked up.
 */
export class Secret {
  readonly #read: () => string;

  constructor(read: () => string) {
    this.#read = read;
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
