import type { Socket } from 'node:net';
import type { HttpFlow, RequestStep } from '../../src/domain/flow.ts';
import { variablesIn } from '../../src/domain/flow-text.ts';
import type { Webmail } from '../../src/domain/tenant.ts';
import type { Attempt } from '../attempt.ts';
import type { Fault } from '../failure.ts';
import { connectStream } from '../stream.ts';
import { type HttpClient, openHttpClient, type PageRequest } from './http-client.ts';
import { httpFault } from './http-fault.ts';
import type { Page } from './page.ts';
import { describeRequest, requestOf } from './request.ts';
import { targetOf } from './target.ts';
import { Visit } from './visit.ts';

const logoutLimit = 1000;

/** A visit by plain HTTP: connection and cookies of one attempt, and no JavaScript. */
export class HttpVisit extends Visit<RequestStep> {
  readonly #client: HttpClient;
  /** The connection that was dialled before the visit, until it is used. */
  #fresh: Socket | null;
  #signal: AbortSignal;
  #firstByte = false;

  private constructor(attempt: Attempt, webmail: Webmail, flow: HttpFlow, socket: Socket) {
    super(attempt, webmail, flow.steps);
    this.#fresh = socket;
    this.#signal = attempt.signal;
    this.#client = openHttpClient(new URL(webmail.url), () => this.#connect(), {
      now: () => attempt.now(),
    });
  }

  /** Dials (phases dns, tcp, tls) and is ready for the first request. @throws Fault */
  static async begin(attempt: Attempt, webmail: Webmail, flow: HttpFlow): Promise<HttpVisit> {
    const { target, secure } = targetOf(webmail, attempt.ask.turn);
    const socket = await connectStream(target, secure, attempt.observer(), attempt.signal);
    attempt.phase('first_byte');
    return new HttpVisit(attempt, webmail, flow, socket);
  }

  async load(step: RequestStep): Promise<Page> {
    const page = await this.#open(step);
    this.judge(step, page);
    return page;
  }

  /** The time to the first pages' text: what a browser would load besides is not in it. */
  override opened(): void {
    this.attempt.evidence.opened(this.attempt.elapsed(), 'http');
  }

  needsToken({ request, expect }: RequestStep): boolean {
    return variablesIn(JSON.stringify([request, expect])).includes('token');
  }

  async end(failure: Fault | null): Promise<void> {
    try {
      this.#signal = AbortSignal.timeout(logoutLimit);
      for (const step of isAnswered(failure) ? this.steps('logout') : []) await this.load(step);
    } catch {
      // The session ends by itself in time; nothing here is evidence.
    } finally {
      this.#fresh?.destroy();
      await this.#client.close();
    }
  }

  async #open(step: RequestStep): Promise<Page> {
    const { transcript } = this.attempt;
    const request = requestOf(step, new URL(this.webmail.url), this.lookup);
    let hops = 0;
    const sent = ({ method, url }: PageRequest): void => {
      const redirect = `${method} ${url.pathname} (redirected)`;
      transcript.ours(hops === 0 ? describeRequest(step) : redirect);
      hops += 1;
      this.attempt.mark();
    };
    const headers = (status: number, length: string | null): void => {
      transcript.theirs(length === null ? `HTTP ${status}` : `HTTP ${status}, ${length} bytes`);
      if (!this.#firstByte) this.attempt.phase('page');
      this.#firstByte = true;
    };
    try {
      return await this.#client.open(request, { sent, headers }, this.#signal);
    } catch (error) {
      throw httpFault(this.#signal.aborted ? this.#signal.reason : error);
    }
  }

  /** The first connection is there; later ones (the server closed it) belong to the phase that runs. */
  async #connect(): Promise<Socket> {
    const fresh = this.#fresh;
    this.#fresh = null;
    if (fresh !== null) return fresh;
    const { target, secure } = targetOf(this.webmail, this.attempt.ask.turn);
    const observer = this.attempt.observer({ timed: false });
    return connectStream(target, secure, observer, this.#signal);
  }
}

/** The server still answers: it can be told goodbye. */
function isAnswered(failure: Fault | null): boolean {
  if (failure === null) return true;
  return [
    'backend-unavailable',
    'temporary-error',
    'rejected',
    'content-mismatch',
    'throttled',
    'mailbox-full',
  ].includes(failure.reason);
}
