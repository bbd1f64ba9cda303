import { ownAddresses } from '../../src/domain/tenant.ts';
import type { Attempt } from '../attempt.ts';
import { recognise } from '../recognise.ts';
import { stampsIn } from '../trace.ts';
import type { PopClient } from './client.ts';
import { type Entry, type Listing, newestAlone, readHeader } from './mailbox.ts';
import { type PopMemory, popMemoryOf } from './memory.ts';

/** Messages whose header is read in one session to find tokens, at most; and to find the anchor. */
const topsPerSession = 24;
const topsForAnchor = 6;
/** Of the former, what is beyond this share is kept for the far end of the listing. */
const newestShare = 20;

/** Finds our messages in one session's listing, reading each header at most once in the mailbox's life. */
export class Search {
  readonly #attempt: Attempt;
  readonly #client: PopClient;
  readonly #listing: Listing;
  readonly #memory: PopMemory;
  readonly #known: Map<string, string | null>;
  #left = topsPerSession;
  #read = 0;

  constructor(attempt: Attempt, client: PopClient, listing: Listing) {
    this.#attempt = attempt;
    this.#client = client;
    this.#listing = listing;
    this.#memory = popMemoryOf(attempt.memory);
    this.#known = this.#memory.tokens;
  }

  /** Proves that mail can be read: the anchor is listed, or the newest header comes. @throws Fault */
  async readAnchor(): Promise<void> {
    const { memory } = this.#attempt;
    const { entries, hasAnchor } = this.#listing;
    // It may have been come across only now, after the listing.
    const isListed = hasAnchor || entries.some(({ uid }) => uid === memory.anchor);
    if (memory.anchor !== null && isListed) return;
    memory.anchor = null;
    // A server may refuse one message (a virus, say); not three in a row.
    for (const entry of entries.slice(0, topsForAnchor / 2)) {
      if (this.#read === 0) await this.#inspect(entry);
    }
    if (entries.length > 0 && this.#read === 0)
      this.#attempt.fail('rejected', 'no header can be read', '-ERR');
    // The anchor came first, so it is the first wherever mail is numbered by arrival.
    for (const entry of entries.slice(-topsForAnchor / 2)) {
      if (memory.anchor === null && !this.#known.has(entry.uid)) await this.#inspect(entry);
    }
  }

  /**
   * Looks for tokens, and ends early once `first` is found.
   * @param found called once for each token with its message
   * @returns false if some message was left uninspected: then an absence proves nothing
   */
  async look(
    tokens: ReadonlySet<string>,
    first: string | null,
    found: (token: string, entry: Entry) => void,
  ): Promise<boolean> {
    const seen = new Set<string>();
    let complete = true;
    for (const entry of this.#order()) {
      if (seen.size === tokens.size) return true;
      const token = await this.#tokenOf(entry);
      if (token === undefined) complete = false;
      if (token === undefined || token === null || !tokens.has(token) || seen.has(token)) continue;
      seen.add(token);
      found(token, entry);
      if (token !== first) continue;
      // It has just come.
      this.#memory.byArrival = entry.number > this.#listing.count - newestAlone;
      return true;
    }
    return complete;
  }

  /** Undefined where the session's share of headers is used up. */
  async #tokenOf(entry: Entry): Promise<string | null | undefined> {
    const known = this.#known.get(entry.uid);
    if (known !== undefined) return known;
    return this.#left > 0 ? this.#inspect(entry) : undefined;
  }

  async #inspect(entry: Entry): Promise<string | null> {
    const { memory, tenant } = this.#attempt;
    this.#left -= 1;
    const header = await readHeader(this.#client, entry.number);
    if (header === null) return null;
    this.#read += 1;
    const { token, anchor } = recognise(header, ...ownAddresses(tenant));
    if (anchor) memory.anchor = entry.uid;
    this.#known.set(entry.uid, token);
    if (token !== null) {
      const trace = { token, stamps: stampsIn(header), seenAt: this.#attempt.now() };
      this.#attempt.evidence.traces.push(trace);
    }
    return token;
  }

  #order(): readonly Entry[] {
    const { entries } = this.#listing;
    if (entries.length <= topsPerSession) return entries;
    const far = entries.slice(newestShare - topsPerSession).reverse();
    const rest = entries.slice(newestShare, newestShare - topsPerSession);
    return [...entries.slice(0, newestShare), ...far, ...rest];
  }
}
