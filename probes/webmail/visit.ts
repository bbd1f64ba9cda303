import type { FlowPhase, FlowStep } from '../../src/domain/flow.ts';
import type { Webmail } from '../../src/domain/tenant.ts';
import type { Attempt } from '../attempt.ts';
import { Fault } from '../failure.ts';
import { bodyOf, subjectOf } from '../message.ts';
import { excerptOf } from './body.ts';
import { showsChallenge } from './challenge.ts';
import { capturesOf, judgePage, showsToken } from './judge.ts';
import type { Page } from './page.ts';

const excerptLimit = 300;

/** One visit to a webmail: the variables of one attempt, and how a step of its flow becomes a page. */
export abstract class Visit<Step extends FlowStep = FlowStep> {
  protected readonly attempt: Attempt;
  protected readonly webmail: Webmail;
  readonly #steps: readonly Step[];
  readonly #variables = new Map<string, string>();
  /** A page before the login asked for a captcha. */
  #challenged = false;

  protected constructor(attempt: Attempt, webmail: Webmail, steps: readonly Step[]) {
    this.attempt = attempt;
    this.webmail = webmail;
    this.#steps = steps;
    this.#variables.set('username', attempt.tenant.mailbox.username);
    this.#variables.set('address', attempt.tenant.mailbox.address);
  }

  /** Loads the step's page and checks it. @throws Fault */
  abstract load(step: Step): Promise<Page>;

  /** Whether a step can only be taken, or checked, with the token of a message. */
  abstract needsToken(step: Step): boolean;

  /** Logs out if asked to and leaves nothing behind. After the attempt: bounded, never throws. */
  abstract end(failure: Fault | null): Promise<void>;

  /** The page is open: how long that took is noted, where nothing else has measured it. */
  opened(): void {}

  /** The steps of the flow in one phase. */
  steps(phase: FlowPhase): readonly Step[] {
    return this.#steps.filter((step) => step.phase === phase);
  }

  /** The message that is looked for, or sent, from here on. */
  setMessage(token: string): void {
    this.#variables.set('token', token);
    this.#variables.set('subject', subjectOf(token));
    this.#variables.set('body', bodyOf(token));
  }

  /** Takes the step's variables from its page. @throws Fault */
  capture(step: Step, page: Page): void {
    const captured = this.#checked(page, () => capturesOf(step, page, this.lookup));
    for (const [name, value] of captured) this.#variables.set(name, value);
  }

  /** Loads, checks and captures: a whole step that is not repeated. @throws Fault */
  async walk(step: Step): Promise<Page> {
    const page = await this.load(step);
    this.capture(step, page);
    return page;
  }

  shows(step: Step, page: Page, token: string): boolean {
    return showsToken(step, page, token);
  }

  /** The value of a variable. @throws Fault if there is none */
  protected readonly lookup = (name: string): string => {
    if (name === 'password') return this.attempt.secret();
    const value = this.#variables.get(name);
    if (value === undefined) throw new Fault('internal-error', `the flow has no {{${name}}} here`);
    return value;
  };

  /** @throws Fault if the page is not what the step expects */
  protected judge(step: Step, page: Page): void {
    this.#checked(page, () => judgePage(step, page, this.lookup, this.#challenged));
    if (step.phase === 'page') this.#challenged ||= showsChallenge(page.body);
  }

  /** The same without a word in the transcript: null if the page is right. */
  protected faultIn(step: Step, page: Page): Fault | null {
    try {
      judgePage(step, page, this.lookup, this.#challenged);
      return null;
    } catch (error) {
      if (error instanceof Fault) return error;
      throw error;
    }
  }

  /** A page that fails its check leaves its first words in the transcript. */
  #checked<T>(page: Page, check: () => T): T {
    try {
      return check();
    } catch (error) {
      const { mask, transcript } = this.attempt;
      transcript.remark(`page: ${excerptOf(page.body, excerptLimit, mask)}`);
      throw error;
    }
  }
}
