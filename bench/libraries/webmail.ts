import { setTimeout as sleep } from 'node:timers/promises';
import { CookieJar } from 'tough-cookie';
import { Client } from 'undici';
import type { Seen, Target } from '../target.ts';

/** The product's own pauses between its searches, ms. */
const pauses = [0, 15, 30, 60, 120, 250, 500, 1000] as const;

/** The requests of the flow `roundcube`, with undici and tough-cookie and no flow file. */
export async function watch(
  target: Target,
  token: string,
  accepted: Promise<number>,
): Promise<Seen> {
  const site = new Site(target);
  try {
    await site.logIn(target.username, target.password);
    const seen = await site.see(token, accepted);
    // Not waited for, as the product does not wait either.
    void site.leave();
    return seen;
  } catch (error) {
    await site.close();
    throw error;
  }
}

class Site {
  readonly #base: URL;
  readonly #client: Client;
  readonly #jar = new CookieJar(undefined, { looseMode: true, rejectPublicSuffixes: false });
  #token = '';

  constructor(target: Target) {
    this.#base = new URL(target.webmail.url);
    const { ca } = target.webmail;
    this.#client = new Client(this.#base.origin, { connect: ca === null ? {} : { ca } });
  }

  async logIn(username: string, password: string): Promise<void> {
    const page = await this.#get('./');
    const form = new URLSearchParams({
      _token: captured(/name="_token"\s+value="([^"]+)"/, page),
      _task: 'login',
      _action: 'login',
      _timezone: '_default_',
      _url: '',
      _user: username,
      _pass: password,
    });
    const mail = await this.#open('POST', new URL('./?_task=login', this.#base), form.toString());
    this.#token = captured(/"request_token":"([^"]+)"/, mail);
    await this.#ajax('./?_task=mail&_action=list&_mbox=INBOX&_remote=1&_refresh=1');
  }

  async see(token: string, accepted: Promise<number>): Promise<Seen> {
    await accepted;
    const search =
      './?_task=mail&_action=search&_mbox=INBOX&_remote=1&_headers=subject&_scope=base&_q=mailminute';
    const row = new RegExp(
      `add_message_row\\((\\d+),\\{\\\\"subject\\\\":\\\\"mailminute probe ${token}`,
    );
    let lastNotSeen: number | null = null;
    for (const pause of pauses) {
      const sent = Date.now();
      const uid = row.exec(await this.#ajax(search))?.[1];
      const firstSeen = Date.now();
      if (uid !== undefined) {
        const page = await this.#get(`./?_task=mail&_action=show&_mbox=INBOX&_uid=${uid}`);
        if (!page.includes(token)) throw new Error('the message is not on its page');
        return { firstSeen, lastNotSeen };
      }
      lastNotSeen = sent;
      await sleep(pause);
    }
    throw new Error('the message did not come');
  }

  async leave(): Promise<void> {
    await this.#get(`./?_task=logout&_token=${this.#token}`).catch(() => '');
    await this.close();
  }

  close(): Promise<void> {
    return this.#client.destroy();
  }

  #get(path: string): Promise<string> {
    return this.#open('GET', new URL(path, this.#base), null);
  }

  #ajax(path: string): Promise<string> {
    const headers = { 'x-roundcube-request': this.#token };
    return this.#open('GET', new URL(path, this.#base), null, headers);
  }

  async #open(
    method: 'GET' | 'POST',
    url: URL,
    body: string | null,
    extra: Readonly<Record<string, string>> = {},
  ): Promise<string> {
    const response = await this.#client.request({
      method,
      path: url.pathname + url.search,
      headers: {
        'accept-language': 'en',
        'accept-encoding': 'identity',
        cookie: this.#jar.getCookieStringSync(url.href),
        ...(body === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...extra,
      },
      body,
    });
    for (const cookie of [response.headers['set-cookie'] ?? []].flat()) {
      this.#jar.setCookieSync(cookie, url.href, { ignoreError: true });
    }
    const text = await response.body.text();
    const location = [response.headers.location ?? []].flat()[0];
    if (response.statusCode === 302 && location !== undefined) {
      return this.#open('GET', new URL(location, url), null);
    }
    if (response.statusCode !== 200) throw new Error(`HTTP ${response.statusCode}`);
    return text;
  }
}

function captured(pattern: RegExp, page: string): string {
  const value = pattern.exec(page)?.[1];
  if (value === undefined) throw new Error(`the page lacks ${pattern.source}`);
  return value;
}
