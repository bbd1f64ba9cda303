import type { Folder } from '../../src/domain/message.ts';
import type { Copies } from '../../src/domain/result.ts';
import { ownAddresses } from '../../src/domain/tenant.ts';
import type { Attempt } from '../dialogue.ts';
import { isPosted, messageIdOf, subjectOf } from '../message.ts';
import { recognise } from '../recognise.ts';
import { type FetchedHeader, fetchHeaders, type HeaderKey, searchHeaders } from './fetch.ts';
import type { OpenFolder } from './mailbox.ts';
import { lastMissing, noteMissing } from './missing.ts';
import type { Growth, Session } from './session.ts';

/** Looking back goes over so many of the newest messages by itself, and searches beyond them. */
const newest = 200;
/** Where the round's own message is, if it was faster than our login. */
const latest = 20;
const reportsKept = 20;

/**
 * Watches an open inbox for messages of ours. A sighting is an interval: from the sending of the last
 * look that did not show the message to the server's word that it is there.
 */
export class Lookout {
  readonly #attempt: Attempt;
  readonly #session: Session;
  readonly #inbox: OpenFolder;
  readonly #wanted: ReadonlySet<string>;
  readonly #folder: Folder;
  readonly #uids = new Map<string, Set<number>>();
  /** When each was last come across, wall ms. */
  readonly #metAt = new Map<string, number>();
  readonly #reports = new Set<number>();
  #next: number;
  /** Wall ms of the last look's sending. */
  #looked: number;
  #conclusive = true;

  constructor(attempt: Attempt, session: Session, inbox: OpenFolder, folder: Folder = 'inbox') {
    const { message, pending } = attempt.ask;
    const tokens = pending.map(({ token }) => token);
    this.#attempt = attempt;
    this.#session = session;
    this.#inbox = inbox;
    this.#folder = folder;
    this.#wanted = new Set(message === null ? tokens : [...tokens, message.token]);
    this.#next = inbox.uidNext;
    this.#looked = inbox.selectedAt;
  }

  /** UIDs of the messages with this token that this session has come across. */
  uidsOf(token: string): ReadonlySet<number> {
    return this.#uids.get(token) ?? new Set();
  }

  has(token: string): boolean {
    return this.#uids.has(token);
  }

  get uidValidity(): number | null {
    return this.#inbox.uidValidity;
  }

  /** True if one of the messages looked for was found. */
  get foundAny(): boolean {
    return this.missing < this.#wanted.size;
  }

