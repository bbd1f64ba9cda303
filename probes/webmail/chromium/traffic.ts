import type { Page as BrowserPage, Request } from 'playwright-core';
import { Fault } from '../../failure.ts';
import { netFault } from './net-fault.ts';

/** What a page's silence can be told by: the requests that are what it shows. */
const telling: ReadonlySet<string> = new Set(['document', 'xhr', 'fetch']);

/** Watches a page's requests: whether an answer is due, and what went wrong with the last ones. */
export class Traffic {
  readonly #due = new Set<Request>();
  #quietSince: number;
  #trouble: Fault | null = null;
  /** Of the page itself, after redirects; 0 before the first answer. */
  status = 0;
  readonly #now: () => number;

  /** @param sent is called whenever a telling request leaves */
  constructor(page: BrowserPage, now: () => number, sent: () => void) {
    this.#now = now;
    this.#quietSince = now();
    page.on('request', (request) => {
      if (!telling.has(request.resourceType())) return;
      this.#due.add(request);
      sent();
    });
    page.on('requestfinished', (request) => this.#ended(request));
    page.on('requestfailed', (request) => {
      if (this.#due.has(request)) {
        const code = /ERR_[A-Z0-9_]+/.exec(request.failure()?.errorText ?? '')?.[0] ?? '';
        this.#trouble = netFault(code) ?? this.#trouble;
      }
      this.#ended(request);
    });
    page.on('response', (response) => {
      const request = response.request();
      if (!telling.has(request.resourceType())) return;
      const status = response.status();
      if (request.isNavigationRequest() && request.frame() === page.mainFrame())
        this.status = status === 304 ? 200 : status;
      const code = `HTTP ${status}`;
      if (status >= 500) this.#trouble = new Fault('temporary-error', code, { code });
      else if (status === 429) this.#trouble = new Fault('throttled', code, { code });
    });
  }

  /** For so long no answer was due, ms. */
  quietFor(): number {
    return this.#due.size > 0 ? 0 : this.#now() - this.#quietSince;
  }

  /** What went wrong since `forget`: why a page did not become what it should. */
  get trouble(): Fault | null {
    return this.#trouble;
  }

  forget(): void {
    this.#trouble = null;
    this.#quietSince = this.#now();
  }

  #ended(request: Request): void {
    this.#due.delete(request);
    this.#quietSince = this.#now();
  }
}
