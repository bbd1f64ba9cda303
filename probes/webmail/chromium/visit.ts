import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { Page as BrowserPage } from 'playwright-core';
import type { BrowserFlow, BrowserStep } from '../../../src/domain/flow.ts';
import { variablesIn } from '../../../src/domain/flow-text.ts';
import type { Webmail } from '../../../src/domain/tenant.ts';
import type { Attempt } from '../../attempt.ts';
import { Fault } from '../../failure.ts';
import { connectStream } from '../../stream.ts';
import { within } from '../../within.ts';
import { bodyLimit } from '../body.ts';
import { PageLacks, Unexplained } from '../judge.ts';
import type { Page } from '../page.ts';
import { targetOf } from '../target.ts';
import { Visit } from '../visit.ts';
import { describeAction, elsewhere, perform } from './actions.ts';
import { browserFault } from './net-fault.ts';
import type { Chromiums, Lease } from './pool.ts';
import { keepScreenshot } from './screenshot.ts';
import { Traffic } from './traffic.ts';

/** Pause between two looks at a page that is to become what it should, ms. */
const lookPause = 100;
/** A page that nothing more is due for stays what it is, ms. */
const settled = 3000;
/** A browser that takes longer to open a page hangs, ms. */
const openLimit = 10_000;
/** What comes after the result, ms. */
const screenshotLimit = 3000;
const logoutLimit = 3000;
const readLimit = 2000;

export interface BrowserRooms {
  readonly chromiums: Chromiums;
  /** Folder for pictures of failed pages. */
  readonly evidence: string;
}

/** A visit in a real browser: a context of its own, and its page. */
export class BrowserVisit extends Visit<BrowserStep> {
  readonly #base: URL;
  readonly #lease: Lease;
  readonly #page: BrowserPage;
  readonly #traffic: Traffic;
  readonly #evidence: string;
  readonly #picture: string;
  #signal: AbortSignal;
  #typedSecret = false;
  /** How long the very first page took to its load event, ms. */
  #openedIn: number | null = null;

