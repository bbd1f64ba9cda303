import type { FlowStep } from '../../src/domain/flow.ts';
import type { Attempt } from '../attempt.ts';
import type { Page } from './page.ts';
import type { Visit } from './visit.ts';

/** Pauses between looks, ms: dense at first, since most messages are there at once; the last repeats. */
const pauses = [0, 15, 30, 60, 120, 250, 500, 1000, 2000];

/** How long after its acceptance a message is looked for; the message ledger watches on after that. */
const lookLimit = 10_000;

/** Looks for messages of ours in the pages of one attempt, and keeps both ends of each arrival. */
export class Lookout<Step extends FlowStep> {
  readonly #attempt: Attempt;
  readonly #visit: Visit<Step>;
  readonly #missing: Set<string>;
  #lastLook: number | null = null;

  constructor(attempt: Attempt, visit: Visit<Step>) {
    this.#attempt = attempt;
    this.#visit = visit;
    const own = attempt.ask.message === null ? [] : [attempt.ask.message.token];
    this.#missing = new Set([...own, ...attempt.ask.pending.map(({ token }) => token)]);
  }

  /** A message of this very visit; it was not there at any look before. */
  awaits(token: string): void {
    this.#missing.add(token);
    this.#lastLook = null;
  }

  has(token: string): boolean {
    return !this.#missing.has(token);
  }

  /**
   * Notes what a page shows. What it does not show was not there when the page was asked for; so only
   * pages count that would show all of our messages.
   */
  look(step: Step, page: Page): void {
    const firstSeen = this.#attempt.now();
    for (const token of this.#missing) {
      if (!this.#visit.shows(step, page, token)) continue;
      this.#attempt.evidence.sight({ token, lastNotSeen: this.#lastLook, firstSeen });
      this.#missing.delete(token);
    }
    this.#lastLook = page.sentAt;
    this.#attempt.evidence.looked(page.sentAt);
  }

  /**
   * Repeats the step until its page shows the token, and takes the step's variables from that page.
   * False when it was not seen in time: that is delay, and no failure. @throws Fault
   */
  async until(step: Step, token: string, acceptedAt: number): Promise<boolean> {
    const end = Math.min(
      acceptedAt + lookLimit,
      this.#attempt.now() + this.#attempt.remaining() - spareOf(this.#attempt),
    );
    for (let looks = 0; ; looks += 1) {
      const page = await this.#visit.load(step);
      this.look(step, page);
      if (this.has(token)) {
        this.#visit.capture(step, page);
        return true;
      }
      const pause = pauses[Math.min(looks, pauses.length - 1)] ?? 0;
      if (this.#attempt.now() + pause >= end) return false;
      await this.#attempt.sleep(pause);
    }
  }
}

/** Left of the attempt for what comes after the looking, ms: 5 s of the usual 30 s. */
export function spareOf(attempt: Attempt): number {
  return Math.min(5000, attempt.tenant.attemptDeadline / 6);
}
