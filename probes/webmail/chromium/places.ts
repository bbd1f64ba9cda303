import { Fault } from '../../failure.ts';
import { within } from '../../within.ts';

/** What a crowd may have of at a time: whoever comes first is served first. */
export class Places {
  #free: number;
  readonly #patience: number;
  /** Each is told when a place has become its own. */
  readonly #queue: (() => void)[] = [];

  /** @param patience a place that is not free within this time is our own lack, ms */
  constructor(count: number, patience: number) {
    this.#free = count;
    this.#patience = patience;
  }

  /** Takes a place; it must be given back once. @throws Fault `internal-error`, or the signal's reason */
  async take(signal: AbortSignal): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    const turn = Promise.withResolvers<true>();
    const told = (): void => turn.resolve(true);
    this.#queue.push(told);
    try {
      if ((await within(this.#patience, turn.promise, signal)) === true) return;
    } catch (error) {
      this.#leave(told);
      throw error;
    }
    this.#leave(told);
    throw new Fault('internal-error', 'no page of the browser was free');
  }

  /** Gives one back: it is the next one's at once, so that nobody who comes later gets in between. */
  giveBack(): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }

  /** Who goes without a place leaves the queue; a place that was given in that very moment goes on. */
  #leave(told: () => void): void {
    const at = this.#queue.indexOf(told);
    if (at >= 0) this.#queue.splice(at, 1);
    else this.giveBack();
  }
}