  /** How many of the messages looked for have not been found. */
  get missing(): number {
    return [...this.#wanted].filter((token) => !this.#uids.has(token)).length;
  }

  /** UIDs of the newest delivery reports that this session has come across, about whatever message. */
  get reports(): readonly number[] {
    return [...this.#reports].slice(-reportsKept);
  }

  /** What there is of each message of ours that is twice there, or was not looked for. */
  copies(): Copies[] {
    return [...this.#uids]
      .filter(([token, uids]) => uids.size > 1 || !this.#wanted.has(token))
      .map(([token, uids]) => ({
        token,
        folder: this.#folder,
        copies: uids.size,
        // Not now: it may have been removed since, in another session.
        seenAt: this.#metAt.get(token) ?? this.#attempt.now(),
      }));
  }

  /**
   * Looks for what was there at SELECT: older messages, and the round's own, which may have been faster
   * than our login. Phase `fetch`. @throws Fault
   */
  async lookBack(): Promise<void> {
    const { pending, watch } = this.#attempt.ask;
    if (this.#wanted.size === 0 && watch === undefined) return;
    this.#attempt.phase('fetch');
    const older = pending.map(({ token }) => token);
    // The watch also reads reports about messages that were not sent to this mailbox.
    if (older.length > 0 || watch !== undefined) this.#conclusive = await this.survey(older);
    else await this.#fetchNewest(latest);
    if (this.#conclusive) this.#looks(this.#inbox.selectedAt);
  }

  #looks(at: number): void {
    this.#attempt.evidence.looked(at, this.#folder);
    const missing = [...this.#wanted].filter((token) => !this.#uids.has(token));
    noteMissing(this.#attempt.memory, this.#folder, missing, at);
  }

  /**
   * Asks for news and looks at what is new. Phases `visible` and `fetch`; ends in `visible`, or in
   * `fetch` if this token was found.
   * @param token null: whatever comes
   * @param thorough look whether or not the server says that something came
   * @throws Fault
   */
  async look(token: string | null, thorough: boolean): Promise<boolean> {
    const sent = this.#attempt.now();
    // SEARCH and FETCH may answer from the last synchronisation: NOOP makes one.
    await this.#session.order('NOOP');
    const found = await this.catchUp(token, thorough);
    this.#looked = sent;
    if (this.#conclusive) this.#looks(sent);
    return found;
  }

  /** Looks at what the server has announced since the last look. */
  async catchUp(token: string | null, thorough: boolean): Promise<boolean> {
    const growth = this.#session.takeGrowth();
    if (growth === null && !thorough) return false;
    this.#attempt.phase('fetch');
    // `n:*` is never empty: it also gives the last message when n lies beyond it (RFC 9051 §9).
    await this.#fetch('uid', `${this.#next}:*`, growth);
    if (token !== null && this.has(token)) return true;
    this.#attempt.phase('visible');
    return false;
  }

  /**
   * Goes over the newest messages, and searches for these tokens beyond them.
   * @returns false if messages beyond the newest could not be searched.
   */
  async survey(tokens: readonly string[]): Promise<boolean> {
    await this.#fetchNewest(newest);
    if (this.#session.exists <= newest) return true;
    const addresses = ownAddresses(this.#attempt.tenant);
    const missing = tokens.filter((token) => !this.has(token));
    if (missing.length === 0) return true;
    const keys = missing.flatMap((token): HeaderKey[] =>
      isPosted(token)
        ? [['Subject', subjectOf(token)]]
        : addresses.map((one) => ['Message-ID', messageIdOf(token, one)]),
    );
    const uids = await searchHeaders(this.#session, keys);
    for (let from = 0; uids !== null && from < uids.length; from += 80) {
      await this.#fetch('uid', uids.slice(from, from + 80).join(','), null);
    }
    return uids !== null;
  }

  async #fetchNewest(count: number): Promise<void> {
    const { exists } = this.#session;
    if (exists === 0) return;
    await this.#fetch('sequence', `${Math.max(1, exists - count + 1)}:*`, null);
  }

  async #fetch(by: 'uid' | 'sequence', set: string, growth: Growth | null): Promise<void> {
    let next = this.#next;
    await fetchHeaders(this.#session, by, set, (found) => {
      next = Math.max(next, found.uid + 1);
      this.#visit(found, growth);
    });
    // A list of single messages may have left out others that are just as new.
    if (set.endsWith(':*')) this.#next = next;
  }

  #visit(found: FetchedHeader, growth: Growth | null): void {
    const { token, report } = recognise(found.header, ...ownAddresses(this.#attempt.tenant));
    if (report) this.#reports.add(found.uid);
    if (token === null) return;
    this.#metAt.set(token, found.at);
    const uids = this.#uids.get(token);
    if (uids === undefined) this.#uids.set(token, new Set([found.uid]));
    else uids.add(found.uid);
    if (!this.#wanted.has(token)) return;
    const isNew = found.uid >= this.#inbox.uidNext;
    const firstSeen = this.#announcedAt(found, growth) ?? found.at;
    // Another session may have looked later than this one, and have nothing to tell yet.
    const elsewhere = lastMissing(this.#attempt.memory, this.#folder, token, firstSeen);
    const own = isNew ? this.#looked : null;
    const lastNotSeen = own === null ? elsewhere : Math.max(own, elsewhere ?? own);
    this.#attempt.evidence.sight({ token, folder: this.#folder, lastNotSeen, firstSeen });
  }

  /**
   * When the server said that so many messages are there, this one among them. Not to be told once a
   * message was removed after that: the numbers have moved.
   */
  #announcedAt(found: FetchedHeader, growth: Growth | null): number | null {
    if (growth === null || growth.expunged !== this.#session.expunged) return null;
    return found.sequence > 0 && found.sequence <= growth.exists ? growth.at : null;
  }
}
