import { randomBytes } from 'node:crypto';

/** One browser. `formToken` must come back with every form that it sends. */
export interface WebmailSession {
  readonly id: string;
  readonly formToken: string;
  loggedIn: boolean;
  /** Wall ms. */
  usedAt: number;
}

const countLimit = 200;
const idleLimit = 30 * 60_000;

/** The webmail's sessions, in memory and bounded: the longest unused goes first. */
export class WebmailSessions {
  readonly #now: () => number;
  readonly #sessions = new Map<string, WebmailSession>();

  /** `now`: wall ms. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** A new id at every login, so that an id planted before it is worth nothing after it. */
  create(loggedIn: boolean): WebmailSession {
    const session = { id: secret(), formToken: secret(), loggedIn, usedAt: this.#now() };
    this.#sessions.set(session.id, session);
    const [longestUnused] = this.#sessions.keys();
    if (this.#sessions.size > countLimit && longestUnused) this.#sessions.delete(longestUnused);
    return session;
  }

  find(id: string | null): WebmailSession | null {
    const session = id === null ? undefined : this.#sessions.get(id);
    if (session === undefined) return null;
    this.#sessions.delete(session.id);
    const now = this.#now();
    if (now - session.usedAt > idleLimit) return null;
    session.usedAt = now;
    this.#sessions.set(session.id, session);
    return session;
  }

  end(session: WebmailSession): void {
    this.#sessions.delete(session.id);
  }
}

function secret(): string {
  return randomBytes(18).toString('base64url');
}
