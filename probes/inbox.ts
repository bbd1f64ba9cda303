/** Bytes received and not yet read: one growing buffer, scanned once, however small the packets. */
export class Inbox {
  #bytes: Buffer = Buffer.alloc(0);
  #start = 0;
  #end = 0;
  /** No line feed before this position. */
  #scanned = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  append(chunk: Buffer): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    chunk.copy(this.#bytes, this.#end);
    this.#end += chunk.length;
  }

  /** The next line without its CRLF or LF; null while it is not complete. Copied, as UTF-8 text. */
  takeLine(): string | null {
    const at = this.#bytes.subarray(0, this.#end).indexOf(0x0a, this.#scanned);
    if (at < 0) {
      this.#scanned = this.#end;
      return null;
    }
    const stop = at > this.#start && this.#bytes[at - 1] === 0x0d ? at - 1 : at;
    const line = this.#bytes.toString('utf8', this.#start, stop);
    this.#advance(at + 1);
    return line;
  }

  /** Exactly `count` bytes, copied; null while they are not there. */
  takeBytes(count: number): Buffer | null {
    if (this.length < count) return null;
    const taken = Buffer.from(this.#bytes.subarray(this.#start, this.#start + count));
    this.#advance(this.#start + count);
    return taken;
  }

  hasLine(): boolean {
    return this.#bytes.subarray(0, this.#end).indexOf(0x0a, this.#scanned) >= 0;
  }

  /** Length of the next line's part that is known to hold no line feed. */
  get openLength(): number {
    return this.#scanned - this.#start;
  }

  clear(): void {
    this.#bytes = Buffer.alloc(0);
    this.#start = 0;
    this.#end = 0;
    this.#scanned = 0;
  }

  #advance(to: number): void {
    this.#start = to;
    this.#scanned = to;
    if (this.#start === this.#end) this.clear();
  }

  #makeRoom(wanted: number): void {
    const length = this.length;
    let size = 4096;
    while (size < length + wanted) size *= 2;
    const grown = Buffer.allocUnsafe(size);
    this.#bytes.copy(grown, 0, this.#start, this.#end);
    this.#bytes = grown;
    this.#scanned -= this.#start;
    this.#start = 0;
    this.#end = length;
  }
}
