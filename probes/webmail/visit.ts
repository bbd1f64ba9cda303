import type { Socket } from 'node:net';
import type { FlowStep, Webmail } from '../../src/domain/tenant.ts';
import type { Attempt } from '../attempt.ts';
import { Fault } from '../failure.ts';
import { connectStream, type StreamTarget } from '../stream.ts';
import { excerptOf } from './body.ts';
import { type Browser, openBrowser, type Page, type PageRequest } from './browser.ts';
import { showsChallenge } from './challenge.ts';
import { httpFault } from './http-fault.ts';
import { capturesOf, judgePage, showsToken } from './judge.ts';
import { describeRequest, requestOf } from './request.ts';

const logoutLimit = 1000;
const excerptLimit = 300;

/** One visit to a webmail: connection, cookies and variables of one attempt. */
export class Visit {
  readonly #attempt: Attempt;
  readonly #webmail: Webmail;
  readonly #browser: Browser;
  readonly #variables = new Map<string, string>();
  /** The connection that was dialled before the visit, until it is used. */
  #fresh: Socket | null;
  #signal: AbortSignal;
  #firstByte = false;
  /** A page before the login asked for a captcha. */
  #challenged = false;

  private constructor(attempt: Attempt, webmail: Webmail, socket: Socket) {
    this.#attempt = attempt;
    this.#webmail = webmail;
    this.#fresh = socket;
    this.#signal = attempt.signal;
    this.#browser = openBrowser(new URL(webmail.url), () => this.#connect(), {
      now: () => attempt.now(),
    });
    this.#variables.set('username', attempt.tenant.mailbox.username);
    this.#variables.set('address', attempt.tenant.mailbox.address);
  }

  /** Dials (phases dns, tcp, tls) and is ready for the first request. @throws Fault */
  static async begin(attempt: Attempt, webmail: Webmail): Promise<Visit> {
    const { target, secure } = targetOf(webmail, attempt.ask.turn);
    const socket = await connectStream(target, secure, attempt.observer(), attempt.signal);
    attempt.phase('first_byte');
    return new Visit(attempt, webmail, socket);
  }

  /** The steps of the flow in one phase. */
  steps(phase: FlowStep['phase']): readonly FlowStep[] {
    return this.#webmail.flow.steps.filter((step) => step.phase === phase);
  }

  setToken(token: string): void {
    this.#variables.set('token', token);
  }

  /** Loads the step's page and checks it. @throws Fault */
  async load(step: FlowStep): Promise<Page> {
    const page = await this.#open(step);
    this.#checked(page, () => judgePage(step, page, this.#lookup, this.#challenged));
    if (step.phase === 'page') this.#challenged ||= showsChallenge(page.body);
    return page;
  }

  /** Takes the step's variables from its page. @throws Fault */
  capture(step: FlowStep, page: Page): void {
    const captured = this.#checked(page, () => capturesOf(step, page, this.#lookup));
    for (const [name, value] of captured) this.#variables.set(name, value);
  }

  /** Loads, checks and captures: a whole step that is not repeated. @throws Fault */
  async walk(step: FlowStep): Promise<Page> {
    const page = await this.load(step);
    this.capture(step, page);
    return page;
  }

  shows(step: FlowStep, page: Page, token: string): boolean {
    return showsToken(step, page, token);
  }

  /** Logs out if asked to, drops cookies and connection. After the attempt: bounded, never throws. */
  async end(logOut: boolean): Promise<void> {
    try {
      this.#signal = AbortSignal.timeout(logoutLimit);
      for (const step of logOut ? this.steps('logout') : []) await this.load(step);
    } catch {
      // The session ends by itself in time; nothing here is evidence.
    } finally {
      this.#fresh?.destroy();
      await this.#browser.close();
    }
  }

  readonly #lookup = (name: string): string => {
    if (name === 'password') return this.#attempt.secret();
    const value = this.#variables.get(name);
    if (value === undefined) throw new Fault('internal-error', `the flow has no {{${name}}} here`);
    return value;
  };

  async #open(step: FlowStep): Promise<Page> {
    const { transcript } = this.#attempt;
    const request = requestOf(step, new URL(this.#webmail.url), this.#lookup);
    let hops = 0;
    const sent = ({ method, url }: PageRequest): void => {
      const redirect = `${method} ${url.pathname} (redirected)`;
      transcript.ours(hops === 0 ? describeRequest(step) : redirect);
      hops += 1;
      this.#attempt.mark();
    };
    const headers = (status: number, length: string | null): void => {
      transcript.theirs(length === null ? `HTTP ${status}` : `HTTP ${status}, ${length} bytes`);
      if (!this.#firstByte) this.#attempt.phase('page');
      this.#firstByte = true;
    };
    try {
      return await this.#browser.open(request, { sent, headers }, this.#signal);
    } catch (error) {
      throw httpFault(this.#signal.aborted ? this.#signal.reason : error);
    }
  }

  /** A page that fails its check leaves its first words in the transcript. */
  #checked<T>(page: Page, check: () => T): T {
    try {
      return check();
    } catch (error) {
      const { mask, transcript } = this.#attempt;
      transcript.remark(`page: ${excerptOf(page.body, excerptLimit, mask)}`);
      throw error;
    }
  }

  /** The first connection is there; later ones (the server closed it) belong to the phase that runs. */
  async #connect(): Promise<Socket> {
    const fresh = this.#fresh;
    this.#fresh = null;
    if (fresh !== null) return fresh;
    const { target, secure } = targetOf(this.#webmail, this.#attempt.ask.turn);
    const observer = this.#attempt.observer({ timed: false });
    return connectStream(target, secure, observer, this.#signal);
  }
}

function targetOf(webmail: Webmail, turn: number): { target: StreamTarget; secure: boolean } {
  const url = new URL(webmail.url);
  const secure = url.protocol === 'https:';
  const port = url.port === '' ? (secure ? 443 : 80) : Number(url.port);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return { target: { host, port, ca: webmail.ca, servername: null, turn }, secure };
}