  private constructor(
    attempt: Attempt,
    webmail: Webmail,
    flow: BrowserFlow,
    lease: Lease,
    page: BrowserPage,
    evidence: string,
  ) {
    super(attempt, webmail, flow.steps);
    this.#base = new URL(webmail.url);
    this.#lease = lease;
    this.#page = page;
    this.#signal = attempt.signal;
    this.#evidence = evidence;
    this.#traffic = new Traffic(
      page,
      () => attempt.now(),
      () => attempt.mark(),
    );
    // A window that the page opens is nobody's to look at.
    page.on('popup', (popup) => void popup.close().catch(() => undefined));
    const at = new Date(attempt.now()).toISOString().replace(/[-:]|\.\d+/g, '');
    this.#picture = `${at}-${attempt.tenant.name}-${randomBytes(3).toString('hex')}.jpg`;
    attempt.transcript.remark(`a picture of the page is kept in evidence/${this.#picture}`);
  }

  /**
   * Takes a page of a shared browser (phase wait), and sees by a connection of our own that the server can be
   * had and its certificate verifies (phases dns, tcp, tls). The browser then verifies it anew. @throws Fault
   */
  static async begin(
    attempt: Attempt,
    webmail: Webmail,
    flow: BrowserFlow,
    { chromiums, evidence }: BrowserRooms,
  ): Promise<BrowserVisit> {
    attempt.phase('wait');
    const lease = await chromiums.lease(webmail.ca, attempt.signal);
    try {
      const page = await within(openLimit, lease.context.newPage(), attempt.signal);
      if (page === null) throw new Fault('internal-error', 'the browser opens no page');
      const { target, secure } = targetOf(webmail, attempt.ask.turn);
      const socket = await connectStream(target, secure, attempt.observer(), attempt.signal);
      socket.destroy();
      attempt.phase('page');
      return new BrowserVisit(attempt, webmail, flow, lease, page, evidence);
    } catch (error) {
      void lease.end();
      throw error instanceof Fault ? error : browserFault(error);
    }
  }

  async load(step: BrowserStep): Promise<Page> {
    const { attempt } = this;
    const sentAt = attempt.now();
    this.#traffic.forget();
    for (const action of step.do) {
      attempt.transcript.ours(describeAction(action));
      attempt.mark();
      const before = attempt.now();
      this.#typedSecret ||= action.with?.includes('password') === true;
      await this.#done(step, perform(this.#page, action, this.#base, this.lookup), action.target);
      this.#openedIn ??= attempt.now() - before;
    }
    for (;;) {
      const page = await this.#look(sentAt);
      if (page !== null && !(this.faultIn(step, page) instanceof Unexplained)) {
        this.judge(step, page);
        return page;
      }
      if (this.#traffic.quietFor() >= settled) this.#giveUp(step, page, 'an answer to us');
      await this.#pause();
    }
  }

  override opened(): void {
    if (this.#openedIn !== null) this.attempt.evidence.opened(this.#openedIn, 'browser');
  }

  needsToken({ do: actions, expect }: BrowserStep): boolean {
    return variablesIn(JSON.stringify([actions, expect])).includes('token');
  }

  async end(failure: Fault | null): Promise<void> {
    const stopping =
      failure !== null && this.attempt.signal.aborted && failure.reason !== 'timeout';
    try {
      if (failure !== null && !stopping) {
        const secret = this.#typedSecret ? this.attempt.secret() : null;
        const kept = keepScreenshot(this.#page, this.#evidence, this.#picture, secret);
        await Promise.race([kept, pause(screenshotLimit)]);
      }
      this.#signal = AbortSignal.timeout(logoutLimit);
      for (const step of failure === null ? this.steps('logout') : []) await this.load(step);
    } catch {
      // The session ends by itself in time; a page that cannot be pictured leaves no picture.
    } finally {
      await this.#lease.end();
    }
  }

  /** Waits for an action, as long as the page may still come to where it can be done. @throws Fault */
  async #done(step: BrowserStep, action: Promise<void>, what: string): Promise<void> {
    let ended = false;
    const done = action.then(
      () => {
        ended = true;
      },
      (error: unknown) => {
        throw browserFault(error);
      },
    );
    done.catch(() => undefined);
    while (!ended) {
      await Promise.race([done, this.#pause()]);
      if (!ended && this.#traffic.quietFor() >= settled)
        this.#giveUp(step, await this.#look(this.attempt.now()), what);
    }
    const url = this.#page.url();
    if (new URL(url).origin !== this.#base.origin) throw elsewhere(url);
  }

  /** Nothing more comes, and the page is not what it should be. @throws Fault, always */
  #giveUp(step: BrowserStep, page: Page | null, what: string): never {
    if (page === null) throw new PageLacks('a sign of life', null);
    const fault = this.faultIn(step, page);
    // What a request came to says more than what the page lacks, and less than what the page says.
    if (fault instanceof PageLacks && this.#traffic.trouble !== null) throw this.#traffic.trouble;
    this.judge(step, page);
    throw new PageLacks(what, `HTTP ${page.status}`);
  }

  /** What the page holds now, its frames included; null while it is on its way to another. */
  async #look(sentAt: number): Promise<Page | null> {
    const parts = this.#page.frames().map((frame) => frame.content().catch(() => ''));
    const texts = await Promise.race([Promise.all(parts), pause(readLimit, null)]);
    if (this.#signal.aborted) throw this.#signal.reason;
    if (texts === null || texts[0] === '') {
      if (!this.#page.isClosed()) return null;
      throw new Fault('internal-error', 'the browser has ended');
    }
    const body = texts.join('\n').slice(0, bodyLimit);
    return { status: this.#traffic.status, body, sentAt };
  }

  async #pause(): Promise<void> {
    try {
      await pause(lookPause, undefined, { signal: this.#signal });
    } catch {
      throw this.#signal.reason;
    }
  }
}
